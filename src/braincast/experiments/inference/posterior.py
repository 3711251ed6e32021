"""Neural posterior estimation of conductances from a rhythm, by the package sbi (an extra).

Greenberg, Nonnenmacher & Macke 2019, ICML; for this network Gonçalves et al. 2020, eLife 9:e56261. A rhythm hardly
says which conductances made it: the posterior shows what it leaves open, and is checked by simulating what it proposes
and by the ranks of known conductances among its samples (Talts et al. 2018, arXiv:1804.06788).
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.dynamics.rhythm import analysis_of
from braincast.errors import BraincastError
from braincast.experiments.degeneracy import told_of
from braincast.experiments.inference.prior import Prior
from braincast.progress import step

_BATCH = 256


@dataclass(frozen=True)
class Timing:
    """How each set is simulated, in ms; the rhythm is judged from `settle_ms` on."""

    duration_ms: float = 8_000.0
    settle_ms: float = 2_000.0
    dt_ms: float = 0.1


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a rhythm says of conductances. `estimate` is sbi's own posterior; `n_used` of `n_simulated` had a rhythm."""

    prior: Prior
    timing: Timing
    estimate: Any
    n_simulated: int
    n_used: int

    def drawn(
        self, rhythm: Float[np.ndarray, " feature"], n: int, *, seed: int
    ) -> Float[np.ndarray, "set conductance"]:
        """Sets (logarithms of factors) that could have made a rhythm, as `features_of` describes it."""
        import torch  # pyright: ignore[reportMissingImports]

        torch.manual_seed(seed)
        told = torch.as_tensor(rhythm, dtype=torch.float32)
        return self.estimate.sample((n,), x=told, show_progress_bars=False).numpy().astype(np.float64)

    def ranks(self, n: int, n_samples: int, *, seed: int) -> Int[np.ndarray, "set conductance"]:
        """Ranks of conductances that were drawn from the prior, made a rhythm, and were inferred from it.

        Uniform on 0 … `n_samples` if the posterior is calibrated. Sets without a rhythm are drawn anew.
        """
        known, rhythms = with_rhythm(self.prior, n, self.timing, seed=seed)
        samples = [self.drawn(each, n_samples, seed=seed + row) for row, each in enumerate(rhythms)]
        return np.array([(own < true).sum(axis=0) for own, true in zip(samples, known, strict=True)])


def rhythm_posterior(prior: Prior, *, n_simulations: int, seed: int, timing: Timing = Timing()) -> Posterior:
    """Simulate sets drawn from the prior and learn which of them make which rhythm.

    Those without a rhythm teach nothing and are left out, so that the prior is that of sets with one. E405 without sbi.
    """
    require_sbi()
    import torch  # pyright: ignore[reportMissingImports]
    from sbi.inference import NPE  # pyright: ignore[reportMissingImports]
    from sbi.utils import BoxUniform  # pyright: ignore[reportMissingImports]

    sets = prior.drawn(n_simulations, seed=seed)
    rhythms = rhythms_of(prior, sets, timing)
    usable = np.isfinite(rhythms).all(axis=1)
    reach = torch.full((len(prior.names),), float(np.log(prior.fold)))
    torch.manual_seed(seed)
    inference = NPE(prior=BoxUniform(-reach, reach), show_progress_bars=False)
    tensors = [torch.as_tensor(values[usable], dtype=torch.float32) for values in (sets, rhythms)]
    with step("Learning which conductances make which rhythm"):
        inference.append_simulations(*tensors).train()
    return Posterior(prior, timing, inference.build_posterior(), n_simulations, int(usable.sum()))


def rhythms_of(
    prior: Prior, sets: Float[np.ndarray, "set conductance"], timing: Timing
) -> Float[np.ndarray, "set feature"]:
    """`features_of` of each set, NaN for those without a rhythm."""
    how: dict[str, Any] = {"duration_ms": timing.duration_ms, "dt_ms": timing.dt_ms, "batch": _BATCH}
    with step(f"Simulating {len(sets):,} sets of conductances"), ThreadPoolExecutor(os.cpu_count()) as crew:
        return np.array(told_of(prior.sets(sets), partial(features_of, timing=timing), crew=crew, **how))


def features_of(spike_times_ms: Mapping[str, np.ndarray], timing: Timing) -> Float[np.ndarray, " feature"]:
    """The logarithm of the period, each cell's duty cycle, its spikes in a cycle, and when its bursts begin.

    The last, a phase, is told of all cells but the pacemaker. NaN for what cannot be defined.
    """
    told = analysis_of(spike_times_ms, from_ms=timing.settle_ms, to_ms=timing.duration_ms)
    period = told["period_ms"] or np.nan
    lasting = timing.duration_ms - timing.settle_ms
    spikes = [np.count_nonzero(times > timing.settle_ms) * period / lasting for times in spike_times_ms.values()]
    starts = [phase["start"] for cell, phase in told["phase"].items() if cell != told["pacemaker"]]
    values = [np.log(period), *told["duty"].values(), *spikes, *starts]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def with_rhythm(
    prior: Prior, n: int, timing: Timing, *, seed: int
) -> tuple[Float[np.ndarray, "set conductance"], Float[np.ndarray, "set feature"]]:
    """The first `n` sets drawn from the prior that make a rhythm, and the rhythms."""
    sets, rhythms = np.zeros((0, len(prior.names))), None
    for more in range(20):
        drawn = prior.drawn(n, seed=seed + 1_000 * more)
        found = rhythms_of(prior, drawn, timing)
        kept = np.isfinite(found).all(axis=1)
        sets = np.concatenate([sets, drawn[kept]])
        rhythms = found[kept] if rhythms is None else np.concatenate([rhythms, found[kept]])
        if len(sets) >= n:
            return sets[:n], rhythms[:n]
    raise BraincastError("E903", "prior", "hardly any of its circuits has a rhythm", "Give a smaller fold")


def require_sbi() -> None:
    """E405 where sbi is not installed."""
    if importlib.util.find_spec("sbi") is None:
        what = "posteriors are learned by the package sbi, which is not installed"
        raise BraincastError("E405", "sbi", what, "Install it: pip install 'braincast[inference]'")
