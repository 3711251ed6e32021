"""What an imputation task declares beyond a forecast task: which neurons are hidden together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field, model_validator

from braincast.brain.homologues import homologue_pairs
from braincast.errors import BraincastError
from braincast.tasks.card import Declaration


class Imputation(Declaration):
    """Every window is asked about once for each group, with that group's neurons hidden and all others seen.

    `groups` has the number of each neuron's group, from 0; left and right homologues are in the same one, as either
    would tell of the other. They were dealt by `seed`. Nothing of a window's surroundings is told: what a hidden neuron
    did before would tell of it too.
    """

    seed: int = Field(ge=0)
    groups: tuple[int, ...]

    @model_validator(mode="after")
    def _some_are_seen(self) -> Imputation:
        if sorted(set(self.groups)) != list(range(self.n_groups)) or self.n_groups < 2:
            raise ValueError("groups are numbered from 0 without a gap, two at the least")
        return self

    @property
    def n_groups(self) -> int:
        """How many groups are hidden in turn."""
        return 1 + max(self.groups, default=-1)


def dealt(neurons: Sequence[str], n_groups: int, seed: int) -> Imputation:
    """Groups of nearly equal size, by chance, homologues together; E122 where there are too few neurons for them."""
    units = together(neurons)
    if not 2 <= n_groups <= len(units):
        what = f"{len(units)} neurons or pairs of homologues cannot be hidden in {n_groups} groups"
        raise BraincastError("E122", "groups", what, "Ask for fewer groups, two at the least")
    groups, size = np.zeros(len(neurons), dtype=int), np.zeros(n_groups, dtype=int)
    for unit in np.random.default_rng(seed).permutation(len(units)):
        smallest = int(size.argmin())
        groups[units[unit]] = smallest
        size[smallest] += len(units[unit])
    return Imputation(seed=seed, groups=tuple(int(group) for group in groups))


def together(neurons: Sequence[str]) -> list[list[int]]:
    """Places of neurons that are hidden together: pairs of left and right homologues by name, others alone."""
    place = {neuron: index for index, neuron in enumerate(neurons)}
    pairs = [[place[left], place[right]] for left, right in homologue_pairs(neurons)]
    paired = {index for pair in pairs for index in pair}
    return sorted([*pairs, *([index] for index in range(len(neurons)) if index not in paired)])
