"""Where the neurons of a synthetic fly sit, what they are, and to which regions they send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

# Neurons of each class in the whole brain, v783 (Dorkenwald et al. 2024; Schlegel et al. 2024).
CLASSES = {
    "optic": 77_536,
    "central": 32_388,
    "sensory": 16_911,
    "visual_projection": 8_053,
    "ascending": 2_362,
    "descending": 1_303,
    "visual_centrifugal": 524,
    "motor": 106,
    "endocrine": 80,
}
_OPTIC = ("optic", "visual_projection", "visual_centrifugal")  # beside most sensory neurons, which are photoreceptors
_PHOTORECEPTORS = 11_399 / 16_911
_AFFERENT, _EFFERENT = ("sensory", "ascending"), ("descending", "motor", "endocrine")
_FEW = 0.2  # of the edges of others: what afferents receive and efferents send
TRANSMITTERS = {"ACH": 0.60, "GLUT": 0.24, "GABA": 0.16}  # 40 % inhibit: 5,886,646 of 14,687,178 edges of v630 do

_REGIONS, _PER_REGION = 80, 40  # 78 neuropils (Dorkenwald et al. 2024); fewer where a region had fewer neurons than 40
_OPTIC_SHARE = 8  # one pair of regions in so many is optic, as 5 of 39 are
_HALF_AXES_UM = (330.0, 140.0, 110.0)
_CELLS_PER_UM3 = 0.01
_WITHIN, _REACH_UM = 0.6, 80.0  # of a neuron's targets in its own region; how far the others reach
_CHOICES = 1 << 12


class Anatomy(NamedTuple):
    """`table` of neurons; for each its region, whether it `excites`, how well it `receives` and `sends`.

    `choices[region]` lists regions, each as often as edges go there.
    """

    table: pd.DataFrame
    excites: Bool[np.ndarray, " neuron"]
    region: Int[np.ndarray, " neuron"]
    receives: Float[np.ndarray, " neuron"]
    sends: Float[np.ndarray, " neuron"]
    choices: Int[np.ndarray, "region choice"]


def anatomy_of(n_neurons: int, rng: np.random.Generator) -> Anatomy:
    """Classes in the fly's proportions, in regions of a left and a right half."""
    n_pairs = int(np.clip(n_neurons // (2 * _PER_REGION), 1, _REGIONS // 2))
    n_optic = -(-n_pairs // _OPTIC_SHARE)
    classes = _shuffled(CLASSES, n_neurons, rng)
    optic = np.isin(classes, _OPTIC) | ((classes == "sensory") & (rng.random(n_neurons) < _PHOTORECEPTORS))
    pair = _pairs(optic, n_pairs, n_optic, rng)
    right = rng.random(n_neurons) < 0.5
    region = (2 * pair + right).astype(np.int16)
    centres, sizes = _centres(n_pairs, n_optic, rng), np.bincount(region, minlength=2 * n_pairs)
    radius = np.cbrt(sizes / _CELLS_PER_UM3 * 3 / (4 * np.pi))
    places = centres[region] + rng.normal(size=(n_neurons, 3)) * radius[region, None] / 2
    names = np.array([f"{'optic' if p < n_optic else 'central'}-{p + 1:02d}" for p in range(n_pairs)], object)
    columns: dict[str, Any] = {
        "id": [f"synthetic-{number}" for number in range(n_neurons)],
        "cell_class": classes,
        "cell_type": [f"{kind} {place}" for kind, place in zip(classes, names[pair], strict=True)],
        "region": names[pair] + np.where(right, "-R", "-L"),
        "side": np.where(right, "right", "left").astype(object),
        "transmitter": _shuffled(TRANSMITTERS, n_neurons, rng),
        **dict(zip(("x_um", "y_um", "z_um"), places.T.astype(np.float32), strict=True)),
    }
    receives = np.where(np.isin(classes, _AFFERENT), _FEW, 1.0)
    sends = np.where(np.isin(classes, _EFFERENT), _FEW, 1.0)
    excites = columns["transmitter"] == "ACH"
    return Anatomy(pd.DataFrame(columns), excites, region, receives, sends, _region_choices(centres, sizes))


def whole_shares(total: int, weights: Float[np.ndarray, " entry"], most: float = np.inf) -> Int[np.ndarray, " entry"]:
    """Whole numbers in proportion to `weights`, none above `most`, that sum to `total` (largest remainders)."""
    shares = np.minimum(total * weights / weights.sum(), most)
    while (short := total - shares.sum()) > 0.5:  # what `most` took goes to the others
        free = shares < most
        shares = np.minimum(shares + np.where(free, short * weights / weights[free].sum(), 0), most)
    whole = np.floor(shares).astype(np.int64)
    rest = np.argsort(whole - shares, kind="stable")
    whole[rest[whole[rest] < most][: total - int(whole.sum())]] += 1
    return whole


def _shuffled(shares: Mapping[str, int] | Mapping[str, float], n_neurons: int, rng: np.random.Generator) -> np.ndarray:
    """Words in these proportions, in random order."""
    counts = whole_shares(n_neurons, np.array([*shares.values()], np.float64))
    return rng.permutation(np.repeat(np.array(list(shares), object), counts))


def _pairs(optic: np.ndarray, n_pairs: int, n_optic: int, rng: np.random.Generator) -> Int[np.ndarray, " neuron"]:
    """A pair of regions for each neuron: uneven ones, optic neurons in optic pairs."""
    pair = np.empty(len(optic), np.int64)
    for here, first, end in ((optic, 0, n_optic), (~optic, n_optic if n_pairs > 1 else 0, n_pairs)):
        sizes = np.exp(rng.normal(0, 0.8, end - first))
        pair[here] = rng.permutation(np.repeat(np.arange(first, end), whole_shares(int(here.sum()), sizes)))
    return pair


def _centres(n_pairs: int, n_optic: int, rng: np.random.Generator) -> Float[np.ndarray, "region axis"]:
    """Mirrored points in an ellipsoid, the optic ones at its ends."""
    points = rng.normal(size=(n_pairs, 3))
    points *= (rng.random(n_pairs) ** (1 / 3) / np.linalg.norm(points, axis=1))[:, None]
    points[:, 0] = np.where(np.arange(n_pairs) < n_optic, 0.7 + 0.3 * np.abs(points[:, 0]), 0.6 * np.abs(points[:, 0]))
    left = points * _HALF_AXES_UM
    return np.stack([left * [-1, 1, 1], left], axis=1).reshape(-1, 3)


def _region_choices(centres: np.ndarray, sizes: np.ndarray) -> Int[np.ndarray, "region choice"]:
    """For each region a list of regions, each as often as edges go there: its own, and others by size and nearness."""
    distance = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    weight = np.maximum(sizes, 1) * np.exp(-distance / _REACH_UM)
    np.fill_diagonal(weight, 0)
    share = (1 - _WITHIN) * weight / weight.sum(axis=1, keepdims=True)
    np.fill_diagonal(share, _WITHIN)
    share[:, sizes == 0] = 0
    rows = [np.repeat(np.arange(len(sizes)), whole_shares(_CHOICES, row)) for row in share]
    return np.array(rows, np.int16)
