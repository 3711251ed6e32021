"""What is known of ZAPBench's recording without opening it (Lueckmann et al. 2025): sizes, conditions, features, files.

Sizes, offsets and folders are those of the published constants (github.com/google-research/zapbench, version 0.1.0).
"""

from __future__ import annotations

from dataclasses import dataclass

N_FRAMES, N_NEURONS, N_FEATURES, N_EMBEDDING = 7879, 71721, 26, 192
DT_S = 0.914  # one volume takes 914 ms (Lueckmann et al. 2025)
# Edges of one voxel as the microscope recorded it, along x, y and z, in µm (Lueckmann et al. 2025).
VOXEL_UM = (0.406, 0.406, 4.0)
N_VOXELS = (2048, 1328, 72)  # along x, y and z in one volume (Lueckmann et al. 2025)

# Frames that were between two stimuli: this many at both ends of a condition belong to none.
CONDITION_PADDING = 1
CONDITION_OFFSETS = (0, 649, 2422, 3078, 3735, 5047, 5638, 6623, 7279, 7879)
CONDITION_NAMES = ("gain", "dots", "flash", "taxis", "turning", "position", "open loop", "rotation", "dark")

# What the columns of the stimulus mean, in their order, as the paper's appendix has it.
FEATURES = (
    "gain",
    "gain shown",
    "dots",
    "dots shown",
    "flash",
    "flash shown",
    "taxis left",
    "taxis right",
    "taxis shown",
    "turning velocity",
    "turning direction, sine",
    "turning direction, cosine",
    "turning shown",
    "position grating 1",
    "position grating 2",
    "position grating 3",
    "position delay",
    "position shown",
    "open loop shown",
    "rotation",
    "rotation shown",
    "dark shown",
    "specimen 1",
    "specimen 2",
    "specimen 3",
    "specimen 4",
)


@dataclass(frozen=True)
class Condition:
    """A named run of frames, `start` to `stop`, without the padding."""

    name: str
    start: int
    stop: int


def conditions() -> tuple[Condition, ...]:
    """All nine conditions in the order in which they were shown."""
    edges = zip(CONDITION_NAMES, CONDITION_OFFSETS, CONDITION_OFFSETS[1:], strict=False)
    return tuple(Condition(name, a + CONDITION_PADDING, b - CONDITION_PADDING) for name, a, b in edges)
