"""Responses: the atlas form, its ragged trials and its kernels."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import integrate, special

from braincast.brain.responses import Responses


def test_trials_and_kernels_belong_to_their_pair(responses):
    assert responses.trials("ADAL", "AVAR").tolist() == [0, 1]
    assert responses.trials("AVAR", "ADAL").tolist() == [2]
    assert responses.trials("AVAR", "RIML").tolist() == [3, 4, 5]
    assert responses.trials("RIML", "RIML").tolist() == [6]
    assert responses.trials("RIML", "ADAL").size == 0
    assert responses.kernel("AVAR", "RIML").tolist() == [[1, -1, 2, 1]]
    assert responses.kernel("ADAL", "ADAL").shape == (0, 4)


def test_measured_leaves_out_the_stimulated_neuron_itself(responses):
    assert responses.measured.tolist() == [[False, True, False], [True, False, True], [False, False, False]]
    assert np.argwhere(responses.responds()).tolist() == [[0, 1], [1, 2]]
    assert np.argwhere(responses.responds(alpha=0.02)).tolist() == [[0, 1]]
    assert responses.responds(alpha=1.0).sum() == 3


def test_a_kernel_response_has_the_integral_of_its_terms(responses):
    """∫ f t^p e^(-rt) dt = f Γ(p + 1) / r^(p + 1)."""
    time_s = np.linspace(0, 80, 200_001)
    values = responses.kernel_response("ADAL", "AVAR", time_s)
    expected = 1.0 * special.gamma(1) / 2.0 + 3.0 * special.gamma(2) / 0.5**2
    assert integrate.simpson(values, x=time_s) == pytest.approx(expected, rel=1e-6)


def test_a_kernel_response_is_zero_before_the_stimulus_and_nan_without_a_kernel(responses):
    time_s = np.array([-1.0, 0.0, 1.0])
    values = responses.kernel_response("ADAL", "AVAR", time_s)
    assert values[:2].tolist() == [0, 1] and values[2] == pytest.approx(np.exp(-2) + 3 * np.exp(-0.5))
    assert np.isnan(responses.kernel_response("RIML", "ADAL", time_s)).all()


@pytest.mark.parametrize(
    ("code", "place", "changes"),
    [
        ("E101", "responses.neurons[1]", {"neurons": ("a", "a", "b")}),
        ("E105", "responses.unit", {"unit": " "}),
        ("E106", "responses.q", {"q": np.zeros((3, 2))}),
        ("E106", "responses.n_trials", {"n_trials": np.zeros((2, 2), int)}),
        ("E106", "responses.kernel_terms", {"kernel_terms": np.zeros((3, 3))}),
        ("E106", "responses.trial_offsets", {"trial_offsets": np.zeros(9, int)}),
        ("E106", "responses.trial_offsets", {"trial_values": np.zeros(8)}),
        ("E106", "responses.trial_offsets", {"trial_offsets": np.array([0, 3, 2, 7, 7, 7, 7, 7, 7, 7])}),
        ("E106", "responses.kernel_offsets", {"kernel_offsets": np.array([1, 3, 3, 3, 3, 3, 3, 3, 3, 3])}),
        ("E107", "responses.q[a, b]", {"neurons": tuple("abc"), "q": np.array([[0, 2, 0], [0, 0, 0], [0, 0, -1.0]])}),
        ("E107", "responses.q_equivalence[ADAL, ADAL]", {"q_equivalence": np.full((3, 3), -0.1)}),
        ("E107", "responses.n_trials[ADAL, ADAL]", {"n_trials": np.full((3, 3), -1)}),
        ("E107", "responses.n_trials", {"n_trials": np.zeros((3, 3))}),
    ],
)
def test_bad_responses_are_refused_with_the_place(responses, refused, rebuilt, code, place, changes):
    with refused(code, place):
        rebuilt(responses, **changes)


def test_an_unknown_neuron_is_refused(responses, refused):
    with refused("E102", "AVAL", "AVAR"):
        responses.trials("ADAL", "AVAL")


def test_whole_numbers_become_floats_where_floats_are_needed(responses, rebuilt):
    assert rebuilt(responses, mean=np.zeros((3, 3), int)).mean.dtype == np.float64
    assert replace(responses, mean=np.zeros((3, 3), np.float32)).mean.dtype == np.float32


def test_saved_responses_come_back_equal(responses, tmp_path, refused):
    responses.save(tmp_path / "r")
    loaded = Responses.load(tmp_path / "r")
    for field in fields(Responses):
        before, after = getattr(responses, field.name), getattr(loaded, field.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(after, before, strict=True)
        else:
            assert after == before
    with refused("E501"):
        responses.save(tmp_path / "r")


def test_responses_of_no_neuron_are_possible(tmp_path):
    square, none = np.zeros((0, 0)), np.zeros(1, int)
    empty = Responses(
        (), square, square, square, square.astype(int), np.zeros(0), none, np.zeros((0, 4)), none, "u", ""
    )
    empty.save(tmp_path / "r")
    assert Responses.load(tmp_path / "r").n_neurons == 0


def test_repr_is_one_line_and_html_escapes(responses):
    text = repr(responses)
    assert "\n" not in text and "stimulated neurons 2, measured pairs 3, pairs with q < 0.05 2, trials 7" in text
    assert "q &lt; 0.05" in responses._repr_html_()
