"""worm-kernels: the course in time of the worm's responses, from the atlas's fitted kernels.

A kernel says what a responder does after a brief activity of the stimulated neuron: convolved with the stimulated
neuron's own activity it gives the responder's (Randi et al. 2023). It is not ΔF/F. Here each kernel is convolved with
one standard input, so that courses of different stimuli can be compared, and scaled to its own peak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from braincast.tasks import worm_perturbation
from braincast.tasks.card import MetricUse, Stratum, TaskCard

if TYPE_CHECKING:
    from braincast.datasets.registry import Dataset

_LEAD_S = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0)
_CHANGES = {
    "name": "worm-kernels",
    "version": "1",
    "title": "Worm signal propagation in time: how does a response rise and fall?",
    "question": "Given the wiring and the courses of responses to other stimuli, what is the course of each neuron's "
    "response to a standard activity of a neuron whose class was never seen stimulated? Scored where one is known.",
    "quantity": "the responder's activity after the stimulated neuron was active at 1 for 5 s (fitted kernel convolved "
    "with that pulse), divided by its largest magnitude at the leads; sign and shape, not amplitude, and not dF/F",
    "lower": None,
    "upper": None,
    "answer": "course",
    "lead_s": _LEAD_S,
    "leads": tuple(f"{lead:g} s" for lead in _LEAD_S),
    # About as long as the stimulated neurons' own calcium transients; a pulse also blurs kernels that are faster than
    # the two volumes a second of the recordings.
    "pulse_s": 5.0,
    # Here the gain at the peak: 51 of 9,540 kernels claim that the responder does more than ten times what it was told.
    "artefact_limit": 10.0,
    "primary": "r2",
    "metrics": tuple(
        MetricUse(key=key, target="course") for key in ("r2", "correlation", "course_correlation", "mae", "mse")
    ),
    "baselines": ("mean-course", "responder-course"),
    "baseline": "responder-course",
    "lineup": ("mean-course", "responder-course", "course-regression"),
    "ceiling": "none can be computed: the source gives one kernel for each pair, an average over its trials, so "
    "nothing can be halved; scores on pairs with many trials and on significant responses stand in for it",
}
_SIGNIFICANCE = (Stratum(label="q < 0.05", lower=1, upper=1), Stratum(label="q ≥ 0.05", lower=0, upper=0))


def build(dataset: Dataset) -> TaskCard:
    """The cases and folds of worm-perturbation, asked for courses."""
    wild_type = worm_perturbation.build(dataset)
    strata = {**wild_type.strata, "responses": _SIGNIFICANCE}
    return TaskCard.model_validate({**wild_type.model_dump(), **_CHANGES, "strata": strata})
