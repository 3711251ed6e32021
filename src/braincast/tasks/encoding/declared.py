"""The encoding tasks that come with braincast, as they are made from their datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from braincast.tasks.card import MetricUse
from braincast.tasks.encoding.card import EncodingCard, SceneUse, Stimulus
from braincast.tasks.encoding.facts import FLY_MOTION
from braincast.tasks.encoding.rendering import test_seed

if TYPE_CHECKING:
    from braincast.dynamics.lattice.circuit import ColumnarCircuit

METRICS = (
    ("direction_selectivity", "selective"),
    ("selectivity_above_rest", "selective"),
    ("selectivity_auroc", "selective"),
    ("dsi_t4", "selective"),
    ("dsi_t5", "selective"),
    ("preferred_direction_error_deg", "preferred_deg"),
    ("tuning_correlation", "tuning"),
    ("speed_tuning_error", "best_frequency_hz"),
    ("polarity", "polarity"),
    ("polarity_beyond_receptors", "polarity"),
    ("polarity_correlation", "polarity"),
    ("task_error", "flow"),
)
LEAD_STEP_S = 0.02  # the step at which the published networks were trained (Lappalainen et al. 2024)
# Lappalainen et al. 2024, Methods: edges in columns per second, at 5.8 degrees from column to column.
SPEEDS = (2.4, 4.8, 9.7, 13.0, 19.0, 25.0)
ANGLES_DEG = tuple(30.0 * step for step in range(12))
FREQUENCIES_HZ = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
WAVELENGTH_DEG = 24.0  # Maisak et al. 2013
GRATING_S, FLASH_S, GREY_S = 4.0, 1.0, 0.5
SCENES = SceneUse(
    speed_columns_per_s=(1.0, 12.0),
    faster=(12.0, 30.0),
    hold_s=1.0,
    expansion_per_s=0.25,
    rotation_deg_per_s=30.0,
    contrast=(1.0, 4.0),
    brightness=0.5,
    foreground_share=0.25,
    foreground_radius_columns=(2.0, 5.0),
    duration_s=1.0,
    n_validation=64,
)
N_SCENES, N_FASTER = 48, 24

FIXED: Mapping[str, Any] = {
    "version": "1",
    "title": "Seeing with a fly's eye: does wiring with a task predict what cells answer to motion?",
    "question": "A network with the wiring of the fly's optic lobe may learn to tell how scenes move, and nothing of "
    "any cell. What do its 65 cell types answer to flashes, edges and gratings: which prefer light, which tell "
    "directions, and which direction do they prefer?",
    "wiring": "atlas",
    "n_animals": "one circuit, put together from parts of several flies; facts are of many flies",
    "quantity": "response of the cell in the central column",
    "unit": "of the model's own (flow: columns per second)",
    "metrics": tuple(MetricUse(key=key, target=target) for key, target in METRICS),
    "primary": "direction_selectivity",
    "resampling": "seeds of each model; and cell types, within those that are direction-selective, those that are not, "
    "photoreceptors and others; of scenes, scenes",
    "n_resamples": 1000,
    "equivalence_margin": 0.05,
    "baselines": ("optic-untrained", "optic-published-start"),
    "baseline": "optic-untrained",
    "nulls": ("offsets-shuffled", "signs-shuffled"),
    "decisive_nulls": ("offsets-shuffled",),
    "controls": ("offsets-shuffled-after", "signs-shuffled-after"),
    "lineup": ("optic-network", "hassenstein-reichardt", "barlow-levick", "three-arm", "motion-energy"),
    "ceiling": "none can be computed: the facts are single words and curves from other laboratories",
}


def fly_motion(circuit: ColumnarCircuit, dataset_hash: str, extent: int = 5, **changes: Any) -> EncodingCard:
    """The declaration of fly-motion for an eye of that extent; `changes` are fields of the card."""
    own = {"name": "fly-motion", "dataset": "fly-optic-lobe", "dataset_hash": dataset_hash, "extent": extent}
    asked = {"cell_types": circuit.cell_types, "facts": FLY_MOTION, "scenes": SCENES, "lead_step_s": LEAD_STEP_S}
    return EncodingCard.model_validate({**FIXED, **own, **asked, "cases": tuple(stimuli(extent)), **changes})


def stimuli(extent: int, n_scenes: int = N_SCENES, n_faster: int = N_FASTER) -> Iterator[Stimulus]:
    """Flashes, edges at twelve angles and six speeds, gratings at six frequencies, and scenes nobody learned from."""
    for polarity in ("on", "off"):
        n_leads = round((GREY_S + FLASH_S) / LEAD_STEP_S)
        yield Stimulus(id=f"flash-{polarity}", kind="flash", n_leads=n_leads, lead_in_s=GREY_S, polarity=polarity)
    yield from _edges(extent)
    for frequency in FREQUENCIES_HZ:
        for angle in (0.0, 90.0, 180.0, 270.0):
            told: dict[str, Any] = {"frequency_hz": frequency, "angle_deg": angle, "wavelength_deg": WAVELENGTH_DEG}
            n_leads, name = round(GRATING_S / LEAD_STEP_S), f"grating-{frequency:g}hz-{angle:g}"
            yield Stimulus(id=name, kind="grating", n_leads=n_leads, **told)
    n_leads = round(SCENES.duration_s / LEAD_STEP_S)
    for number in range(n_scenes + n_faster):
        where = "in" if number < n_scenes else "out"
        name, seed = f"scene-{where}-{number}", test_seed(number)
        yield Stimulus(id=name, kind="scene", n_leads=n_leads, seed=seed, distribution=where)


def _edges(extent: int) -> Iterator[Stimulus]:
    from braincast.dynamics.scenes.edges import crossing_columns

    for polarity in ("on", "off"):
        for speed in SPEEDS:
            for angle in ANGLES_DEG:
                n_leads = max(1, int(crossing_columns(extent) / speed / LEAD_STEP_S + 1e-9))
                name = f"edge-{polarity}-{angle:g}-{speed:g}"
                yield Stimulus(id=name, kind="edge", n_leads=n_leads, polarity=polarity, angle_deg=angle, speed=speed)
