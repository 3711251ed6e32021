import importlib.metadata
import subprocess
import sys
import types

import pytest
from made_sources import WHEEL_NAME, small_card, wheel_bytes, wheel_source

from braincast import files
from braincast.datasets import registry
from braincast.datasets.dataset import Dataset
from braincast.errors import BraincastError

LIGHT = """
import sys
from braincast.datasets.registry import dataset_card, dataset_names
for name in dataset_names():
    assert dataset_card(name).hash
print(sorted({"pandas", "h5py", "xarray", "zarr", "numba", "jax", "openpyxl"} & set(sys.modules)))
"""


@pytest.fixture
def tiny(monkeypatch):
    """A dataset that another package brings along: `CARD` and `load` in a module."""
    module = types.ModuleType("tiny_dataset")
    module.CARD = small_card()
    module.load = lambda paths: Dataset(module.CARD, {}, {})
    monkeypatch.setitem(sys.modules, "tiny_dataset", module)
    point = importlib.metadata.EntryPoint("tiny", "tiny_dataset", registry.ENTRY_POINTS)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    return module


def test_names_list_the_worm_atlas():
    assert "worm-atlas" in registry.dataset_names()


def test_cards_are_shown_without_any_heavy_import():
    shown = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_dataset_is_refused_with_the_nearest_name():
    with pytest.raises(BraincastError, match=r"E301.*did you mean 'worm-atlas'"):
        registry.dataset_card("worm-atlass")


def test_a_dataset_of_another_package_is_listed_and_loaded(tiny, fresh_home, tmp_path):
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes())
    assert registry.dataset_names() == sorted({"tiny", *registry.DATASETS})
    assert registry.load_dataset("tiny", from_path=str(tmp_path)).name == "tiny"
    assert registry.get("tiny", offline=True)[0].name == WHEEL_NAME


def test_another_package_cannot_replace_a_dataset_of_ours(monkeypatch):
    point = importlib.metadata.EntryPoint("worm-atlas", "tiny_dataset", registry.ENTRY_POINTS)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    assert registry.dataset_card("worm-atlas").species == "Caenorhabditis elegans"


def test_a_dataset_shows_itself_on_one_line_and_as_escaped_html():
    dataset = Dataset(small_card(licence="<b>none</b>"), {}, {})
    assert repr(dataset) == "Dataset 'tiny': version 1, specimens none, tables none"
    assert "&lt;b&gt;none" in dataset._repr_html_()
    assert dataset.citation == small_card().citation


def test_check_reports_the_cached_files_of_a_dataset(tiny, fresh_home, tmp_path):
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes())
    (path,) = registry.get("tiny", from_path=tmp_path)
    report = registry.check("tiny")
    assert report.files == {str(path): wheel_source(wheel_bytes()).sha256}
    assert repr(report) == "CheckReport 'tiny': 1 files are whole"


def test_check_compares_a_saved_folder_with_its_manifest(tmp_path):
    with files.new_folder(tmp_path / "saved") as folder:
        files.write_text(folder / "a.txt", "hello")
    assert list(registry.check(tmp_path / "saved").files) == ["a.txt"]
    (tmp_path / "saved" / "a.txt").write_text("hallo")
    with pytest.raises(BraincastError, match="E210"):
        registry.check(str(tmp_path / "saved"))


def test_check_refuses_what_is_neither_a_dataset_nor_a_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    for given, code in ((tmp_path / "file", "E202"), (tmp_path / "none", "E405"), ("nothing-like-it", "E301")):
        with pytest.raises(BraincastError, match=code):
            registry.check(given)
