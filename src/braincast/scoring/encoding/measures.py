"""The measures of encoding tasks: one function each, of what an answer says of cell types and what is known of them.

Each gives a value for every resample, whose counts say how often it has each type. A type that did not answer is never
right: what it counts as is said in each function.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.scoring.encoding.known import Counts, Drawn, Known
from braincast.scoring.encoding.measured import Measured
from braincast.scoring.encoding.properties import angular_distance_deg, curve_correlation

Resampled = Float[np.ndarray, " resample"]
Values = Float[np.ndarray, " known"]
GUESS_DEG = 90.0


def polarity(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Share of the types whose polarity is known that prefer the right one of two flashes; no answer is wrong."""
    return _polarity_share(measured, known, drawn, known.polarity != 0)


def polarity_beyond_receptors(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """The same without photoreceptors, which are right wherever light is the input."""
    return _polarity_share(measured, known, drawn, (known.polarity != 0) & ~known.is_receptor)


def polarity_correlation(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Pearson's r of the flash response index with 1 (ON) and -1 (OFF), without photoreceptors; no answer is 0."""
    asked = (known.polarity != 0) & ~known.is_receptor
    own, truth = np.nan_to_num(measured.flash_index[asked]), known.polarity[asked].astype(np.float64)
    return _correlation(own, truth, drawn.types[:, asked])


def direction_selectivity(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Mean lead of the types that tell directions over those that do not, in direction selectivity: -1 to 1.

    The mean over pairs of such types of (DSI to the contrast that the first answers to - larger DSI of the second); a
    pair in which one did not answer counts 0, so that silence wins nothing. A size and not only an order (see
    `selectivity_auroc`): wiring alone makes T4 and T5 a little more selective than others in any network.
    """
    own, other = _selectivities(known, measured.dsi)
    lead = np.nan_to_num(own[:, None] - other[None, :])
    return _over_pairs(lead, known, drawn)


def selectivity_auroc(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """How often a type that tells directions has the larger DSI than one that does not; ties and silence count half."""
    own, other = _selectivities(known, measured.dsi)
    wins = np.where(np.isnan(own[:, None] - other), 0.5, 0.5 + 0.5 * np.sign(own[:, None] - other))
    return _over_pairs(wins, known, drawn)


def selectivity_above_rest(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """The same lead, of responses less what they are before an edge comes.

    A cell that rests far above 0 has a small index however well it tells directions; imaging sees changes alone.
    """
    own, other = _selectivities(known, measured.dsi_above_rest)
    return _over_pairs(np.nan_to_num(own[:, None] - other[None, :]), known, drawn)


def dsi_t4(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Mean DSI to ON edges of the types that tell their directions; no answer is 0."""
    return _mean_selectivity(measured, known, drawn, 0)


def dsi_t5(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Mean DSI to OFF edges of the types that tell their directions; no answer is 0."""
    return _mean_selectivity(measured, known, drawn, 1)


def preferred_direction_error_deg(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Mean distance between preferred directions and the known ones, 0 to 180; no direction is 90, that of a guess."""
    return _mean(direction_errors_deg(measured, known), known, drawn, GUESS_DEG)


def tuning_correlation(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Mean correlation of the curves over directions with the published ones; a flat curve is 0.

    Curves are means over speeds. Lappalainen et al. 2024 take each type's best speed, which flatters weak curves.
    """
    return _mean(tuning_correlations(measured, known), known, drawn, 0.0)


def speed_tuning_error(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Mean |log2(best frequency of a grating / the known one)|, in octaves; no answer is what a guess would be off."""
    octaves = np.abs(np.log2(known.frequencies_hz / known.best_frequency_hz))
    return _mean(frequency_errors_octaves(measured, known), known, drawn, float(octaves.mean()))


def task_error(measured: Measured, known: Known, drawn: Drawn) -> Resampled:
    """Mean distance between the true flow at the centre and what the model says, in columns per second."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (drawn.scenes @ measured.flow_error) / drawn.scenes.sum(axis=1)


def direction_errors_deg(measured: Measured, known: Known) -> Values:
    """Of each type that tells directions; NaN where it has none."""
    return angular_distance_deg(measured.preferred_deg[known.contrast, known.selective], known.preferred_deg)


def tuning_correlations(measured: Measured, known: Known) -> Values:
    """Of each type that tells directions; NaN for a flat curve."""
    return curve_correlation(measured.tuning[known.contrast, :, known.selective].T, known.tuning)


def frequency_errors_octaves(measured: Measured, known: Known) -> Values:
    """Of each type that tells directions; NaN for a type that answers all gratings alike."""
    return np.abs(np.log2(measured.best_frequency_hz[known.selective] / known.best_frequency_hz))


def own_selectivity(dsi: Float[np.ndarray, "polarity type"], known: Known) -> Float[np.ndarray, " type"]:
    """Each type's DSI: to the contrast that it is known to answer to, else the larger one; NaN without an answer."""
    largest = dsi.max(axis=0)
    largest[known.selective] = dsi[known.contrast, known.selective]
    return largest


def _selectivities(
    known: Known, dsi: Float[np.ndarray, "polarity type"]
) -> tuple[Float[np.ndarray, " known"], Float[np.ndarray, " other"]]:
    own = own_selectivity(dsi, known)
    return own[known.selective], own[known.not_selective]


def _over_pairs(values: np.ndarray, known: Known, drawn: Drawn) -> Resampled:
    first, second = drawn.types[:, known.selective], drawn.types[:, known.not_selective]
    return np.einsum("rs,sn,rn->r", first, values, second) / (first.sum(axis=1) * second.sum(axis=1))


def _mean_selectivity(measured: Measured, known: Known, drawn: Drawn, contrast: int) -> Resampled:
    chosen = known.selective[known.contrast == contrast]
    return _weighted(np.nan_to_num(measured.dsi[contrast, chosen]), drawn.types[:, chosen])


def _mean(values: Values, known: Known, drawn: Drawn, unanswered: float) -> Resampled:
    return _weighted(np.where(np.isnan(values), unanswered, values), drawn.types[:, known.selective])


def _polarity_share(measured: Measured, known: Known, drawn: Drawn, asked: np.ndarray) -> Resampled:
    right = np.sign(np.nan_to_num(measured.flash_index[asked])) == known.polarity[asked]
    return _weighted(right.astype(np.float64), drawn.types[:, asked])


def _weighted(values: np.ndarray, counts: Counts) -> Resampled:
    """Mean over what a resample has; NaN where it has nothing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return counts @ values / counts.sum(axis=1)


def _correlation(own: np.ndarray, truth: np.ndarray, counts: Counts) -> Resampled:
    mean_own, mean_truth = (_weighted(values, counts)[:, None] for values in (own, truth))
    own, truth = own - mean_own, truth - mean_truth
    size = np.sqrt((counts * own**2).sum(axis=1) * (counts * truth**2).sum(axis=1))
    return np.divide((counts * own * truth).sum(axis=1), size, out=np.full(len(counts), np.nan), where=size > 1e-12)
