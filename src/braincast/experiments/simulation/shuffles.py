"""How well brains with a wrong wiring tell the same phenotypes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from braincast import files
from braincast.brain.connectome import Connectome
from braincast.brain.nulls import NULLS, no_sense_because
from braincast.dynamics.spiking import LeakyIntegrateAndFire, Network
from braincast.errors import BraincastError, unknown_name
from braincast.experiments.ranks import rank_p
from braincast.experiments.simulation.phenotypes import Phenotype, accuracy
from braincast.experiments.simulation.screen import Screen, rates_of_conditions
from braincast.forecasts.journal import whole_lines
from braincast.progress import step

USUAL = ("identity-permuted", "degree-preserving", "weights-shuffled", "signs-shuffled")
LINES = "nulls.jsonl"


@dataclass(frozen=True)
class Shuffled:
    """The accuracy of each draw of one null wiring."""

    null: str
    values: Float[np.ndarray, " draw"]

    def p(self, own: float) -> float:
        """Chance that a wrong wiring does as well (see `rank_p`)."""
        return rank_p(own, self.values)


def chosen_nulls(connectome: Connectome, text: str | None) -> tuple[list[str], dict[str, str]]:
    """The nulls to draw, and why others among the usual are left out; E305 for one asked for that makes no sense."""
    asked = USUAL if text is None else tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for name in asked:
        if name not in NULLS:
            error = unknown_name("E305", "wrong wiring", name, NULLS)
            raise BraincastError("E305", "--nulls", error.what, error.fix)
    reasons = {name: reason for name in asked if (reason := no_sense_because(connectome, name)) is not None}
    if text is not None and reasons:
        name, reason = next(iter(reasons.items()))
        raise BraincastError("E305", "--nulls", f"{name} would change nothing: {reason}", "Leave it out")
    return [name for name in asked if name not in reasons], reasons


def shuffled(
    folder: Path,
    connectome: Connectome,
    parameters: LeakyIntegrateAndFire,
    screen: Screen,
    phenotypes: Sequence[Phenotype],
    nulls: Sequence[str],
    *,
    n_draws: int,
    seed: int,
    threshold_hz: float,
    n_threads: int,
) -> list[Shuffled]:
    """Each null drawn `n_draws` times; draws that were noted in `folder` before a stop are not made again."""
    lines = folder / LINES
    done = {(line["null"], line["draw"]): line for line in whole_lines(lines)}
    files.write_text(lines, "".join(f"{files.canonical_json(line)}\n" for line in done.values()))
    wanted = [(null, draw) for null in nulls for draw in range(n_draws)]
    with step("Wrong wirings", len(wanted)) as advance:
        for null, draw in wanted:
            if (null, draw) not in done:
                wiring = NULLS[null](connectome, seed=seed + draw)
                network = Network.from_connectome(wiring, parameters)
                told = _told(screen, network, phenotypes, threshold_hz, n_threads)
                line = {"null": null, "draw": draw, "right": accuracy(phenotypes, told).right, "told": told}
                files.append_line(lines, files.canonical_json(line))
                done[null, draw] = line
            advance(1, null)
    n = len(phenotypes)
    return [Shuffled(null, np.array([done[null, draw]["right"] / n for draw in range(n_draws)])) for null in nulls]


def _told(
    screen: Screen, network: Network, phenotypes: Sequence[Phenotype], threshold_hz: float, n_threads: int
) -> list[str]:
    """In the order of the phenotypes, of which those of one condition are told together."""
    baseline_hz = screen.baseline_hz(network)
    found: dict[int, str] = {}
    rates = rates_of_conditions(screen, network, baseline_hz, n_threads)
    for condition, rate_hz in zip(screen.conditions, rates, strict=True):
        for number, each in enumerate(phenotypes):
            if each.condition.name == condition.name:
                found[number] = each.told(rate_hz, baseline_hz, threshold_hz)
    return [found[number] for number in range(len(phenotypes))]
