"""What a file does not say itself: `NAME.toml` or `NAME.json` beside it."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from braincast import files
from braincast.errors import BraincastError

_SUFFIXES = (".toml", ".json")
_Text = Annotated[str, Field(min_length=1, max_length=1000)]
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]


class _Strict(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class Condition(_Strict):
    """A stretch of the recording: `start` and `stop` in seconds, or as frame numbers where `in_frames`; half open."""

    name: _Text
    start: float
    stop: float
    in_frames: bool = False


class Sidecar(_Strict):
    """The keys that a sidecar may have; each replaces what the file itself says."""

    species: _Text | None = None
    strain: _Text | None = None
    animal: _Text | None = None
    licence: _Text | None = None
    citation: tuple[_Text, ...] | _Text | None = None
    unit: _Text | None = None
    indicator: _Text | None = None
    rate_hz: _Positive | None = None
    dt_s: _Positive | None = None
    time_unit: _Text | None = None
    neurons: tuple[_Text, ...] | None = None
    axes: tuple[Literal["time", "neuron", "pre", "post"], Literal["time", "neuron", "pre", "post"]] | None = None
    conditions: tuple[Condition, ...] = ()
    weight_unit: _Text | None = None

    @property
    def citations(self) -> tuple[str, ...]:
        """References, none to many."""
        if self.citation is None:
            return ()
        return (self.citation,) if isinstance(self.citation, str) else self.citation


def sidecar_of(path: Path) -> tuple[Sidecar, Path | None]:
    """The sidecar beside a file or folder and where it lies; E123 for an unknown key, a wrong value, or two of them."""
    names = {path.with_name(stem + suffix) for stem in (path.name, path.stem) for suffix in _SUFFIXES}
    found = sorted(name for name in names if name.is_file() and name != path)
    if not found:
        return Sidecar(), None
    if len(found) > 1:
        what = f"{found[0].name} and {found[1].name} lie beside it"
        raise BraincastError("E123", str(path), what, "Keep one of them")
    declared = _read(found[0])
    try:
        side = Sidecar.model_validate(declared)
    except ValidationError as error:
        raise _refused(found[0], error) from error
    if side.rate_hz is not None and side.dt_s is not None:
        raise BraincastError("E123", str(found[0]), "it states both rate_hz and dt_s", "Keep one of them")
    return side, found[0]


def _read(path: Path) -> Any:
    if path.suffix == ".json":
        return files.read_json(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BraincastError("E123", str(path), f"this is not TOML ({error})", "Write key = value lines") from error


def _refused(path: Path, error: ValidationError) -> BraincastError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return BraincastError(
            "E123", f"{path}: {key}", first["msg"], "Correct it; docs/guides/your-recording.md lists the keys"
        )
    known = list(Condition.model_fields if "." in key else Sidecar.model_fields)
    nearest = difflib.get_close_matches(key.rsplit(".", 1)[-1], known, n=1, cutoff=0.5)
    hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
    return BraincastError("E123", f"{path}: {key}", "there is no such key", f"{hint}Keys: {', '.join(known)}")
