"""Wirings of flies. Names load on use, so that listing datasets stays quick."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "read_wiring": "braincast.datasets.fly.recognition",
}

__all__ = ["read_wiring"]

if TYPE_CHECKING:
    from braincast.datasets.fly.recognition import read_wiring as read_wiring


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
