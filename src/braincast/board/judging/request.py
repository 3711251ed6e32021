"""What is asked of a scoring process, what it may use, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from braincast.errors import BraincastError
from braincast.forecasts.submissions.declaration import Submission

# Another version of the scorer may give other figures for the same forecasts: every score names its own.
SCORER = "1"


@dataclass(frozen=True)
class Request:
    """An entry to be scored: plain data, so that any process can be asked.

    `card` is the task's declaration as JSON; `data`, `truth`, `submission` and the `baselines` by name are paths. A
    submission that is itself one of the baselines has `own` "baseline".
    """

    card: str
    data: str | None
    truth: str | None
    submission: str
    baselines: Mapping[str, str]
    own: Literal["model", "baseline"] = "model"

    def to_dict(self) -> dict[str, Any]:
        """The request as JSON has it."""
        return {**asdict(self), "baselines": dict(self.baselines)}


@dataclass(frozen=True)
class Limits:
    """What a scoring process may use: bytes of memory, seconds in all, seconds between signs of progress."""

    memory_bytes: int = 6 << 30
    seconds: float | int = 1800
    silence_s: float | int = 1200

    def to_dict(self) -> dict[str, Any]:
        """The limits as JSON has them."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Judged:
    """The problems of a submission that is refused; or else its declaration and figures.

    `document` is an entry's `score` as a board exports it. `samples` are by metric, of each seed on the sample and
    every resample; `samples_bytes` the same as a file, `samples_hash` that file's SHA-256. `forecast_hash` changes
    with the numbers of the forecasts, and with nothing else.
    """

    problems: tuple[BraincastError, ...]
    submission: Submission | None
    forecast_hash: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)
    samples: Mapping[str, Float[np.ndarray, "seed resample"]] = field(default_factory=dict)
    samples_bytes: bytes = b""
    samples_hash: str = ""
    duration_s: float = 0.0
