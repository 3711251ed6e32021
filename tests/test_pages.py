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


@pytest.mark.parametrize(("name", "table"), [("whose_wiring", "tables"), ("signs", "table")])
def test_a_page_shows_the_recorded_figures(name, table, monkeypatch):
    module = script(name, monkeypatch)
    figures = json.loads(module.RESULT.read_text(encoding="utf-8"))
    page = module.PAGE.read_text(encoding="utf-8")
    assert getattr(module, table)(figures) in page
    assert f"figures/{module.FIGURE.name}" in page
    assert module.FIGURE.read_text(encoding="utf-8").startswith("<svg")
