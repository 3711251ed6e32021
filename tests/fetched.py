"""Files of datasets that tests fetch, where that is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from braincast.errors import BraincastError


def fetched(dataset: str) -> list[Path]:
    """The cached files of a dataset; skips when they are not cached and the network is forbidden."""
    from braincast.datasets.registry import get

    try:
        return get(dataset)
    except BraincastError as error:
        if error.code == "E401":
            pytest.skip(f"the data of {dataset} are not here: {error}")
        raise
