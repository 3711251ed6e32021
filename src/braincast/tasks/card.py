"""The declaration of a task: everything that fixes the question, as data that can be printed, diffed and hashed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_serializer

from braincast.files import sha256_of_json

TaskKind = Literal["forecast", "rollout", "perturbation", "encoding", "imputation"]
# What an answer holds: probabilities of a response, or a course in time.
Answer = Literal["probability", "course"]


class Declaration(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


class Case(Declaration):
    """One question: which neurons are stimulated, in which fold it is held out, and which cases belong together.

    A training case whose fold is not among the task's folds is held out nowhere.
    """

    id: str
    stimulated: tuple[str, ...]
    fold: int = Field(ge=0)
    group: str


class MetricUse(Declaration):
    """A metric as this task uses it: against which part of the truth, and where there is enough of it."""

    key: str
    target: str
    min_trials: int = Field(default=1, ge=1)


class Stratum(Declaration):
    """A named range of a property of a pair, both ends included; `upper` None means no upper end."""

    label: str
    lower: float
    upper: float | None = None

    def contains(self, values: Any) -> Any:
        """Whether each value lies in the range (elementwise on arrays)."""
        return (values >= self.lower) & (values <= (float("inf") if self.upper is None else self.upper))


class TaskCard(Declaration):
    """A task, declared. Two tasks with equal `hash` ask the same questions and are scored the same way.

    Models learn from `training_cases` of `training_specimen`; empty means the cases and the specimen asked about. A
    task of courses has the time of each lead in `lead_s`, after a standard input that lasts `pulse_s`.
    """

    name: str
    version: str
    kind: TaskKind
    title: str
    question: str
    dataset: str
    dataset_hash: str
    specimen: str
    wiring: Literal["same animal", "another animal", "atlas"]
    n_animals: str
    quantity: str
    unit: str
    lower: float | None
    upper: float | None
    leads: tuple[str, ...]
    neurons: tuple[str, ...]
    cell_classes: tuple[str, ...]
    n_folds: int
    fold_rule: str
    cases: tuple[Case, ...]
    metrics: tuple[MetricUse, ...]
    primary: str
    resampling: str
    n_resamples: int
    equivalence_margin: float
    artefact_limit: float = Field(gt=0)
    baselines: tuple[str, ...]
    baseline: str
    nulls: tuple[str, ...]
    decisive_nulls: tuple[str, ...]
    controls: tuple[str, ...]
    lineup: tuple[str, ...] = Field(max_length=10)
    strata: dict[str, tuple[Stratum, ...]]
    ceiling: str
    answer: Answer = "probability"
    training_specimen: str = ""
    training_cases: tuple[Case, ...] = ()
    lead_s: tuple[float, ...] = ()
    pulse_s: float = Field(default=0.0, ge=0)

    @model_serializer(mode="wrap")
    def _without_unset_options(self, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Leave out options at their defaults, so that a task declared before an option existed keeps its hash."""
        fields = type(self).model_fields
        unset = {n for n, f in fields.items() if not f.is_required() and getattr(self, n) == f.default}
        return {name: value for name, value in handler(self).items() if name not in unset}

    @property
    def hash(self) -> str:
        """SHA-256 of the whole declaration."""
        return sha256_of_json(self.model_dump(mode="json"))

    @property
    def whose_wiring(self) -> str:
        """Of which animal the wiring is that models may look at."""
        return self.wiring

    @property
    def metric_keys(self) -> tuple[str, ...]:
        """Keys of the task's metrics, in order."""
        return tuple(use.key for use in self.metrics)

    def to_show(self) -> dict[str, Any]:
        """The declaration with its hash."""
        return {**self.model_dump(mode="json"), "hash": self.hash}

    @property
    def learns_from(self) -> tuple[Case, ...]:
        """The cases that models learn from; each is left out of the fit of its own fold."""
        return self.training_cases or self.cases
