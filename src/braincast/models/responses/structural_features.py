"""Structural features of each ordered pair of neurons, from the wiring alone."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy import sparse

from braincast.brain.specimen import Specimen
from braincast.dynamics.linear import normalised, propagation, steady_state_response
from braincast.dynamics.paths import hop_distance, profile_similarity
from braincast.models.responses.wiring import synaptic_weights

Pairs = Float[np.ndarray, "pre post"]
_GAINS = (0.3, 0.6, 0.9)
_FLOOR = 1e-6
_UNREACHABLE_HOPS = 6  # more than any distance between connected neurons of the worm


def structural_features(structure: Specimen) -> dict[str, Pairs]:
    """Named features [pre, post]: direct and reciprocal weights, paths of all lengths, partners in common, degrees."""
    weights = synaptic_weights(structure)
    total = weights["chemical"] + weights["electrical"]
    hops = hop_distance(sparse.csr_array(total), unreachable=_UNREACHABLE_HOPS)
    return {
        **_direct(weights),
        "hops": hops.astype(float),
        **_propagated(weights, total),
        "shared_targets": profile_similarity(total),
        "shared_sources": profile_similarity(total.T),
        **_degrees(weights, total),
    }


def _direct(weights: dict[str, Pairs]) -> dict[str, Pairs]:
    chemical, electrical = weights["chemical"], weights["electrical"]
    return {
        "chemical": np.log1p(chemical),
        "electrical": np.log1p(electrical),
        "chemical_back": np.log1p(chemical.T),
        "chemical_present": (chemical > 0).astype(float),
        "electrical_present": (electrical > 0).astype(float),
    }


def _propagated(weights: dict[str, Pairs], total: Pairs) -> dict[str, Pairs]:
    features = {}
    for gain in _GAINS:
        both = dict.fromkeys(weights, gain)
        features[f"spread_by_input_{gain}"] = np.log(propagation(weights, both, "input") + _FLOOR)
        features[f"spread_by_output_{gain}"] = np.log(propagation(weights, both, "output") + _FLOOR)
    for kind, of_kind in weights.items():
        spread = steady_state_response(_GAINS[-1] * normalised(of_kind, "input"))
        features[f"spread_{kind}"] = np.log(spread + _FLOOR)
    return features


def _degrees(weights: dict[str, Pairs], total: Pairs) -> dict[str, Pairs]:
    ones = np.ones_like(total)
    return {
        "stimulated_output": np.log1p(total.sum(axis=1))[:, None] * ones,
        "stimulated_electrical": np.log1p(weights["electrical"].sum(axis=1))[:, None] * ones,
        "responder_input": np.log1p(total.sum(axis=0))[None, :] * ones,
        "responder_wired": (total.sum(axis=0) > 0).astype(float)[None, :] * ones,
    }
