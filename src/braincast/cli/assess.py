"""`braincast score` and `compare`: forecasts and submissions from anywhere, against a task's truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Data, Force, Json, Offline, Out, Quiet, TaskName
from braincast.cli.session import console, print_json, session
from braincast.errors import BraincastError

if TYPE_CHECKING:
    from braincast.forecasts.submissions.opening import Submitted
    from braincast.scoring.scores import Contender
    from braincast.tasks.kinds import AnyTask

Forecasts = Annotated[
    list[Path],
    typer.Argument(
        metavar="FORECAST...",
        help="Forecast stores, submissions (folders, zip archives), or fits, whose answers are scored and not kept.",
    ),
]


def score(
    task: TaskName,
    forecasts: Forecasts,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="NAME", help="Skill is against this one.")
    ] = None,
    out: Out = None,
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Score forecasts beside the task's baselines."""
    from braincast.cli.run import n_cores
    from braincast.experiments.beside import score_beside_baselines
    from braincast.experiments.floors import kept_floors
    from braincast.files import require_free, write_json
    from braincast.progress import step
    from braincast.tasks.registry import load_task

    scorecard = None if out is None else out / "scorecard.json"
    if scorecard is not None:
        require_free(scorecard, force=force, what="scorecard")
    with session(quiet=quiet, offline=offline):
        opened = load_task(task, data=data)
        with _contenders(opened, forecasts) as found, step("Scoring beside the baselines"):
            floors = kept_floors(opened)
            card = score_beside_baselines(opened, found, baseline=baseline, floors=floors, n_workers=n_cores())
            document: dict[str, Any] = card.to_dict()
    files: dict[str, Any] = {"forecasts": [str(path) for path in forecasts]}
    document["files"] = files
    if scorecard is not None:
        files["scorecard"] = str(scorecard)
        write_json(scorecard, document)
    if json_:
        print_json(document)
        return
    from braincast.reports.terminal import show_result

    show_result(document, console())


def compare(
    task: TaskName,
    a: Annotated[Path, typer.Argument(metavar="FORECAST", help="The first forecast.")],
    b: Annotated[Path, typer.Argument(metavar="FORECAST", help="The second forecast.")],
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """Compare two forecasts on the same resamples. For every metric of the task."""
    from braincast.progress import step
    from braincast.scoring.any_task import compare as compare_pair
    from braincast.scoring.any_task import score as score_forecasts
    from braincast.tasks.registry import load_task

    with session(quiet=quiet, offline=offline):
        opened = load_task(task, data=data)
        with _contenders(opened, [a, b]) as found, step("Scoring"):
            scorecard = score_forecasts(opened, found)
        first, second = (name for name, contender in found.items() if contender.role == "model")
        pairs = [compare_pair(scorecard, first, second, key).to_dict() for key in opened.card.metric_keys]
    document = {"task": opened.name, "task_hash": opened.hash, "comparisons": pairs}
    if json_:
        print_json(document)
        return
    from braincast.reports.terminal import show_comparison

    show_comparison(document, console())


@contextmanager
def _contenders(task: AnyTask, paths: list[Path]) -> Iterator[dict[str, Contender]]:
    """Who is scored: each forecast or submission by its model's name, a submission's nulls beside it.

    Two of the same model go by the names of their files; each is checked against the task.
    """
    from braincast.forecasts.store import load_forecast
    from braincast.forecasts.submissions.opening import is_submission, open_submission
    from braincast.scoring.field import entered
    from braincast.scoring.scores import Contender
    from braincast.training.checkpoint import is_fit, load_fit, task_of_fit

    with ExitStack() as held:
        models: list[str] = []
        entries: list[Submitted | Contender] = []
        for path in paths:
            if is_submission(path):
                submitted = held.enter_context(open_submission(task.card, path))
                models.append(submitted.submission.model)
                entries.append(submitted)
            elif is_fit(path):
                own = task_of_fit(path, task)
                answers = load_fit(path, own).answers(own.cases("test"))
                models.append(answers.attrs["model"])
                entries.append(Contender((answers,)))
            else:
                forecast = load_forecast(path, task.card)
                models.append(str(forecast.attrs.get("model", path.stem)))
                entries.append(Contender((forecast,)))
        names = [m if models.count(m) == 1 else path.stem for m, path in zip(models, paths, strict=True)]
        for name in names:
            if names.count(name) > 1:
                what = f"two forecasts are named {name!r}"
                raise BraincastError("E305", "FORECAST", what, "Give each file a name of its own")
        found: dict[str, Contender] = {}
        for name, entry in zip(names, entries, strict=True):
            found |= {name: entry} if isinstance(entry, Contender) else entered(name, entry)
        yield found
