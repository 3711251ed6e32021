"""Expression: genes × neurons, without gaps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from braincast.brain.expression import Expression


def test_of_gives_one_gene_by_neuron(expression, refused):
    series = expression.of("eat-4")
    assert series.to_dict() == {"ADAL": 3, "ADAR": 4, "XYZ": 5} and series.name == "eat-4"
    with refused("E107", "eat-44", "eat-4"):
        expression.of("eat-44")


def test_subset_follows_the_order_asked_for(expression, refused):
    part = expression.subset(neurons=iter(["XYZ", "ADAL"]), genes=["eat-4"])
    assert (part.genes, part.neurons, part.values.tolist()) == (("eat-4",), ("XYZ", "ADAL"), [[5, 3]])
    assert expression.subset().values.tolist() == expression.values.tolist()
    with refused("E102", "neurons[0]"):
        expression.subset(neurons=["nobody"])
    with refused("E107", "genes[0]"):
        expression.subset(genes=["nothing"])


@pytest.mark.parametrize(
    ("code", "place", "changes"),
    [
        ("E101", "expression.genes[1]", {"genes": ("a", "a")}),
        ("E101", "expression.neurons[2]", {"neurons": ("a", "b", "a")}),
        ("E105", "expression.unit", {"unit": ""}),
        ("E106", "expression.values", {"values": np.zeros((3, 2))}),
        ("E107", "expression.genes[0]", {"genes": (" ", "a")}),
        ("E110", "expression.values[eat-4, XYZ]", {"values": np.array([[0, 1, 2], [3, 4, np.nan]])}),
        ("E110", "expression.values[unc-7, ADAL]", {"values": np.array([[-1.0, 1, 2], [3, 4, 5]])}),
        ("E110", "expression.values[unc-7, ADAR]", {"values": np.array([[0, np.inf, 2], [3, 4, 5]])}),
    ],
)
def test_bad_expression_is_refused_with_the_place(expression, refused, code, place, changes):
    with refused(code, place):
        replace(expression, **changes)


def test_counts_become_floats_and_float32_stays(expression, rebuilt):
    assert rebuilt(expression, values=np.ones((2, 3), int)).values.dtype == np.float64
    assert Expression(("g",), ("n",), np.ones((1, 1), np.float32), "TPM", "", "").values.dtype == np.float32


def test_saved_expression_comes_back_equal(expression, tmp_path, refused):
    expression.save(tmp_path / "e")
    loaded = Expression.load(tmp_path / "e")
    np.testing.assert_array_equal(loaded.values, expression.values)
    for name in ("genes", "neurons", "unit", "threshold", "source"):
        assert getattr(loaded, name) == getattr(expression, name)
    with refused("E501"):
        expression.save(tmp_path / "e")


def test_repr_is_one_line_and_html_escapes(expression):
    assert repr(expression) == "Expression: genes 2, neurons 3, unit TPM, threshold medium, source made up"
    assert "&lt;i&gt;" in replace(expression, source="<i>")._repr_html_()
