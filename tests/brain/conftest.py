"""Small brains to test with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from braincast.brain.connectome import Connectome
from braincast.brain.expression import Expression
from braincast.brain.recording import Recording
from braincast.brain.responses import Responses
from braincast.errors import BraincastError

PAIRS = tuple(f"{name}{side}" for name in ("ADA", "AIB", "AVA", "RIM", "SMD") for side in "LR")


@pytest.fixture
def refused() -> Callable[..., Any]:
    """`with refused("E101", "ids[1]"):` the block must raise this coded error, naming this place, in one line."""

    def expect(code: str, *words: str):
        def fits(error: BraincastError) -> bool:
            text = str(error)
            return error.code == code and "\n" not in text and all(word in text for word in words)

        return pytest.raises(BraincastError, check=fits)

    return expect


@pytest.fixture
def rebuilt() -> Callable[..., Any]:
    """`rebuilt(thing, field=value)`: dataclasses.replace for values that the tests' type checks would stop first.

    Users run without these checks, so the coded errors behind them must work too.
    """

    def build(thing: Any, **changes: Any) -> Any:
        made = object.__new__(type(thing))
        for field in fields(thing):
            object.__setattr__(made, field.name, changes.get(field.name, getattr(thing, field.name)))
        made.__post_init__()
        return made

    return build


@pytest.fixture
def connectome() -> Connectome:
    """Ten neurons in five left-right classes; 30 chemical, 12 electrical and 4 peptidergic connections, two loops."""
    return random_connectome(10, 30, 12, seed=5)


def random_connectome(n: int, n_chemical: int, n_electrical: int, seed: int) -> Connectome:
    """A simple random graph whose weights all differ, with one self-loop in each of the first two kinds."""
    rng = np.random.default_rng(seed)
    pairs = rng.permutation([(i, j) for i in range(n) for j in range(n) if i != j])
    chemical = np.vstack([pairs[:n_chemical], [[0, 0]]])
    undirected = rng.permutation([(i, j) for i in range(n) for j in range(i)])[:n_electrical]
    electrical = np.vstack([undirected, undirected[:, ::-1], [[1, 1]]])
    peptidergic = pairs[-4:]
    gap = rng.uniform(1, 9, n_electrical)
    kinds = ["chemical"] * len(chemical) + ["electrical"] * len(electrical) + ["peptidergic"] * len(peptidergic)
    ends = np.vstack([chemical, electrical, peptidergic])
    edges = pd.DataFrame(
        {
            "pre": ends[:, 0],
            "post": ends[:, 1],
            "kind": kinds,
            "weight": np.concatenate([rng.uniform(1, 9, len(chemical)), gap, gap, [2.5], rng.uniform(1, 9, 4)]),
            "sign": rng.integers(-1, 2, len(ends)),
            "delay_s": np.nan,
        }
    )
    ids = PAIRS if n == len(PAIRS) else tuple(f"n{i}" for i in range(n))
    classes = [name[:-1] for name in ids] if n == len(PAIRS) else ids
    neurons = pd.DataFrame({"id": ids, "cell_class": classes, "side": [name[-1] for name in ids]})
    return Connectome(neurons, edges, name="small")


@pytest.fixture
def expression() -> Expression:
    values = np.arange(6.0).reshape(2, 3)
    return Expression(("unc-7", "eat-4"), ("ADAL", "ADAR", "XYZ"), values, "TPM", "medium", "made up")


@pytest.fixture
def recording() -> Recording:
    rng = np.random.default_rng(2)
    dims = ("time", "feature")
    return Recording(
        activity=rng.normal(size=(600, 3)).astype(np.float32),
        neurons=("ADAL", "AVAR", "unknown-1"),
        time_s=np.arange(600) * 0.25,
        unit="dF/F",
        indicator="GCaMP6s",
        stimulus=xr.DataArray(
            rng.normal(size=(600, 2)), {"feature": ["odour", "light"]}, dims, attrs={"units": "a.u."}
        ),
        behaviour=xr.DataArray(rng.normal(size=(600, 1)), dims=dims, name="speed"),
        conditions=pd.DataFrame({"name": ["odour", "rest"], "start": [300, 0], "stop": [600, 290]}),
    )


@pytest.fixture
def responses() -> Responses:
    nan = np.nan
    q = np.array([[0.001, 0.01, nan], [0.5, nan, 0.04], [nan, nan, 0.2]])
    trials = np.array([[0, 2, 0], [1, 0, 3], [0, 0, 1]])
    kernels = np.array([[0, 2, 0], [0, 0, 1], [0, 0, 0]])
    return Responses(
        neurons=("ADAL", "AVAR", "RIML"),
        q=q,
        q_equivalence=1 - q,
        mean=q / 10,
        n_trials=trials,
        trial_values=np.arange(7.0),
        trial_offsets=np.concatenate([[0], trials.ravel().cumsum()]),
        kernel_terms=np.array([[2.0, 1.0, 0.0, 0.0], [0.5, 3.0, 1.0, 0.0], [1.0, -1.0, 2.0, 1.0]]),
        kernel_offsets=np.concatenate([[0], kernels.ravel().cumsum()]),
        unit="dF/F",
        source="made up",
    )
