"""What a scorecard says of its intervals: how they came about, and how often such intervals hold a known mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from braincast.scoring.forecasting.assessor import WindowAssessor
from braincast.scoring.forecasting.calibration import ENOUGH, N_SURROGATES, coverage
from braincast.scoring.forecasting.groups import CaseMask
from braincast.scoring.scores import defined

# Groups of cases whose intervals are checked by themselves: each has as few blocks as it has.
_CHECKED = ("distribution", "condition")

Losses = Mapping[str, Float[np.ndarray, " case"]]


def intervals_told(
    assessor: WindowAssessor, losses: Losses, baseline: str | None, leader: str | None
) -> dict[str, Any]:
    """The scorecard's entry about its intervals: for all models, and for each condition and distribution.

    `losses` are of each model and baseline; in groups those of the baseline and of `leader` alone are looked at.
    """
    resamples, within = assessor.resamples, assessor.headline
    spread = assessor.spread(within)
    told = _held(assessor, losses, baseline, within)
    few = {name: losses[name] for name in (baseline, leader) if name is not None and name in losses}
    return {
        "how": assessor.card.resampling,
        "n_resamples": resamples.n_resamples,
        "n_animals": spread.n_animals,
        "n_blocks": spread.n_blocks,
        "block_frames": assessor.card.block,
        "within_one_animal": spread.n_animals < 2,
        "coverage": told["coverage"],
        "lowest_coverage": told["lowest_coverage"],
        "coverage_by_model": told["coverage_by_model"],
        "n_surrogates": N_SURROGATES,
        "flag": told["flag"],
        "groups": {group: _of_labels(assessor, few, baseline, group) for group in _several(assessor)},
    }


def _several(assessor: WindowAssessor) -> list[str]:
    return [group for group in _CHECKED if len(assessor.case_groups.get(group, {})) > 1]


def _of_labels(assessor: WindowAssessor, losses: Losses, baseline: str | None, group: str) -> dict[str, dict[str, Any]]:
    out = {}
    for label, within in assessor.case_groups[group].items():
        if (within == assessor.headline).all():
            continue  # told for all models already
        spread = assessor.spread(within)
        counted = {"n_cases": int(within.sum()), "n_animals": spread.n_animals, "n_blocks": spread.n_blocks}
        out[label] = {**counted, **_held(assessor, losses, baseline, within)}
    return out


def _held(assessor: WindowAssessor, losses: Losses, baseline: str | None, within: CaseMask) -> dict[str, Any]:
    """Coverage of each model's difference from the baseline; of the baseline, of its loss."""
    base = None if baseline is None else losses.get(baseline)
    covered = {}
    for name, own in losses.items():
        loss = own if base is None or name == baseline else own - base
        covered[name] = defined(coverage(loss, assessor.resamples, within, assessor.averaging))
    known = [share for share in covered.values() if share is not None]
    share = float(np.mean(known)) if known else None
    return {
        "coverage": share,
        "lowest_coverage": min(known) if known else None,
        "coverage_by_model": covered,
        "flag": share is None or share < ENOUGH,
    }
