"""All that is known of a pair of neurons as one row: structure, and responses to other stimuli."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Bool, Float

from braincast.brain.specimen import Specimen
from braincast.models.responses.pairs import of_pairs
from braincast.models.responses.propensity import other_classes
from braincast.models.responses.seen_responses import (
    Keep,
    OwnFeatures,
    SeenResponses,
    own_features,
    response_features,
)
from braincast.models.responses.similarities import Similarity, log_nearness, similarities
from braincast.models.responses.structural_features import structural_features
from braincast.tasks.cases import Cases
from braincast.tasks.training import Training

# Chosen on inner folds: hops and degrees add nothing to these once the responses are known.
_STRUCTURAL = (
    "chemical",
    "electrical",
    "chemical_back",
    "spread_by_input_0.3",
    "spread_by_input_0.9",
    "spread_by_output_0.9",
    "spread_electrical",
    "shared_targets",
    "shared_sources",
)

# By the responses that describe, and by the cases that are described.
_Rows = WeakKeyDictionary[SeenResponses, WeakKeyDictionary[Cases, Float[np.ndarray, "pair column"]]]
_Own = WeakKeyDictionary[SeenResponses, WeakKeyDictionary[Cases, OwnFeatures]]
# What follows from responses alone is the same for every draw of a null wiring: of training cases, and of those asked.
_own_in_training: _Own = WeakKeyDictionary()
_own_in_answers: _Own = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class JointStructure:
    """What is known of each pair from structure, and in which ways neurons are alike.

    It keeps the rows of pairs that were described with it, for as long as their question lives: each candidate setting
    asks the same ones again.
    """

    pairs: Float[np.ndarray, "pre post structural"]
    similarities: Mapping[str, Similarity]
    _training_rows: _Rows = field(default_factory=WeakKeyDictionary, repr=False)
    _answer_rows: _Rows = field(default_factory=WeakKeyDictionary, repr=False)

    @classmethod
    def of(cls, structure: Specimen) -> JointStructure:
        """Wiring features and nearness of each pair, and likeness by position, expression and inputs."""
        features, alike = structural_features(structure), similarities(structure)
        pairs = [*(features[name] for name in _STRUCTURAL), log_nearness(structure), alike["expression"]]
        return cls(np.stack(pairs, axis=-1), alike)


def joint_design(
    seen: SeenResponses,
    cases: Cases,
    asked: Bool[np.ndarray, "case neuron"],
    keep: Keep,
    structure: JointStructure,
    own: OwnFeatures | None = None,
) -> Float[np.ndarray, "pair column"]:
    """A row for each asked pair, cases first; `keep` is which training stimuli a case may be described with."""
    case, neuron = np.nonzero(asked)
    from_responses = response_features(seen, cases.drive, keep, structure.similarities, own).values()
    return np.concatenate(
        [of_pairs(structure.pairs, cases.members, case, neuron), np.stack([v[asked] for v in from_responses], axis=-1)],
        axis=1,
    )


def training_design(
    seen: SeenResponses, training: Training, structure: JointStructure
) -> Float[np.ndarray, "pair column"]:
    """A row for each measured training pair, described without the stimuli of its own class."""
    known, cases = structure._training_rows.setdefault(seen, WeakKeyDictionary()), training.cases
    if cases not in known:
        keep = other_classes(cases)
        own = _own(_own_in_training, seen, cases, keep)
        known[cases] = joint_design(seen, cases, training.measured, keep, structure, own)
    return known[cases]


def joint_answer(
    seen: SeenResponses, cases: Cases, structure: JointStructure, probability: Callable[[np.ndarray], np.ndarray]
) -> Float[np.ndarray, "case lead neuron"]:
    """`probability` of every pair of held-out cases, each described with all training stimuli."""
    known = structure._answer_rows.setdefault(seen, WeakKeyDictionary())
    if cases not in known:
        asked = np.ones((len(cases), len(cases.neurons)), dtype=bool)
        keep = seen.all_kept(len(cases))
        own = _own(_own_in_answers, seen, cases, keep)
        known[cases] = joint_design(seen, cases, asked, keep, structure, own)
    return np.broadcast_to(probability(known[cases]).reshape(len(cases), 1, len(cases.neurons)), cases.shape).copy()


def _own(known: _Own, seen: SeenResponses, cases: Cases, keep: Keep) -> OwnFeatures:
    of_seen = known.setdefault(seen, WeakKeyDictionary())
    if cases not in of_seen:
        of_seen[cases] = own_features(seen, cases.drive, keep)
    return of_seen[cases]
