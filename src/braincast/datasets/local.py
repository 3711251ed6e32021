"""Files that lie on this machine already: where to look for them, and what to say when they are not there."""

from __future__ import annotations

from pathlib import Path

from braincast.datasets.card import AnySource, BroughtSource
from braincast.errors import BraincastError
from braincast.files import home_expanded


def local_file(path: Path, source: AnySource) -> Path:
    """The file to take for `source`: `path` itself, or the file of that name in the folder `path` or just below it.

    For a recording to be brought, a folder with a single file of its kind will do, whatever its name: the checksum
    decides. E405 when nothing is found.
    """
    path = home_expanded(path)
    if path.is_file():
        return path
    fix = f"Give the path of {source.filename} or of the folder it is in"
    if isinstance(source, BroughtSource):
        fix = f"{fix}; {source.obtain}"
    if not path.is_dir():
        raise BraincastError("E405", str(path), "there is no such file", fix)
    found = [path / source.filename, *sorted(path.glob(f"*/{source.filename}"))]
    if isinstance(source, BroughtSource):
        found += _the_only_one(path, Path(source.filename).suffix)
    for place in found:
        if place.is_file():
            return place
    raise BraincastError("E405", str(path), f"no {source.filename} in this folder", fix)


def bring_fix(source: BroughtSource, dataset: str) -> str:
    """What to do when a file to be brought is not in the cache."""
    return f"{source.obtain[:1].upper()}{source.obtain[1:]}; then: braincast data get {dataset} --from PATH"


def copy_fix(source: AnySource) -> str:
    """What to do about a local file whose bytes are not those of `source`."""
    fix = f"Use an undamaged copy of {source.filename}"
    if isinstance(source, BroughtSource):
        return f"{fix}; a recording of your own comes in by braincast data add PATH, then braincast task new"
    return fix


def again(source: AnySource, dataset: str) -> str:
    """What to do about a cached file that was damaged since."""
    way = "--from PATH" if isinstance(source, BroughtSource) else "--force"
    return f"Get it anew: braincast data get {dataset} {way}"


def _the_only_one(folder: Path, suffix: str) -> list[Path]:
    """The one file with this suffix in a folder; none where there are more, as one of them would be a guess."""
    alike = sorted(folder.glob(f"*{suffix}"))
    return alike if len(alike) == 1 else []
