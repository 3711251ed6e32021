"""Tutorials run from their first cell to their last, and are kept without what came out."""

from __future__ import annotations

import json

import pytest
from prose import ROOT

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))


def test_there_is_a_tutorial_for_each_kind_of_reader():
    names = {path.stem for path in TUTORIALS}
    assert {"own-recording", "submit-a-forecast", "host-a-board", "does-the-wiring-help"} <= names


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_is_kept_without_outputs_and_begins_with_a_title(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []
    assert cells[0]["cell_type"] == "markdown"
    assert "".join(cells[0]["source"]).startswith("# ")
    assert f"]({path.name})" in (path.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_runs(path, monkeypatch):
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed (pip install -e '.[docs]')")
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "hooks"))
    from notebooks import executed, shown

    done = executed(nbformat.read(path, as_version=4))
    page = shown(done, path.name)
    assert page.startswith("# ")
    assert 'class="output"' in page
