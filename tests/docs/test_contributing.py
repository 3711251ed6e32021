"""What CONTRIBUTING.md tells contributors to do works: its diffs apply, and what they add is listed, run and scored."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import braincast

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ADDED = {
    "models": "fading",
    "datasets": "synthetic-wave",
    "tasks": "lorenz96-forecast",
    "metrics": "bias",
}

LISTED = """
from braincast.datasets.registry import dataset_card, dataset_names
from braincast.models.registry import load_model, model_names
from braincast.scoring.metrics import load_metric, metric_names
from braincast.tasks.registry import task_card, task_names
import json

found = {"models": model_names(), "datasets": dataset_names(), "tasks": task_names(), "metrics": metric_names()}
opened = [load_model("fading").card.name, dataset_card("synthetic-wave").name, task_card("lorenz96-forecast").name]
print(json.dumps([found, [*opened, load_metric("bias").key]]))
"""

USED = """
import braincast as bc
from braincast.datasets.registry import load_dataset
from braincast.tasks.forecasting.build import build

wave = build(load_dataset("synthetic-wave"), "wave-forecast")
ring = bc.load_task("lorenz96-forecast")
forecast = bc.fit("fading", ring, seed=0).forecast(ring.cases("test"))
print(len(wave.cases) > 0, bc.score(ring, forecast).models["fading"].metrics["mae"].value < 1)
"""

MODULES = {
    "questions.py": "from braincast.tasks.registry import forecast_card\n\n\ndef lorenz96_forecast():\n"
    "    return forecast_card('lorenz96-rollout').model_copy(update={'name': 'lorenz96-forecast'})\n",
    "measures.py": "from braincast.scoring.metrics import Metric, mean_absolute_error\n\n"
    "BIAS = Metric('bias', 'Mean of forecast - truth', 0.0, '', ('count', 'absolute_error'), mean_absolute_error)\n",
}


def section(title):
    """The part of the page under a heading."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def block(title, language):
    """The only fenced block of a language in a section."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)
    return found


def run(program, path, folder, home):
    """What a fresh process prints, with `path` before all else that is importable."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "BRAINCAST_HOME": str(home)}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the source with all diffs applied, each of which applied to the source as it is."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(Path(braincast.__file__).parent, folder / "src" / "braincast")
    diffs = [block(f"A {noun}", "diff").encode() for noun in ("model", "dataset", "task", "metric")]
    for words in (["--check"], []):
        for diff in diffs:
            subprocess.run(["git", "apply", *words], input=diff, cwd=folder, check=True)
    run(block("A task", "python"), [folder / "src"], folder, folder / "home")
    return folder


@pytest.mark.slow
def test_what_the_diffs_add_is_listed_and_opened(copy):
    listed, opened = json.loads(run(LISTED, [copy / "src"], copy, copy / "home"))
    assert all(name in listed[kind] for kind, name in ADDED.items()) and opened == list(ADDED.values())


@pytest.mark.slow
def test_what_the_diffs_add_is_fitted_and_scored(copy):
    assert run(USED, [copy / "src"], copy, copy / "home").split() == ["True", "True"]
    bias = float(run(block("A metric", "python"), [copy / "src"], copy, copy / "home"))
    assert 0 < abs(bias) < 0.2  # of the training mean, in standard deviations


@pytest.mark.slow
def test_a_package_with_these_entry_points_adds_the_same_without_any_change(copy, tmp_path):
    package = tmp_path / "my_brains"
    package.mkdir()
    for name, room in {"fading.py": "models/forecasters", "wave.py": "datasets/synthetic"}.items():
        shutil.copy(copy / "src" / "braincast" / room / name, package)
    for name, text in MODULES.items():
        (package / name).write_text(text, encoding="utf-8")
    points = tomllib.loads(block("From a package of your own", "toml"))["project"]["entry-points"]
    information = tmp_path / "my_brains-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: my-brains\nVersion: 1.0\n")
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in found.items()) for group, found in points.items()]
    (information / "entry_points.txt").write_text("\n".join(lines))
    source = Path(braincast.__file__).parent.parent
    listed, opened = json.loads(run(LISTED, [tmp_path, source], tmp_path, tmp_path / "home"))
    assert all(name in listed[kind] for kind, name in ADDED.items()) and opened == list(ADDED.values())


def test_the_figure_of_the_house_shows_which_room_imports_which(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    house = importlib.import_module("house_figure")
    real = {(room, other) for room, other in house.imports() if other in house.ROOMS}
    shown = re.findall(r"<title>(\w+) imports (\w+) in", house.FIGURE.read_text(encoding="utf-8"))
    assert set(shown) == real  # else: python benchmarks/house_figure.py
    order = list(house.ROOMS)
    assert all(order.index(other) < order.index(room) for room, other in real)
