"""Random modular networks of known spectral radius, of any size."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy import sparse

from braincast.datasets.synthetic.conditions import require
from braincast.dynamics.autoregression import Autoregression, spectral_radius

SPECTRAL_RADIUS = 0.95
COMMUNITY, MODULE = 48, 12
_WITHIN, _BETWEEN = 0.3, 0.04  # chance of an edge within a module, and between modules of a community
_SELF, _GAIN = 0.6, 0.32  # before scaling: memory of a neuron, and standard deviation of an edge
_NOISE_SD = (0.5, 2.0)


def random_network(n_neurons: int, *, seed: int) -> Autoregression:
    """A sparse network of communities of at most 48 neurons in modules of 12, each of spectral radius 0.95.

    No edge leaves a community, so that the best forecast is known exactly however large the brain is; a brain of up to
    48 neurons is a single community. Noise differs between neurons by up to a factor of 4. E305 without neurons.
    """
    require(n_neurons >= 1, "n_neurons", f"{n_neurons} neurons")
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0]))
    blocks = [sparse.csr_array(_community(size, rng)) for size in _sizes(n_neurons)]
    low, high = np.log(_NOISE_SD)
    noise_sd = np.exp(rng.uniform(low, high, n_neurons))
    return Autoregression(sparse.csr_array(sparse.block_diag(blocks, format="csr")), noise_sd)


def module_names(n_neurons: int) -> list[str]:
    """The module of each neuron: `c1-m1` is the first of the first community."""
    parts = [(c, i) for c, size in enumerate(_sizes(n_neurons)) for i in range(size)]
    return [f"c{community + 1}-m{place // MODULE + 1}" for community, place in parts]


def _sizes(n_neurons: int) -> list[int]:
    n_communities = -(-n_neurons // COMMUNITY)
    return [len(part) for part in np.array_split(np.arange(n_neurons), n_communities)]


def _community(size: int, rng: np.random.Generator) -> Float[np.ndarray, "post pre"]:
    module = np.arange(size) // MODULE
    chance = np.where(module[:, None] == module[None, :], _WITHIN, _BETWEEN)
    weights = np.where(rng.random((size, size)) < chance, rng.normal(0, _GAIN, (size, size)), 0.0)
    np.fill_diagonal(weights, _SELF)
    # Six digits: the last bits of an eigenvalue may depend on the number of threads, the data must not.
    return weights * float(f"{SPECTRAL_RADIUS / spectral_radius(weights):.6g}")
