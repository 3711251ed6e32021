"""A fitted model's answer, written while it is made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from braincast.errors import BraincastError
from braincast.forecasts.writer import writing_answer
from braincast.progress import step
from braincast.tasks.kinds import AnyCases
from braincast.training.fit import FittedFolds


def save_answers(
    fitted: FittedFolds,
    cases: AnyCases,
    path: Path,
    *,
    source: str,
    force: bool = False,
    dtype: type[np.floating] = np.float32,
    attributes: Mapping[str, Any] | None = None,
) -> Path:
    """Write what `fitted.forecast(cases)` would be, bit for bit, a few cases at a time; in float16 rounded to that.

    `attributes` are told beside those of the fit. `source` is a hash of the fit: where an earlier attempt with it was
    stopped, only the rest is answered. E501 and
    E504 as in `writing_answer`.
    """
    answers = fitted.answers(cases)
    told = {**fitted.attributes, **(attributes or {})}
    declared = {"labels": answers.labels, "attributes": told, "source": source, "dtype": dtype}
    with (
        writing_answer(path, **declared, force=force) as writer,
        step(f"Forecasting with {fitted.model}", total=len(cases)) as advance,
    ):
        remaining = writer.remaining_rows()
        advance(len(cases) - sum(rows.stop - rows.start for rows in remaining))
        for rows in remaining:
            writer.write(rows, _rounded(answers.of(rows), dtype, str(path)))
            advance(rows.stop - rows.start)
    return path


def _rounded(values: np.ndarray, dtype: type[np.floating], where: str) -> np.ndarray:
    """The values in another type; E107 for a number that is too large for it."""
    if values.dtype == dtype:
        return values
    with np.errstate(over="ignore"):
        rounded = values.astype(dtype)
    if not np.array_equal(np.isfinite(values), np.isfinite(rounded)):
        what = f"a forecast is larger than {np.dtype(dtype).name} can hold ({np.finfo(dtype).max:g})"
        raise BraincastError("E107", where, what, "Forecast in float32")
    return rounded
