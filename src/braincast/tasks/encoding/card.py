"""The declaration of an encoding task: which stimuli an eye is shown, and which facts the answers are held against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, model_serializer, model_validator

from braincast.files import sha256_of_json
from braincast.tasks.card import Declaration, MetricUse
from braincast.tasks.encoding.facts import Facts
from braincast.tasks.forecasting.card import NAME_PATTERN

FLOW = ("flow-x", "flow-y")
Polarity = Literal["on", "off"]


class Stimulus(Declaration):
    """One question: what do the cells of the central column answer to this movie?

    Grey for `lead_in_s`, then a flash of the whole field; an edge that crosses the eye; a sine grating that drifts; or
    a textured scene that moves, made from its seed. Angles are counter-clockwise from the right, speeds in columns per
    second. Answers are looked at up to lead `n_leads`. Scenes that are "out" move faster than any that is learned from.
    """

    id: str
    kind: Literal["flash", "edge", "grating", "scene"]
    n_leads: int = Field(ge=1)
    lead_in_s: float = Field(default=0.0, ge=0)
    polarity: Polarity | None = None
    angle_deg: float | None = None
    speed: float | None = None
    frequency_hz: float | None = None
    wavelength_deg: float | None = None
    seed: int | None = None
    distribution: Literal["in", "out"] = "in"

    @model_serializer(mode="wrap")
    def _without_unset(self, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        fields = type(self).model_fields
        return {
            n: v for n, v in handler(self).items() if fields[n].is_required() or getattr(self, n) != fields[n].default
        }


class SceneUse(Declaration):
    """The scenes that models learn from (see `dynamics.scenes.textured.SceneDistribution`), each of `duration_s`.

    `n_validation` more of them choose among settings; the seeds of those and of test scenes are never drawn in
    training. Test scenes that are "out" have speeds from the bounds `faster`, all beyond those of training.
    """

    speed_columns_per_s: tuple[float, float]
    faster: tuple[float, float]
    hold_s: float = Field(gt=0)
    expansion_per_s: float
    rotation_deg_per_s: float
    contrast: tuple[float, float]
    brightness: float
    foreground_share: float
    foreground_radius_columns: tuple[float, float]
    duration_s: float = Field(gt=0)
    n_validation: int = Field(ge=1)

    @model_validator(mode="after")
    def _faster_is_not_learned(self) -> SceneUse:
        if self.faster[0] < self.speed_columns_per_s[1]:
            raise ValueError("speeds out of distribution begin where those of training end")
        return self


class EncodingCard(Declaration):
    """An encoding task, declared. Two tasks with equal `hash` ask the same questions and are scored the same way.

    An answer has, for each stimulus and every `lead_step_s` from its start, the response of each cell type in the
    central column, then the flow that the model sees there (columns per second, x and y). The eye reaches `extent`
    columns far. Models get wiring and scenes; the `facts` are for scoring alone.
    """

    name: str = Field(pattern=NAME_PATTERN)
    version: str
    kind: Literal["encoding"] = "encoding"
    answer: Literal["response"] = "response"
    title: str
    question: str
    dataset: str
    dataset_hash: str
    wiring: Literal["same animal", "another animal", "atlas"]
    n_animals: str
    quantity: str
    unit: str
    lower: None = None
    upper: None = None
    extent: int = Field(ge=1)
    lead_step_s: float = Field(gt=0)
    cell_types: tuple[str, ...]
    cases: tuple[Stimulus, ...]
    scenes: SceneUse
    facts: Facts
    fold_rule: str = "one fit: nothing that is asked about is learned from"
    metrics: tuple[MetricUse, ...]
    primary: str
    resampling: str
    n_resamples: int
    equivalence_margin: float
    baselines: tuple[str, ...]
    baseline: str
    nulls: tuple[str, ...]
    decisive_nulls: tuple[str, ...]
    controls: tuple[str, ...]
    lineup: tuple[str, ...] = Field(max_length=10)
    ceiling: str

    @model_validator(mode="after")
    def _facts_are_of_its_types(self) -> EncodingCard:
        strangers = sorted(self.facts.types - set(self.cell_types))
        if strangers:
            raise ValueError(f"facts are about {strangers[0]!r}, which is not among the cell types")
        if len({case.id for case in self.cases}) < len(self.cases):
            raise ValueError("every stimulus has an id of its own")
        return self

    @property
    def hash(self) -> str:
        """SHA-256 of the whole declaration."""
        return sha256_of_json(self.model_dump(mode="json"))

    @property
    def whose_wiring(self) -> str:
        """Of which animal the wiring is that models may look at."""
        return self.wiring

    @property
    def n_folds(self) -> int:
        return 1

    @property
    def metric_keys(self) -> tuple[str, ...]:
        """Keys of the task's metrics, in order."""
        return tuple(use.key for use in self.metrics)

    @property
    def neurons(self) -> tuple[str, ...]:
        """What is answered at each lead: the cell types, then the flow."""
        return (*self.cell_types, *FLOW)

    @property
    def n_leads(self) -> int:
        """As many as the longest stimulus has."""
        return max(case.n_leads for case in self.cases)

    @property
    def leads(self) -> tuple[str, ...]:
        """Labels of the leads, from 1."""
        return tuple(str(lead) for lead in range(1, self.n_leads + 1))

    @property
    def lead_s(self) -> tuple[float, ...]:
        """Seconds from the start of a stimulus to each lead."""
        return tuple(lead * self.lead_step_s for lead in range(1, self.n_leads + 1))

    def to_show(self) -> dict[str, Any]:
        """The declaration with its hash."""
        return {**self.model_dump(mode="json"), "neurons": list(self.neurons), "hash": self.hash}
