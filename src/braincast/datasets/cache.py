"""Where fetched files are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from braincast.datasets.card import AnySource
from braincast.files import home_expanded


def home() -> Path:
    """The folder for everything braincast keeps: `BRAINCAST_HOME`, else the user's cache folder."""
    chosen = os.environ.get("BRAINCAST_HOME")
    return home_expanded(chosen, "BRAINCAST_HOME") if chosen else platformdirs.user_cache_path("braincast")


def source_path(source: AnySource) -> Path:
    """Where a source lies once fetched; the checksum in the path keeps versions apart."""
    return home() / "sources" / source.sha256[:12] / source.filename
