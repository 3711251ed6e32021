"""A fitted model's answer, written while it is made."""

from __future__ import annotations

from pathlib import Path

from braincast.forecasts.writer import writing_answer
from braincast.progress import step
from braincast.tasks.kinds import AnyCases
from braincast.training.fit import FittedFolds


def save_answers(fitted: FittedFolds, cases: AnyCases, path: Path, *, source: str, force: bool = False) -> Path:
    """Write what `fitted.forecast(cases)` would be, bit for bit, a few cases at a time.

    `source` is a hash of the fit: where an earlier attempt with it was stopped, only the rest is answered. E501 and
    E504 as in `writing_answer`.
    """
    answers = fitted.answers(cases)
    declared = {"labels": answers.labels, "attributes": fitted.attributes, "source": source}
    with (
        writing_answer(path, **declared, force=force) as writer,
        step(f"Forecasting with {fitted.model}", total=len(cases)) as advance,
    ):
        remaining = writer.remaining_rows()
        advance(len(cases) - sum(rows.stop - rows.start for rows in remaining))
        for rows in remaining:
            writer.write(rows, answers.of(rows))
            advance(rows.stop - rows.start)
    return path
