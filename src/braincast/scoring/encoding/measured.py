"""One answer, measured: the properties of each cell type, and how far off the flow was in each scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.scoring.encoding import properties
from braincast.tasks.encoding.card import EncodingCard, Stimulus

ON_OFF = ("on", "off")
_SETTLING_S = 0.2  # of a scene: nobody can tell a motion from its first frames
_ONSET_S = 1.0  # of a grating: looked at are whole waves after it, one at the least


@dataclass(frozen=True, eq=False)
class Measured:
    """Of one answer. Arrays are by cell type in the card's order; contrasts are ON, then OFF; NaN is no answer.

    `dsi`, `preferred_deg` and `tuning` are of edges (`dsi_above_rest`: of what rises above the response before the edge
    comes), `best_frequency_hz` of the grating that moves in the direction
    that a type is known to prefer. `flow_error[scene]` is the mean distance between the flow and what the model says.
    """

    flash_index: Float[np.ndarray, " type"]
    dsi: Float[np.ndarray, "polarity type"]
    dsi_above_rest: Float[np.ndarray, "polarity type"]
    preferred_deg: Float[np.ndarray, "polarity type"]
    tuning: Float[np.ndarray, "polarity angle type"]
    best_frequency_hz: Float[np.ndarray, " type"]
    flow_error: Float[np.ndarray, " scene"]


@dataclass(frozen=True, eq=False)
class Layout:
    """Where in an answer each stimulus lies."""

    card: EncodingCard

    def rows(self, kind: str) -> list[int]:
        return [row for row, case in enumerate(self.card.cases) if case.kind == kind]

    def numbers(self, kind: str, field: str) -> Float[np.ndarray, " value"]:
        """The different values of a field among stimuli of a kind, rising."""
        return np.unique([getattr(self.card.cases[row], field) for row in self.rows(kind)])

    @property
    def scenes(self) -> list[Stimulus]:
        return [self.card.cases[row] for row in self.rows("scene")]


def measure(card: EncodingCard, answer: np.ndarray, flow: Mapping[str, Float[np.ndarray, "lead 2"]]) -> Measured:
    """What an answer [case, lead, neuron] says; `flow` is the true one in each scene."""
    layout, n_types = Layout(card), len(card.cell_types)
    flash = {card.cases[row].polarity: _answered(card, answer, row)[:, :n_types] for row in layout.rows("flash")}
    peaks, angles = _peaks(layout, answer), layout.numbers("edge", "angle_deg")
    preferred = properties.preferred_direction_deg(peaks, angles)
    return Measured(
        flash_index=properties.flash_response_index(flash["on"], flash["off"]),
        dsi=properties.direction_selectivity_index(peaks, angles),
        dsi_above_rest=properties.direction_selectivity_index(_peaks(layout, answer, above_rest=True), angles),
        preferred_deg=preferred,
        tuning=properties.tuning_curve(peaks),
        best_frequency_hz=_best_frequency(layout, answer),
        flow_error=np.array([_flow_error(card, answer, row, flow) for row in layout.rows("scene")]),
    )


def _answered(card: EncodingCard, answer: np.ndarray, row: int) -> Float[np.ndarray, "lead neuron"]:
    """The leads of a stimulus that count, in double precision; of a flash, those from its beginning on."""
    case = card.cases[row]
    first = round(case.lead_in_s / card.lead_step_s) - 1 if case.lead_in_s > 0 else 0
    return np.asarray(answer[row : row + 1, first : case.n_leads, :], dtype=np.float64)[0]


def _peaks(layout: Layout, answer: np.ndarray, *, above_rest: bool = False) -> properties.Peaks:
    """Peak responses to edges; `above_rest`, less the first response, when the edge is not in the eye yet."""
    card, n_types = layout.card, len(layout.card.cell_types)
    speeds, angles = layout.numbers("edge", "speed"), layout.numbers("edge", "angle_deg")
    peaks = np.zeros((len(ON_OFF), len(speeds), len(angles), n_types))
    for row in layout.rows("edge"):
        case = card.cases[row]
        place = ON_OFF.index(case.polarity or "on"), int((speeds == case.speed).argmax())
        angle, own = int((angles == case.angle_deg).argmax()), _answered(card, answer, row)[:, :n_types]
        peaks[(*place, angle)] = properties.peak_response(own - own[0] if above_rest else own)
    return peaks


def _best_frequency(layout: Layout, answer: np.ndarray) -> Float[np.ndarray, " type"]:
    """Mean rectified responses decide; NaN for types of which no preferred direction is known."""
    card, frequencies = layout.card, layout.numbers("grating", "frequency_hz")
    out = np.full(len(card.cell_types), np.nan)
    for name, degrees in card.facts.preferred_deg.items():
        column = card.cell_types.index(name)
        rows = [row for row in layout.rows("grating") if card.cases[row].angle_deg == degrees]
        if not rows:
            continue
        responses = np.zeros((len(frequencies), 1))
        for row in rows:
            own = _whole_waves(card, row, _answered(card, answer, row)[:, column])
            responses[int((frequencies == card.cases[row].frequency_hz).argmax())] = np.maximum(own, 0.0).mean()
        out[column] = properties.best_frequency_hz(responses, frequencies)[0]
    return out


def _whole_waves(card: EncodingCard, row: int, response: Float[np.ndarray, " lead"]) -> Float[np.ndarray, " late"]:
    frequency = card.cases[row].frequency_hz or 1.0
    n_waves = max(1, int((len(response) * card.lead_step_s - _ONSET_S) * frequency + 1e-9))
    return response[-round(n_waves / frequency / card.lead_step_s) :]


def _flow_error(card: EncodingCard, answer: np.ndarray, row: int, flow: Mapping[str, np.ndarray]) -> float:
    first = round(_SETTLING_S / card.lead_step_s)
    error = _answered(card, answer, row)[first:, -2:] - flow[card.cases[row].id][first:]
    return float(np.hypot(*error.T).mean())
