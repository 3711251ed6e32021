"""What `import braincast` promises: it is light, and its names are there on use."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

import braincast

HEAVY = ("jax", "numba", "scipy", "xarray", "zarr", "pandas", "h5py", "optuna")


def loaded_after(program):
    """Heavy packages that a fresh process has loaded after a program; what the program prints is left aside."""
    report = f"""
import atexit, sys
atexit.register(lambda: sys.stderr.write("LOADED " + " ".join(m for m in {HEAVY} if m in sys.modules)))
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(braincast.__file__).parent.parent)}
    command = [sys.executable, "-c", report + program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return set(done.stderr.partition("LOADED ")[2].split())


def command(*words):
    """A program that is the command line with these words."""
    return f"import sys, braincast.__main__\nsys.argv[1:] = {list(words)!r}\nbraincast.__main__.main()"


def test_import_braincast_loads_nothing_heavy():
    assert loaded_after("import braincast") == set()


def test_the_probe_sees_what_is_loaded():
    assert "scipy" in loaded_after("import scipy")


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("run", "--help"),
        ("sweep", "--help"),
        ("--version",),
        ("list", "tasks", "--json"),
        ("list", "datasets", "--json"),
        ("show", "task", "worm-perturbation", "--json"),
        ("show", "dataset", "worm-atlas", "--json"),
        ("cite", "worm-atlas"),
    ],
    ids=" ".join,
)
def test_help_and_the_cards_of_tasks_and_datasets_load_nothing_heavy(words):
    assert loaded_after(command(*words)) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("list", "models", "--json"),
        ("list", "metrics", "--json"),
        ("show", "model", "connectome-regression", "--json"),
        ("show", "model", "graph-network", "--json"),
        ("show", "model", "tsmixer", "--json"),
        ("show", "metric", "auroc", "--json"),
        ("run", "--dry-run", "--json"),
        ("doctor", "--json"),
    ],
    ids=" ".join,
)
def test_quick_commands_load_neither_jax_nor_optuna(words):
    assert loaded_after(command(*words)).isdisjoint({"jax", "optuna"})


@pytest.mark.parametrize("name", braincast.__all__)
def test_every_public_name_is_there_on_use(name):
    assert getattr(braincast, name) is not None
    assert name in dir(braincast)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'lode_task'"):
        braincast.lode_task  # noqa: B018


def test_the_version_is_that_of_the_distribution():
    try:
        installed = importlib.metadata.version("braincast")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("braincast runs from its source here, without being installed")
    assert braincast.__version__ == installed
