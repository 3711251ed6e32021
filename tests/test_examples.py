"""The examples in docstrings run and print what they say."""

from __future__ import annotations

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import braincast

HOUSE = Path(braincast.__file__).parent
FILES = sorted(path for path in HOUSE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))


def examples_of(module):
    """Those of its own functions and classes, also where the tests check their arguments."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    own = {name: inspect.unwrap(it) for name, it in vars(module).items() if callable(it)}
    for name, it in own.items():
        if getattr(it, "__module__", None) == module.__name__:
            yield from finder.find(it, name, module=False, globs=dict(vars(module)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HOUSE).with_suffix("").as_posix())
def test_docstring_examples_hold(path):
    module = importlib.import_module(".".join(path.relative_to(HOUSE.parent).with_suffix("").parts))
    runner, told = doctest.DocTestRunner(), []
    for example in examples_of(module):
        runner.run(example, out=told.append)
    assert not told, "".join(told)
    assert runner.summarize(verbose=False).attempted == path.read_text(encoding="utf-8").count(">>> ")


@pytest.mark.parametrize("name", sorted(set(braincast.__all__) - {"__version__"}))
def test_each_public_name_has_an_example(name):
    assert ">>> " in inspect.getdoc(getattr(braincast, name))
