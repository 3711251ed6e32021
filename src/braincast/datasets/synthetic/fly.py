"""A made-up fly brain with the published statistics of a real one, for machines without the files.

No neuron of it is any fly's. Figures are of the whole adult brain, FlyWire v783 or v630, and stand with their source;
docs/guides/fly-data.md compares what comes out with them.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.edges import chemical
from braincast.datasets.synthetic.fly_anatomy import Anatomy, anatomy_of, whole_shares
from braincast.errors import BraincastError

NAME = "synthetic-fly"
N_NEURONS, N_EDGES = 138_639, 15_100_000  # Shiu et al. 2024, v783: 138,639 neurons and 15,091,983 edges

# Synapses of an edge, P(k) ~ (k + shift)^-power exp(-k^stretch): of all edges 49.7 % have one synapse (v630), 17.9 %
# five or more and 0.105 % more than 100 (Dorkenwald et al. 2024), and there are 3.61 on average (54,492,922 synapses on
# 15,091,983 edges); the strongest has 2,358 (Lin et al. 2024).
_POWER, _SHIFT, _STRETCH, _MOST = 1.4118334702561417, 0.44433587047534584, 0.34536160888744777, 2_400
# Medians of 11 inputs and 13 outputs against means of 20.5 (edges of five synapses or more, intrinsic neurons), a
# correlation of 0.76 (Dorkenwald et al. 2024; Lin et al. 2024): log-normal spreads and their correlation.
_IN_SPREAD, _OUT_SPREAD, _COUPLING = 1.11, 0.955, 0.82
# Of all edges, made to answer one of a neuron of the other sign, half of them with as many synapses. With those that
# answer by chance 13.8 % of the edges of five synapses or more are answered by one of such (Lin et al. 2024).
_ANSWERED = 0.103
_STUBS = 40  # entries of an average neuron in the table that targets are drawn from
_FINE = 1 << 20  # quantiles of the synapse counts
_DENSEST = 8  # at most one in so many pairs may be an edge


def synthetic_fly(n_neurons: int = N_NEURONS, n_edges: int | None = None, seed: int = 0) -> Connectome:
    """A connectome named "synthetic-fly" of exactly `n_edges` edges, none twice and none of a neuron to itself.

    Degrees are log-normal, regions are modules, neurons excite or inhibit with all their edges (ACH; GABA and GLUT),
    weights are synapse counts. The same on every machine for a seed. Without `n_edges` a neuron has 109 edges on
    average, as in the fly, or as many as a small brain can hold. E305 for fewer than 20 neurons or for more edges than
    an eighth of all pairs.

    >>> synthetic_fly(1_000, 20_000).n_edges
    20000
    """
    most = n_neurons * (n_neurons - 1) // _DENSEST
    wanted = min(most, round(n_neurons * N_EDGES / N_NEURONS)) if n_edges is None else n_edges
    _require_sizes(n_neurons, wanted, most, seed)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 783])))
    anatomy = anatomy_of(n_neurons, rng)
    attraction, sending = _strengths(anatomy, rng)
    pre, post = _edges(anatomy, attraction, sending, wanted, seed)
    sign = np.where(anatomy.excites, 1, -1).astype(np.int8)
    return chemical(anatomy.table, pre, post, _synapses(pre, post, anatomy.excites, seed), sign[pre], NAME)


def _require_sizes(n_neurons: int, n_edges: int, most: int, seed: int) -> None:
    asked = {
        "n_neurons": (20 <= n_neurons < 2**31, f"{n_neurons} neurons", "Ask for 20 neurons or more"),
        "n_edges": (
            0 <= n_edges <= most,
            f"{n_edges} edges among {n_neurons} neurons",
            f"Ask for 0 to {most} edges, or for more neurons",
        ),
        "seed": (seed >= 0, f"the seed {seed}", "Give a seed of 0 or more"),
    }
    for setting, (met, what, fix) in asked.items():
        if not met:
            raise BraincastError("E305", setting, what, fix)


def _strengths(
    anatomy: Anatomy, rng: np.random.Generator
) -> tuple[Float[np.ndarray, " neuron"], Float[np.ndarray, " neuron"]]:
    """How strongly each neuron attracts edges and sends them."""
    first, second = rng.normal(size=(2, len(anatomy.region)))
    received = _COUPLING * first + np.sqrt(1 - _COUPLING**2) * second
    return np.exp(_IN_SPREAD * received) * anatomy.receives, np.exp(_OUT_SPREAD * first) * anatomy.sends


def _edges(
    anatomy: Anatomy,
    attraction: Float[np.ndarray, " neuron"],
    sending: Float[np.ndarray, " neuron"],
    n_edges: int,
    seed: int,
) -> tuple[Int[np.ndarray, " edge"], Int[np.ndarray, " edge"]]:
    from braincast.datasets.synthetic.fly_edges import Places, wire  # numba is heavy and only needed here

    n = len(anatomy.region)
    n_answers = round(_ANSWERED * n_edges)
    copies = np.maximum(1, np.rint(_STUBS * attraction / attraction.mean())).astype(np.int64)
    order = np.argsort(anatomy.region, kind="stable").astype(np.int32)
    starts = np.concatenate(([0], np.cumsum(np.bincount(anatomy.region, weights=copies)))).astype(np.int64)
    places = Places(anatomy.region, np.repeat(order, copies[order]), starts, anatomy.choices)
    degrees = whole_shares(n_edges - n_answers, sending, float(n // 4))
    begins, targets = wire(degrees, n_answers, places, anatomy.excites, _word(seed, 0))
    return np.repeat(np.arange(n, dtype=np.int32), np.diff(begins)), targets


def _synapses(
    pre: Int[np.ndarray, " edge"], post: Int[np.ndarray, " edge"], excites: Bool[np.ndarray, " neuron"], seed: int
) -> Int[np.ndarray, " edge"]:
    """Synapse counts of the edges, drawn from a table of the distribution's quantiles."""
    from braincast.datasets.synthetic.fly_edges import draw_for_edges

    counts = np.arange(1, _MOST + 1, dtype=np.float64)
    mass = (counts + _SHIFT) ** -_POWER * np.exp(-(counts**_STRETCH))
    below = np.cumsum(mass) / mass.sum()
    quantiles = np.searchsorted(below, (np.arange(_FINE) + 0.5) / _FINE) + 1
    return draw_for_edges(quantiles.astype(np.int16), pre, post, excites, _word(seed, 1))


def _word(seed: int, use: int) -> np.uint64:
    """A 64-bit word for the compiled loops, another for each use."""
    return np.random.SeedSequence([seed, 783, use]).generate_state(1, np.uint64)[0]
