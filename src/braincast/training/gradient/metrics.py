"""What is noted at each evaluation of a training: one JSON line each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from braincast import files


class Row(TypedDict):
    """Mean loss and norm of the gradient since the evaluation before, and the error on validation windows now."""

    step: int
    loss: float
    validation: float
    gradient_norm: float
    learning_rate: float


def as_line(row: Row) -> str:
    """The line, without its end."""
    return files.canonical_json(row)


def as_text(rows: Iterable[Row]) -> str:
    """All lines."""
    return "".join(f"{as_line(row)}\n" for row in rows)


def read_rows(path: Path, last_step: int | None = None) -> tuple[Row, ...]:
    """The rows up to a step (all without one); a part of a line, left by a kill, is none. No file has no rows."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    rows = [json.loads(line) for line in lines]
    return tuple(row for row in rows if last_step is None or row["step"] <= last_step)
