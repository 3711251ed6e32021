"""What the pages of experiments say is what their scripts recorded."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def script(name, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


PAGES = [("whose_wiring", "tables"), ("signs", "table"), ("mutant", "tables"), ("kernels", "tables")]


@pytest.mark.parametrize(("name", "table"), PAGES)
def test_a_page_shows_the_recorded_figures(name, table, monkeypatch):
    module = script(name, monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    shown = getattr(module, table)(figures)
    for text in shown.values() if isinstance(shown, dict) else [shown]:
        assert text in page
    assert f"figures/{module.FIGURE.name}" in page
    assert module.FIGURE.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(("name", "table"), PAGES)
def test_a_page_is_written_again_from_its_recorded_figures_alone(name, table, monkeypatch, tmp_path):
    module = script(name, monkeypatch)
    for kept in ("PAGE", "FIGURE"):
        copy = tmp_path / getattr(module, kept).name
        copy.write_bytes(getattr(module, kept).read_bytes())
        monkeypatch.setattr(module, kept, copy)
    before = module.PAGE.read_bytes(), module.FIGURE.read_bytes()
    module.main(["--table"])
    assert (module.PAGE.read_bytes(), module.FIGURE.read_bytes()) == before
