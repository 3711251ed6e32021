"""The checks that all tests run with do notice what they are there for."""

import numpy as np
import pytest

from braincast.brain.expression import Expression
from braincast.scoring.scores import defined


def test_an_answer_or_argument_of_the_wrong_type_is_a_type_error():
    assert defined(0.5) == 0.5
    with pytest.raises(TypeError, match="violates type hint"):
        defined("0.5")  # type: ignore[arg-type]


def test_an_array_of_the_wrong_shape_is_a_type_error():
    with pytest.raises(TypeError, match="violates type hint"):
        Expression(("a",), ("b",), np.zeros(3), "TPM", "medium", "made up")
