"""The command line on the worm's data, and on a small made task that needs no data."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, NamedTuple

import pytest
from command_line import CommandLine, one_document, with_example, with_home


class Run(NamedTuple):
    """A finished `braincast run`: its document, folder and process."""

    document: dict[str, Any]
    folder: Path
    process: CompletedProcess[str]


@pytest.fixture(scope="session")
def braincast(worm_wheel) -> CommandLine:
    """The command line with the worm's data in its cache."""
    from braincast.datasets.cache import home

    return with_home(home())


@pytest.fixture(scope="session")
def example(tmp_path_factory) -> CommandLine:
    """The command line with the task `made-task`."""
    return with_example(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="session")
def default_run(braincast, tmp_path_factory) -> Run:
    """`braincast run` as a newcomer types it; once a session, since it takes a minute or two."""
    folder = tmp_path_factory.mktemp("default") / "run"
    process = braincast.anew("run", "--out", folder, "--json", "--offline", timeout_s=1200)
    assert process.returncode == 0, process.stderr
    return Run(one_document(process.stdout), folder, process)


@pytest.fixture(scope="session")
def made_run(example, tmp_path_factory) -> Run:
    """A run of the made task with few draws, and with two seeds of the model that has randomness."""
    folder = tmp_path_factory.mktemp("made") / "run"
    process = example("run", "made-task", "--seeds", 2, "--draws", 2, "--out", folder, "--json")
    assert process.returncode == 0, process.stderr
    return Run(one_document(process.stdout), folder, process)


@pytest.fixture(scope="session")
def forecasts(example, tmp_path_factory) -> dict[str, Path]:
    """A forecast of the made task by each of two models."""
    folder = tmp_path_factory.mktemp("forecasts")
    for model in ("constant", "direct-weights"):
        example.document("fit", "made-task", model, "--out", folder / model)
        example.document("forecast", folder / model, "--out", folder / f"{model}.zarr")
    return {model: folder / f"{model}.zarr" for model in ("constant", "direct-weights")}
