"""What is passed on as a wheel is the whole package, and works where nothing of the repository is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = [pytest.mark.slow, pytest.mark.network]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(place), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(place.glob("braincast-*.whl"))


def test_the_wheel_holds_every_file_of_the_package_and_the_licence(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("braincast/")}
        others = {Path(name).name for name in archive.namelist()} - {Path(name).name for name in packed}
    source = ROOT / "src"
    there = {p for p in (source / "braincast").rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert packed == {path.relative_to(source).as_posix() for path in there}
    assert "braincast/py.typed" in packed and {"LICENSE", "METADATA", "entry_points.txt"} <= others


def test_the_unpacked_wheel_lists_and_shows_in_an_empty_folder(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "package")
    work = tmp_path / "empty"
    work.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "package"), "BRAINCAST_HOME": str(tmp_path / "home")}

    def told(*words: str) -> dict:
        command = [sys.executable, "-P", "-m", "braincast", *words, "--json"]
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    where = subprocess.run(
        [sys.executable, "-P", "-c", "import braincast; print(braincast.__file__)"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(tmp_path)
    assert len(told("list", "models")["models"]) > 50
    assert told("show", "task", "fly-motion")["hash"] and told("show", "task", "worm-perturbation")["hash"]
    assert told("simulate", "circuit", "hh", "--set", "current=10", "--duration-ms", "60")["spike_times_ms"]["axon"]
