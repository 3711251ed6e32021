"""How much is lost out of distribution: the score there less the score in distribution, and the same of skills.

In and out are different windows, so that nothing pairs them but the animals that they share: within one animal the
deviations of each are widened for its own blocks (as Welch 1947, Biometrika 34:28, does for two means), among several
animals the difference is resampled as one score.

A condition may simply be harder. What all forecasts lose there says so; the drop of the skill over a baseline that
learned nothing of conditions, such as persistence, says what the model itself loses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from braincast.scoring.forecasting.spread import Spread, interval_around, two_sided_p_of
from braincast.scoring.metrics import Metric
from braincast.scoring.ranking import Resampled
from braincast.scoring.scores import Interval, defined


@dataclass(frozen=True)
class Fall:
    """A score inside, outside, and outside less inside, with its interval and the p of "no difference".

    Of an error a positive difference is a loss, of a skill a negative one.
    """

    inside: float | None
    outside: float | None
    difference: float | None
    ci: Interval | None
    p: float | None

    def to_dict(self) -> dict[str, Any]:
        """The entry of the JSON contract."""
        ends = None if self.ci is None else list(self.ci)
        return {"in": self.inside, "out": self.outside, "difference": self.difference, "ci": ends, "p": self.p}


@dataclass(frozen=True)
class Drop:
    """What one contender loses: of the metric, and of its skill over each baseline. `group` is what was held out."""

    model: str
    metric: str
    group: str
    score: Fall
    skills: Mapping[str, Fall]

    @property
    def relative(self) -> float | None:
        """The difference as a share of the score inside."""
        if self.score.difference is None or not self.score.inside:
            return None
        return self.score.difference / abs(self.score.inside)

    def to_dict(self) -> dict[str, Any]:
        """The entry of the JSON contract."""
        skills = [{"over": name, **fall.to_dict()} for name, fall in self.skills.items()]
        named = {"model": self.model, "metric": self.metric, "group": self.group}
        return {**named, **self.score.to_dict(), "relative": self.relative, "skills": skills}


@dataclass(frozen=True, eq=False)
class Sides:
    """How differences between two sets of cases deviate. `together` is the spread of both as one set."""

    inside: Spread
    outside: Spread
    together: Spread

    def fall(self, inside: Resampled, outside: Resampled) -> Fall:
        """Outside less inside, both on the same resamples."""
        with np.errstate(invalid="ignore"):
            difference = outside - inside
            if self.together.n_animals > 1:
                deviations = self.together.deviations(difference)
            else:
                deviations = self.outside.deviations(outside) - self.inside.deviations(inside)
        value = difference[0]
        ends, p = interval_around(value, deviations), two_sided_p_of(value, deviations)
        return Fall(defined(inside[0]), defined(outside[0]), defined(value), ends, p)


def paired_fall(inside: Resampled, outside: Resampled, spread: Spread) -> Fall:
    """Outside less inside where both answer the same windows, so that what makes these hard cancels out."""
    with np.errstate(invalid="ignore"):
        difference = outside - inside
    value = defined(difference[0])
    ends, p = spread.interval(difference), spread.two_sided_p(difference)
    return Fall(defined(inside[0]), defined(outside[0]), value, ends, p)


def drop(
    model: str,
    metric: Metric,
    group: str,
    scores: Mapping[str, tuple[Resampled, Resampled]],
    baselines: Sequence[str],
    sides: Sides,
) -> Drop:
    """The drop of a contender. `scores` are (inside, outside) of each contender, on the same resamples."""
    inside, outside = scores[model]
    skills = {
        name: sides.fall(skills_of(metric, inside, scores[name][0]), skills_of(metric, outside, scores[name][1]))
        for name in baselines
        if name != model
    }
    return Drop(model, metric.key, group, sides.fall(inside, outside), skills)


def skills_of(metric: Metric, own: Resampled, base: Resampled) -> Resampled:
    """`Metric.skill` in every resample."""
    return np.array([metric.skill(value, reference) for value, reference in zip(own, base, strict=True)])
