"""All that is known of a pair of neurons as one row: structure, and responses to other stimuli."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from braincast.brain.specimen import Specimen
from braincast.models.connectome.features import structural_features
from braincast.models.pairs import of_pairs
from braincast.models.seen_responses import Keep, SeenResponses, response_features
from braincast.models.similarities import Similarity, log_nearness, similarities
from braincast.tasks.cases import Cases

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


@dataclass(frozen=True, eq=False)
class JointStructure:
    """What is known of each pair from structure, and in which ways neurons are alike."""

    pairs: Float[np.ndarray, "pre post structural"]
    similarities: Mapping[str, Similarity]

    @classmethod
    def of(cls, structure: Specimen) -> JointStructure:
        """Wiring features and nearness of each pair, and likeness by position, expression and inputs."""
        features, alike = structural_features(structure), similarities(structure)
        pairs = [*(features[name] for name in _STRUCTURAL), log_nearness(structure), alike["expression"]]
        return cls(np.stack(pairs, axis=-1), alike)


def joint_design(
    seen: SeenResponses, cases: Cases, asked: Bool[np.ndarray, "case neuron"], keep: Keep, structure: JointStructure
) -> Float[np.ndarray, "pair column"]:
    """A row for each asked pair, cases first; `keep` is which training stimuli a case may be described with."""
    case, neuron = np.nonzero(asked)
    from_responses = response_features(seen, cases.drive, keep, structure.similarities).values()
    return np.concatenate(
        [of_pairs(structure.pairs, cases.members, case, neuron), np.stack([v[asked] for v in from_responses], axis=-1)],
        axis=1,
    )
