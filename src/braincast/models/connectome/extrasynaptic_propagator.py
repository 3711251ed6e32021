"""Propagation that also takes the wireless ways: neuropeptides and monoamines."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from braincast.brain.connectome import EdgeKind
from braincast.brain.specimen import Specimen
from braincast.dynamics.linear import normalised, steady_state_response
from braincast.models.connectome.propagator import FittedPropagator, LogResponses, fit_propagator
from braincast.models.interface import ModelCard, Setting, Settings
from braincast.models.learners.calibration import Score
from braincast.models.responses.wiring import connectome_of
from braincast.models.space import Range
from braincast.tasks.training import Training

_KINDS: tuple[EdgeKind, ...] = ("chemical", "electrical", "peptidergic", "monoaminergic")


class ExtrasynapticPropagator:
    """The propagator with four kinds of edges, each with inputs that sum to 1, so that no kind drowns another."""

    card = ModelCard(
        name="extrasynaptic-propagator",
        summary="Linear network at rest over chemical, electrical, peptidergic and monoaminergic edges; a gain of 0 "
        "leaves a kind out, and inner folds choose.",
        kinds=("perturbation",),
        uses=("connectome",),
        settings={
            f"{kind}_gain": Setting(f"Gain of {kind} edges", upper=0.99, sweep=Range(0.0, 0.95)) for kind in _KINDS
        },
        citation="Bentley et al. 2016, doi:10.1371/journal.pcbi.1005283 (the edges)",
        typical_fit_s=1.0,
    )
    fitted_type = FittedPropagator
    candidates: tuple[Settings, ...] = tuple(
        {f"{kind}_gain": gain for kind, gain in zip(_KINDS, gains, strict=True)}
        for gains in product((0.0, 0.3), (0.3, 0.6, 0.9), (0.0, 0.1, 0.3), (0.0, 0.1))
        if sum(gains) < 1
    )

    def prepare(self, structure: Specimen) -> LogResponses:
        connectome = connectome_of(structure)
        weights = {kind: normalised(connectome.adjacency(kind).toarray(), "input") for kind in _KINDS}
        return LogResponses(weights, _respond)

    def fit(self, training: Training, prepared: LogResponses, settings: Settings, *, seed: int) -> FittedPropagator:
        return fit_propagator(training, prepared, settings)


def _respond(weights: Mapping[str, Score], gains: Mapping[str, float]) -> Score:
    return steady_state_response(sum(gains[kind] * weight for kind, weight in weights.items()))  # pyright: ignore
