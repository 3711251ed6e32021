"""Where a training is kept while it runs, so that it can go on after a kill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """A folder (nothing is kept without one), and what is trained, on what and how: only that may go on there."""

    folder: Path | None = None
    identity: Mapping[str, Any] = field(default_factory=dict)

    def inside(self, name: str, **identity: Any) -> Place:
        """A place for one part of it, with what tells that part from others."""
        folder = None if self.folder is None else self.folder / name
        return Place(folder, {**self.identity, **identity})
