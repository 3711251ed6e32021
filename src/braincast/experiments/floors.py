"""A task's floors, kept from one score to the next: their forecasts depend on the task and on what made them alone."""

from __future__ import annotations

import os
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from braincast.datasets.cache import home
from braincast.experiments.folder import RunFolder
from braincast.files import remove_tree, sha256_of_json
from braincast.tasks.kinds import AnyTask
from braincast.version import VERSION

_MADE_WITH = ("numpy", "scipy", "numba", "jax", "jaxlib")


def kept_floors(task: AnyTask) -> RunFolder | None:
    """The folder of the floors' forecasts of a task, for this very code; those of an earlier task or code are removed.

    A forecast is stored whole or not at all, so that two processes may fill one folder; a damaged one is made again.
    None where nothing can be kept.
    """
    above = home() / "floors" / f"{task.name}-{task.track}"
    try:
        above.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(above, os.W_OK):
        return None
    path = above / sha256_of_json({"task": task.hash, "version": VERSION, "code": _code(), "with": _packages()})[:16]
    for earlier in above.glob("*"):
        if earlier != path:
            remove_tree(earlier)
    return RunFolder(path)


def _code() -> list[tuple[str, int, int]]:
    """Size and time of every file of the package: a change of the code, by whoever works on it, makes floors anew."""
    root = Path(str(files("braincast")))
    found = ((path.relative_to(root).as_posix(), path.stat()) for path in sorted(root.rglob("*.py")))
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in found]


def _packages() -> dict[str, str]:
    return {name: version(name) for name in _MADE_WITH}
