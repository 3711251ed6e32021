"""Making every entrant's forecasts once, in this run or an earlier one of the same folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from braincast.experiments.entrants import Entrant
from braincast.experiments.folder import RunFolder
from braincast.experiments.jobs import Job, Workers, mean_cost
from braincast.experiments.large import Keep, is_large, stored, streamed
from braincast.progress import step
from braincast.scoring.scores import Contender
from braincast.tasks.kinds import AnyTask


class Runner:
    """Fits, forecasts, and keeps what came of it by entrant and replicate.

    A `partial` one makes nothing: it takes what its folder has.
    """

    def __init__(
        self,
        task: AnyTask,
        folder: RunFolder | None,
        workers: Workers,
        *,
        keep: Keep = "float32",
        partial: bool = False,
    ) -> None:
        self.task, self.folder, self.workers = task, folder, workers
        self.keep: Keep = keep
        self.partial = partial
        self.n_found = self.n_asked = 0
        self.forecasts: dict[str, dict[int, Any]] = {}

    def forecast(self, entrants: Sequence[Entrant], what: str) -> None:
        """Make what is missing, first draws of all entrants first: wherever it is stopped, all have about as many."""
        jobs = [Job(entrant, replicate) for entrant in entrants for replicate in entrant.replicates]
        jobs.sort(key=lambda job: job.replicate)
        with step(what, len(jobs)) as advance:
            open_jobs = [job for job in jobs if not self._found(job)]
            advance(len(jobs) - len(open_jobs))
            self.n_asked, self.n_found = self.n_asked + len(jobs), self.n_found + len(jobs) - len(open_jobs)
            if self.partial:
                return
            for job, forecast in self._made(open_jobs):
                self._keep(job, forecast)
                advance(1)

    def ready(self, entrants: Sequence[Entrant]) -> list[Entrant]:
        """Those with a forecast, with as many whole draws as there are of each."""
        found = []
        for entrant in entrants:
            known = self.forecasts.get(entrant.name, {})
            n = next((k for k, replicate in enumerate(entrant.replicates) if replicate not in known), None)
            whole = len(entrant.replicates) if n is None else n - n % entrant.n_seeds
            if whole:
                found.append(replace(entrant, replicates=entrant.replicates[:whole]))
        return found

    def headline(self, entrants: Sequence[Entrant]) -> tuple[str, dict[str, float]]:
        """The entrant with the smallest validation loss, and all losses; baselines can lead too, controls cannot."""
        losses = {e.name: self._mean(e.name, "validation_loss") for e in entrants}
        contestants = [e.name for e in entrants if e.role != "control"] or list(losses)
        return min(contestants, key=lambda name: losses[name]), losses

    def settings(self, entrant: Entrant) -> list[dict[str, Any]]:
        """What was chosen in each fold, with the first seed."""
        return json.loads(self.forecasts[entrant.name][entrant.replicates[0]].attrs["settings"])

    def contenders(self, entrants: Sequence[Entrant]) -> dict[str, Contender]:
        """Who is scored, each with its forecasts and what they cost."""
        contenders = {}
        for entrant in entrants:
            forecasts = tuple(self.forecasts[entrant.name][replicate] for replicate in entrant.replicates)
            contenders[entrant.name] = Contender(
                forecasts, entrant.role, entrant.of, mean_cost(forecasts), entrant.n_seeds if entrant.of else 1
            )
        return contenders

    def _made(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        """Each job with its forecast; large ones come one after the other, as each takes much memory to make."""
        if is_large(self.task.card):
            for job in jobs:
                place = self.folder
                yield job, streamed(self.task, job) if place is None else stored(self.task, job, place, self.keep)
            return
        for job, forecast in self.workers.forecasts(jobs):
            if self.folder is not None:
                forecast = self.folder.store(forecast, job.entrant.name, job.replicate)
            yield job, forecast

    def _found(self, job: Job) -> bool:
        stored = self.folder and self.folder.stored(self.task.card, job.entrant.name, job.replicate)
        if stored is None:
            return False
        self._keep(job, stored)
        return True

    def _keep(self, job: Job, forecast: Any) -> None:
        self.forecasts.setdefault(job.entrant.name, {})[job.replicate] = forecast

    def _mean(self, entrant: str, key: str) -> float:
        values = [forecast.attrs[key] for forecast in self.forecasts[entrant].values()]
        return float(sum(values) / len(values))
