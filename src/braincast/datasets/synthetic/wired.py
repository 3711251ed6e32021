"""Brains whose activity is known to follow a wiring: paired neurons wired at random, responses and recordings on them.

They are what a wiring test is calibrated on. All is fixed by the seed, whatever the number of cores.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from scipy import sparse

from braincast.brain.connectome import Connectome
from braincast.brain.recording import Recording
from braincast.brain.responses import Responses
from braincast.datasets.synthetic.conditions import equal_conditions, require
from braincast.datasets.synthetic.simulation import LinearSimulation
from braincast.dynamics.autoregression import Autoregression, spectral_radius
from braincast.dynamics.linear import propagation

_PARTNERS, _GAPS = 6.0, 1.5  # mean numbers of targets and of gap junctions of a neuron
_SPREAD = 0.7  # of the logarithm of how many edges a class sends and gets: a few hubs
_KEPT = 0.9  # chance that a connection of two classes is there on a side
_INHIBITORY = 0.3
_GAINS = {"chemical": 0.5, "electrical": 0.3}
_MEASURED, _N_TRIALS = 0.85, 8
_PAIR_SD, _RESPONDER_SD = 0.35, 0.4  # of what no wiring explains: single pairs, and how readily neurons respond
_MEMORY = 0.4  # of a neuron's own last frame


def paired_wiring(n_classes: int, *, seed: int) -> Connectome:
    """Left and right neurons of each class with signed synapses and gap junctions, both sides nearly alike.

    Degrees are heavy-tailed, a class excites or inhibits (one in three), weights are geometric. E305 for fewer than two
    classes.
    """
    require(n_classes > 1, "n_classes", f"{n_classes} classes")
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0]))
    sends, gets = np.exp(rng.normal(0, _SPREAD, (2, n_classes)))
    chemical = _of_neurons(_edges_of_classes(np.outer(sends, gets), _PARTNERS, rng), rng)
    gaps = np.triu(_of_neurons(_edges_of_classes(np.outer(sends, sends), _GAPS, rng), rng), 1)
    kinds = {"chemical": chemical, "electrical": gaps + gaps.T}
    signs = np.repeat(np.where(rng.random(n_classes) < _INHIBITORY, -1, 1), 2)
    names = [f"C{number:02d}" for number in range(n_classes)]
    table = pd.DataFrame([{"id": name + side, "cell_class": name, "side": side} for name in names for side in "LR"])
    edges = [_edge_table(kind, weights, signs) for kind, weights in kinds.items()]
    return Connectome(table, pd.concat(edges), "synthetic paired wiring")


def responses_on(connectome: Connectome, *, strength: float, seed: int) -> Responses:
    """Responses to stimulating each neuron: the steady state of a linear network on the wiring, seen in noisy trials.

    The response of a pair has a standard deviation of `strength` over pairs, that of a trial's noise is 1; neurons
    respond more or less readily, and pairs differ by what no edge explains. q-values are of a z-test, corrected over
    all pairs that were measured (Benjamini & Hochberg 1995).
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 1]))
    n = connectome.n_neurons
    weights = {kind: connectome.adjacency(kind).toarray() for kind in _GAINS}  # pyright: ignore[reportArgumentType]
    spread = propagation(weights, _GAINS, "input")
    np.fill_diagonal(spread, 0.0)
    readiness = np.exp(rng.normal(0, _RESPONDER_SD, n))
    effect = strength * spread / max(spread.std(), 1e-12) * readiness + rng.normal(0, _PAIR_SD, (n, n)) * readiness
    measured = (rng.random((n, n)) < _MEASURED) & ~np.eye(n, dtype=bool)
    trials = effect[measured][:, None] + rng.normal(size=(int(measured.sum()), _N_TRIALS))
    from scipy import stats

    p = 2 * stats.norm.sf(np.abs(trials.mean(axis=1)) * np.sqrt(_N_TRIALS))
    return _responses(connectome, measured, trials, stats.false_discovery_control(p))


def recording_on(
    connectome: Connectome, n_frames: int, *, coupling: float, seed: int, n_conditions: int = 4
) -> Recording:
    """Activity of a linear network on the wiring, driven by noise: x' = 0.4 x + C x + noise, in frames.

    C has the signed weights over each receiver's sum, scaled to a spectral radius of `coupling`; 0 leaves neurons
    alone. E305 for a network that would not be stable.
    """
    require(0 <= coupling < 1 - _MEMORY, "coupling", f"{coupling} beside a memory of {_MEMORY}")
    conditions = equal_conditions(n_frames, n_conditions)
    simulation = LinearSimulation(network_on(connectome, coupling), conditions["start"].to_numpy(), seed=seed)
    return Recording(
        simulation.frames(0, n_frames),
        tuple(connectome.neuron_ids),
        np.arange(n_frames, dtype=np.float64),
        "arbitrary units",
        conditions=conditions,
    )


def network_on(connectome: Connectome, coupling: float) -> Autoregression:
    """The linear network of `recording_on`."""
    edges = connectome.edges
    signs = np.where(edges["sign"] == 0, 1, edges["sign"])
    ends = edges["post"].to_numpy(), edges["pre"].to_numpy()
    n = connectome.n_neurons
    weights = sparse.coo_array((edges["weight"].to_numpy(np.float64), ends), shape=(n, n)).toarray()
    signed = sparse.coo_array((edges["weight"].to_numpy(np.float64) * signs, ends), shape=(n, n)).toarray()
    total = weights.sum(axis=1, keepdims=True)
    shares = np.divide(signed, total, out=np.zeros_like(signed), where=total > 0)
    radius = spectral_radius(shares)
    # Six digits: the last bits of an eigenvalue may depend on the number of threads, the data must not.
    scale = float(f"{coupling / radius:.6g}") if radius > 0 else 0.0
    return Autoregression(sparse.csr_array(_MEMORY * np.eye(n) + scale * shares), np.ones(n))


def _edges_of_classes(
    propensity: Float[np.ndarray, "pre post"], n_partners: float, rng: np.random.Generator
) -> Float[np.ndarray, "2 pre post"]:
    """Weights between classes on one side and across, 0 where there is no connection."""
    chance = np.minimum(propensity / propensity.mean() * n_partners / (2 * len(propensity)), 1.0)
    there = rng.random((2, *propensity.shape)) < chance
    return np.where(there, rng.geometric(0.2, there.shape), 0).astype(np.float64)


def _of_neurons(
    of_classes: Float[np.ndarray, "2 pre post"], rng: np.random.Generator
) -> Float[np.ndarray, "neuron neuron"]:
    """Weights between neurons, left and right of a class next to each other, no neuron with itself."""
    within, across = of_classes
    weights = np.kron(within, np.eye(2)) + np.kron(across, 1 - np.eye(2))
    np.fill_diagonal(weights, 0.0)
    return weights * (rng.random(weights.shape) < _KEPT)


def _edge_table(kind: str, weights: Float[np.ndarray, "pre post"], signs: np.ndarray) -> pd.DataFrame:
    pre, post = np.nonzero(weights)
    sign = signs[pre] if kind == "chemical" else 1
    ends = {"pre": pre, "post": post, "kind": kind}
    return pd.DataFrame({**ends, "weight": weights[pre, post], "sign": sign, "delay_s": np.nan})


def _responses(
    connectome: Connectome,
    measured: Bool[np.ndarray, "stimulated responding"],
    trials: Float[np.ndarray, "pair trial"],
    q_values: Float[np.ndarray, " pair"],
) -> Responses:
    n = connectome.n_neurons
    q, mean = np.full((2, n, n), np.nan)
    q[measured], mean[measured] = q_values, trials.mean(axis=1)
    n_trials = np.where(measured, trials.shape[1], 0)
    return Responses(
        neurons=tuple(connectome.neuron_ids),
        q=q,
        q_equivalence=1 - q,
        mean=mean,
        n_trials=n_trials,
        trial_values=trials.ravel(),
        trial_offsets=np.concatenate([[0], np.cumsum(n_trials)]),
        kernel_terms=np.zeros((0, 4)),
        kernel_offsets=np.zeros(n * n + 1, dtype=np.int64),
        unit="standard deviations of a trial's noise",
        source="simulated on a wiring",
    )
