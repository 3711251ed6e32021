"""The figures of one entry: scored beside the task's baselines exactly as `braincast score` does it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float

from braincast.board.judging.hidden import opened_truth, score_hidden, without_secrets
from braincast.board.judging.request import Request
from braincast.errors import BraincastError
from braincast.files import sha256_of_json
from braincast.forecasts.submissions.declaration import Submission, null_store, seed_store
from braincast.forecasts.submissions.opening import Submitted, open_validated
from braincast.scoring.any_task import score
from braincast.scoring.field import beside, entered, name_beside
from braincast.scoring.forecasting.card import ForecastScorecard
from braincast.scoring.forecasting.traces import forecast_traces
from braincast.scoring.scores import Contender
from braincast.tasks.kinds import AnyCard, card_of_json
from braincast.tasks.registry import task_of_card

_HASHED_BYTES = 64 << 20


class Entry:
    """A validated submission, opened beside the baselines of its task for as long as the block lasts."""

    def __init__(self, request: Request, submission: Submission) -> None:
        self.request, self.submission = request, submission
        self.card: AnyCard = card_of_json(request.card)
        self._open = ExitStack()

    def __enter__(self) -> Entry:
        self.submitted = self._opened(Path(self.request.submission), self.submission)
        self.contenders = self._contenders()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def name(self) -> str:
        """Under which it stands beside the baselines."""
        model = self.submission.model
        return model if self.request.own == "baseline" else name_beside(self.card, model)

    def fetch(self) -> None:
        """Open the task, its data and its hidden truth, whatever keeps these from being read being raised here."""
        data = None if self.request.data is None else Path(self.request.data)
        self.task = task_of_card(self.card, data=data, offline=True)
        self.task.fetch()
        self.truth = None if self.request.truth is None else opened_truth(self.task, Path(self.request.truth))

    def figures(self) -> tuple[dict[str, Any], dict[str, Float[np.ndarray, "seed resample"]]]:
        """The `score` of a board's export, and by metric the resampled values of each seed."""
        if self.truth is None:
            scorecard = score(self.task, self.contenders)
        else:
            scorecard = score_hidden(self.task, self.truth, self.contenders)
        document = document_of(scorecard.to_dict(), self.name)
        if isinstance(scorecard, ForecastScorecard) and self.name in scorecard.neurons:
            document["neurons"]["skill"] = _shown(scorecard.neurons[self.name].skill)
        document["traces"] = None if self.truth is not None else forecast_traces(self.task, self.submitted.seeds[0])
        samples = {key: scorecard.each[self.name, key] for key in self.card.metric_keys}
        return document if self.truth is None else without_secrets(document, self.card), samples

    def _contenders(self) -> dict[str, Contender]:
        """Everyone who is scored, in the order in which `braincast score` has them."""
        model, wanted = self.submission.model, self.card.baselines
        floors = {
            name: Contender(self._opened(Path(self.request.baselines[name])).seeds, "baseline")
            for name in wanted
            if name in self.request.baselines and not (self.request.own == "baseline" and name == model)
        }
        if self.request.own == "model":
            return beside(self.card, floors, entered(model, self.submitted))
        if model not in wanted:
            what = f"{model!r} is no baseline of task {self.card.name}"
            raise BraincastError("E305", "baseline", what, f"Its baselines: {', '.join(wanted)}")
        floors[model] = Contender(self.submitted.seeds, "baseline")
        return {name: floors[name] for name in wanted if name in floors}

    def _opened(self, path: Path, submission: Submission | None = None) -> Submitted:
        return self._open.enter_context(open_validated(self.card, path, submission))


def document_of(scorecard: Mapping[str, Any], own: str) -> dict[str, Any]:
    """An entry's `score` in a board's export, out of a scorecard of all that was scored beside it."""
    models = scorecard["models"]
    nulls = {name: score for name, score in models.items() if score["of"] == own}
    told = {key: models[own][key] for key in ("metrics", "groups", "replicates")}
    mine = [pair for pair in scorecard["comparisons"] if pair["a"] == own]
    grouped = [pair for pair in scorecard["group_comparisons"] if pair["a"] == own and pair["b"] not in nulls]
    against = {pair["b"]: pair for pair in mine}
    return {
        **told,
        "nulls": {
            name.removeprefix(f"{own}@"): {
                "metrics": score["metrics"],
                "comparison": {key: against[name][key] for key in ("difference", "ci", "p")},
            }
            for name, score in nulls.items()
        },
        "comparisons": [pair for pair in mine if pair["b"] not in nulls],
        "group_comparisons": grouped,
        "drop": next((drop for drop in scorecard.get("drops", ()) if drop["model"] == own), None),
        "neurons": models[own].get("neurons"),
        "ceiling": scorecard["ceiling"],
        "intervals": scorecard.get("intervals"),
        "baseline": scorecard["baseline"],
        "best_simple": scorecard.get("best_simple"),
    }


def forecast_hash(submitted: Submitted) -> str:
    """SHA-256 (hex) over the numbers of every forecast of a submission, whatever type or chunks they are stored in."""
    seeds = zip(map(seed_store, submitted.submission.seeds), submitted.seeds, strict=True)
    draws = ((null_store(null, n), draw) for null, of_null in submitted.nulls.items() for n, draw in enumerate(of_null))
    return sha256_of_json({name: _hash_of(forecast) for name, forecast in (*seeds, *draws)})


def _shown(skill: Float[np.ndarray, " neuron"]) -> list[float | None]:
    """Of each neuron, to four digits; None where it is not defined."""
    return [round(float(value), 4) if np.isfinite(value) else None for value in skill]


def _hash_of(forecast: xr.DataArray) -> str:
    digest = hashlib.sha256(str(forecast.shape).encode())
    step = max(1, _HASHED_BYTES // max(1, 8 * int(np.prod(forecast.shape[1:]))))
    for first in range(0, len(forecast), step):
        part = np.ascontiguousarray(forecast[first : first + step].values, dtype="<f8")
        digest.update((part + 0.0).tobytes())  # -0 is 0
    return digest.hexdigest()
