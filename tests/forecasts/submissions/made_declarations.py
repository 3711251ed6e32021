"""A good declaration, changes to it, and what is told about them."""

import copy

import tomli_w

from braincast.forecasts.expected import Expected
from braincast.forecasts.submissions.declaration import read_declaration

HASH = "0123456789abcdef" * 4
EXPECTED = Expected(
    array="activity",
    axes={"case": ("a",), "lead": ("1",), "neuron": ("AVAL",)},
    members=True,
    lower=None,
    upper=None,
    quantity="activity",
    names={"task": "worm-forecast", "task_hash": HASH},
    tracks=("open", "wiring-required"),
    nulls=("identity-permuted", "no-edges"),
)
GOOD = {
    "format": 1,
    "task": "worm-forecast",
    "task_hash": HASH,
    "model": "my-model",
    "authors": ["Ada Lovelace", "李明"],
    "contact": "ada@example.org",
    "links": ["https://example.org/x"],
    "licence": "Apache-2.0",
    "description": "Ridge.\nOn lags.\n",
    "training_data": ["the task's own training frames"],
    "track": "open",
    "seeds": [0, 1],
    "parameters": 4096,
    "compute": {"hardware": "2 CPU cores", "hours": 0.5},
    "packages": {"numpy": "2.4.0"},
}
# Every place where a text of the sender's stands.
TEXT_PLACES = (
    *(("model",), ("authors", 0), ("contact",), ("links", 0), ("licence",), ("description",), ("training_data", 0)),
    *(("task",), ("task_hash",), ("track",), ("compute", "hardware"), ("packages", "numpy")),
)


def changed(**values):
    return {**copy.deepcopy(GOOD), **values}


def placed(path, value):
    """A good declaration but for one place."""
    values = changed(nulls={"no-edges": 2})
    where = values
    for part in path[:-1]:
        where = where[part]
    where[path[-1]] = value
    return values


def read(values, expected=EXPECTED):
    content = values if isinstance(values, bytes) else tomli_w.dumps(values).encode()
    return read_declaration(content, expected)


def problems(values, expected=EXPECTED):
    """(code, field) of everything that is wrong; each problem is complete, in one printable line."""
    submission, found = read(values, expected)
    assert (submission is None) == bool(found)
    for problem in found:
        assert problem.where.startswith("submission.toml") and problem.what and problem.fix
        assert all(len(part) < 500 and part.isprintable() for part in (problem.where, problem.what, problem.fix))
    return [(problem.code, problem.where.removeprefix("submission.toml").removeprefix(": ")) for problem in found]


TEXT = tomli_w.dumps(GOOD).encode()
