"""`submission.toml`: who answers, with what, and how, in a form that can be trusted to be what it says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from braincast.errors import BraincastError
from braincast.forecasts.expected import Expected
from braincast.forecasts.submissions import fields
from braincast.forecasts.submissions.refusals import refusals_of
from braincast.forecasts.submissions.texts import Flaw, shown

NAME = "submission.toml"
FORMAT = 1
MOST_SEEDS, MOST_DRAWS = 20, 100
LARGEST_BYTES = 64 << 10
# pydantic's ValidationInfo: a protocol that run-time checks of types cannot look at.
_Info = Any
TRACKS = ("open", "no-stimulus", "wiring-required")


class _Strict(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", strict=True)


class Compute(_Strict):
    """What fitting and forecasting took, for all seeds and nulls together."""

    hardware: Annotated[str, fields.text(500)]
    hours: Annotated[float, fields.between(0, 10**9)]


class Submission(_Strict):
    """A declaration whose every value was checked; the page docs/guides/submitting.md says what each field means.

    With the `Expected` of a task as context of the validation, what it says of the task is compared as well.
    """

    format: int
    task: fields.Name
    task_hash: fields.Sha256
    model: fields.Name
    authors: Annotated[
        fields.Listed[Annotated[str, fields.text(200, is_name=True)]], fields.several(1, 100), fields.distinct
    ]
    contact: fields.Contact
    links: Annotated[fields.Listed[fields.Link], fields.several(0, 20), fields.distinct]
    licence: fields.Licence
    description: Annotated[str, fields.text(4000, several_lines=True)]
    training_data: Annotated[fields.Listed[Annotated[str, fields.text(500)]], fields.several(1, 50), fields.distinct]
    track: str
    seeds: Annotated[
        fields.Listed[Annotated[int, fields.between(0, fields.LARGEST_INTEGER)]],
        fields.several(1, MOST_SEEDS),
        fields.distinct,
    ]
    parameters: Annotated[int, fields.between(0, 10**15)]
    nulls: Annotated[
        Mapping[fields.Name, Annotated[int, fields.between(1, MOST_DRAWS)]],
        fields.several(0, 20),
        Field(default_factory=dict, validate_default=True),
    ]
    compute: Compute
    packages: Annotated[Mapping[fields.Package, fields.Version], fields.several(1, 200)]

    @property
    def stores(self) -> list[str]:
        """Names of the stores that stand beside it: one for each seed, and one for each draw of each null."""
        draws = ((null, draw) for null, n_draws in self.nulls.items() for draw in range(n_draws))
        return [*map(seed_store, self.seeds), *(null_store(null, draw) for null, draw in draws)]

    @field_validator("format")
    @classmethod
    def _is_this_format(cls, found: int) -> int:
        if found != FORMAT:
            what = f"found {fields.plainly(found)}; this version of braincast reads format {FORMAT}"
            raise fields.refusal(Flaw("E607", what, f"Write format = {FORMAT}"))
        return found

    @field_validator("task", "task_hash")
    @classmethod
    def _is_of_the_task(cls, found: str, info: _Info) -> str:
        asked = _asked(info.context)
        wanted = asked.get(str(info.field_name), found)
        if found != wanted:
            fix = f"Forecast again for this version of the task: braincast show task {asked['task']} --json"
            raise fields.refusal(Flaw("E215", f"found {shown(found)}; expected {wanted!r}", fix))
        return found

    @field_validator("track")
    @classmethod
    def _is_a_track(cls, found: str, info: _Info) -> str:
        offered = TRACKS if info.context is None else info.context.tracks
        if found not in TRACKS:
            what = f"found {shown(found)}; expected {' or '.join(offered)}"
            raise fields.refusal(Flaw("E607", what, "Name one of them"))
        if found not in offered:
            what = f"the task has no track {found!r}; it has {', '.join(offered)}"
            raise fields.refusal(Flaw("E612", what, "Name one that it has"))
        return found

    @field_validator("nulls")
    @classmethod
    def _are_nulls_of_the_task(cls, found: Mapping[str, int], info: _Info) -> Mapping[str, int]:
        offered = found if info.context is None else info.context.nulls
        for name in found:
            if name not in offered:
                what = f"the task has no null {name!r}; it has {', '.join(offered) or 'none'}"
                raise fields.refusal(Flaw("E607", what, "Name nulls of the task only"))
        if info.data.get("track") == "wiring-required" and not found:
            what = "the track wiring-required needs the forecasts of at least one null beside the model's"
            raise fields.refusal(Flaw("E607", what, "Fit the model on a null of the task as well, and name it here"))
        return found


def seed_store(seed: int) -> str:
    """The name of the store that answers with a seed."""
    return f"seed-{seed}.zarr"


def null_store(null: str, draw: int) -> str:
    """The name of the store that answers with a draw of a null."""
    return f"null-{null}-{draw}.zarr"


def read_declaration(content: bytes, expected: Expected | None) -> tuple[Submission | None, list[BraincastError]]:
    """The declaration in a file's bytes, or everything that is wrong with it: E215, E605–E609 or E612.

    Without `expected`, what it says of its task is taken as it is.
    """
    try:
        values = _parsed(content)
    except BraincastError as error:
        return None, [error]
    try:
        return Submission.model_validate(values, context=expected), []
    except ValidationError as error:
        return None, refusals_of(error, Submission, NAME)


def declaration_text(submission: Submission) -> str:
    """The declaration as TOML, which `read_declaration` reads back equal."""
    return tomli_w.dumps(submission.model_dump(), multiline_strings=True)


def _asked(expected: Expected | None) -> dict[str, str]:
    """What the fields `task` and `task_hash` must say; a question about the circuit stands in them as a task does."""
    if expected is None:
        return {}
    return {key.replace("question", "task"): value for key, value in expected.names.items()}


# tomllib takes time that grows with the square of a key's parts, and no declaration needs more than two.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){64}""", re.ASCII)


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST_BYTES:
        what = f"it has {len(content):,} bytes; at most {LARGEST_BYTES:,} may be"
        raise BraincastError("E605", NAME, what, "Shorten the description, or link to what is long")
    again = "Save it as UTF-8 without a byte-order mark"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BraincastError("E605", NAME, f"byte {error.start} is not UTF-8", again) from error
    if text.startswith("\ufeff"):
        raise BraincastError("E605", NAME, "it begins with a byte-order mark", again)
    deep = BraincastError("E605", NAME, "keys, lists or tables are nested too deep", "Write the fields as they are")
    if _LONG_KEY.search(text):
        raise deep
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise deep from error
    # Whole numbers of thousands of digits are a plain ValueError.
    except ValueError as error:
        what = f"this is not TOML: {shown(str(error), 160)}"
        raise BraincastError("E605", NAME, what, "`braincast submit template` prints one to fill in") from error


TEMPLATE = '''\
# Who answers which task, with what. docs/guides/submitting.md says what each may hold.

format = 1

# The task and its hash: braincast show task worm-forecast --json
task = "worm-forecast"
task_hash = "0000000000000000000000000000000000000000000000000000000000000000"

# A short name for the board: a-z, 0-9, ".", "_" and "-".
model = "my-model"
authors = ["Ada Lovelace", "李明"]
# An e-mail address or an https link, where questions reach you.
contact = "ada@example.org"
# Code, paper, weights: https only; [] if there are none.
links = ["https://example.org/my-model"]
# The licence of your forecasts, as an SPDX expression.
licence = "CC-BY-4.0"
# In your own words, of several lines if you like. No markup.
description = """
Ridge regression for each lead on the last 48 frames (α = 10), weights shared by all neurons.
Chosen on validation frames (p < 0.05).
"""
# Everything that the model has learned from, pretraining included.
training_data = ["the task's own training frames"]

# open:            whatever the task hands out may be used
# no-stimulus:     the stimulus was not used
# wiring-required: the wiring was used, and the same model was run with at least one of the task's nulls
track = "open"
# A store seed-N.zarr stands beside this file for each seed.
seeds = [0]
# Numbers that were fitted.
parameters = 48

# Nulls of the task and their number of draws; a store null-NAME-DRAW.zarr stands beside this file for each of them.
[nulls]
# identity-permuted = 3

# What fitting and forecasting took, for all seeds and nulls together.
[compute]
hardware = "2 CPU cores"
hours = 0.01

# Packages that made the forecasts, and their versions.
[packages]
numpy = "2.4.0"
'''
