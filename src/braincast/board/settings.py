"""What the host of a board decides, in `board.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, ClassVar

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from braincast.errors import BraincastError
from braincast.files import write_text

NAME = "board.toml"
FORMAT = 1

Text = Annotated[str, Field(max_length=4000)]


class ScoringLimits(BaseModel):
    """What the process that scores an entry may use; after `lease_s` what a worker held that was killed is free."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    memory_bytes: Annotated[int, Field(ge=256 << 20)] = 6 << 30
    seconds: Annotated[float, Field(gt=0)] = 1800.0
    lease_s: Annotated[float, Field(ge=1)] = 30.0


class Settings(BaseModel):
    """A board's title, who is responsible for it, where its database and files are, and its limits.

    `database` is an address such as postgresql+psycopg://host/name, `files` one of fsspec; without them both lie in the
    board's folder. `tries` counts submissions of an author to a hidden task.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    title: Text = "A braincast board"
    about: Text = ""
    contact: Text = ""
    database: Annotated[str, Field(max_length=2000)] = ""
    files: Annotated[str, Field(max_length=2000)] = ""
    tries: Annotated[int, Field(ge=1)] = 5
    largest_bytes: Annotated[int, Field(ge=1)] = 4 << 30
    patience_s: Annotated[float, Field(gt=0)] = 30.0
    scoring: ScoringLimits = ScoringLimits()


def read_settings(folder: Path) -> Settings:
    """The settings of the board in a folder; E801 where there is none, or where it says something impossible."""
    path = folder / NAME
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        fix = "Check the path, or make one: braincast board create BOARD"
        raise BraincastError("E801", str(folder), f"there is no {NAME}", fix) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BraincastError("E801", str(path), f"this is not TOML ({error})", "Mend the file") from error
    if found.get("format", FORMAT) != FORMAT:
        fix = "Use the braincast version that made it"
        raise BraincastError("E802", str(path), f"format {found['format']!r}, expected {FORMAT}", fix)
    return checked(found, str(path))


def checked(values: dict[str, Any], where: str) -> Settings:
    """Settings from plain values; E801 names the first that is impossible."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BraincastError("E801", f"{where}: {place}", first["msg"], "Mend this setting") from error


def write_settings(folder: Path, settings: Settings) -> None:
    """Write `board.toml`, whole or not at all."""
    write_text(folder / NAME, tomli_w.dumps(settings.model_dump(mode="json")))
