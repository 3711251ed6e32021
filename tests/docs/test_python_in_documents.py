"""Blocks of Python in documents: all of them name what there is, and those that need nothing run."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from prose import ROOT, blocks, documents

import braincast

WITH_PYTHON = [document for document in documents() if blocks(document, "python")]
# Blocks that need neither data nor minutes, by document and place in it.
RUN = [
    ("docs/concepts/detectors.md", 0),
    ("docs/concepts/scenes.md", 0),
    ("docs/reference/forecast-store.md", 1),
]


@pytest.mark.parametrize("document", WITH_PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_of_a_document_imports_what_there_is(document):
    lost = [name for block in blocks(document, "python") for name in named(block) if not exists(*name)]
    assert lost == []


@pytest.mark.slow
@pytest.mark.parametrize(("document", "place"), RUN)
def test_python_of_a_document_runs(document, place, tmp_path):
    block = blocks(ROOT / document, "python")[place]
    done = subprocess.run([sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_that_is_not_there_is_found_out():
    block = "import braincast as bc\nfrom braincast.errors import BraincastError, Nothing\nbc.fit, bc.nothing"
    assert named(block) == [
        ("braincast", ""),
        ("braincast.errors", "BraincastError"),
        ("braincast.errors", "Nothing"),
        ("braincast", "fit"),
        ("braincast", "nothing"),
    ]
    assert [exists(*name) for name in named(block)] == [True, True, False, True, False]


def named(block: str) -> list[tuple[str, str]]:
    """Modules of braincast and the names that are taken out of them."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(block)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "braincast":
            found += [(str(node.module), alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names if alias.name.split(".")[0] == "braincast"]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "bc":
            found.append(("braincast", node.attr))
    return found


def exists(module: str, name: str) -> bool:
    """Whether a module has a name; looked up in its text, since importing all of them would take half a minute."""
    if module == "braincast":
        return not name or name in braincast.__all__ or importlib.util.find_spec(f"braincast.{name}") is not None
    path = ROOT / "src" / Path(*module.split("."))
    if not path.is_dir() and not path.with_suffix(".py").exists():
        return False
    is_module = (path / f"{name}.py").exists() or (path / name).is_dir()
    return not name or is_module or name in defined(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))


@cache
def defined(path: Path) -> frozenset[str]:
    """Names at the top of a module, imported ones and those of its `__all__` among them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)  # a name in __all__ or in a table of what loads on use
    return frozenset(found)
