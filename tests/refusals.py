"""Coded errors in tests: the block, or the call, must end with this code and one line."""

from __future__ import annotations

from typing import Any

import pytest

from braincast.errors import BraincastError


def refused(code: str, *words: str) -> Any:
    """`with refused("E101", "ids[1]"):` the block must raise this coded error, in one line with these words."""

    def fits(error: BraincastError) -> bool:
        return error.code == code and "\n" not in str(error) and all(word in str(error) for word in words)

    return pytest.raises(BraincastError, check=fits)


def refusal(code: str, call: Any, *arguments: Any, **options: Any) -> BraincastError:
    """The coded error that a call ends with, for a closer look."""
    with pytest.raises(BraincastError) as caught:
        call(*arguments, **options)
    assert caught.value.code == code, caught.value
    assert "\n" not in str(caught.value)
    return caught.value
