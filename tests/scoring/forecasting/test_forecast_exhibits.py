import numpy as np
import pandas as pd
import pytest
from made_recordings import made_dataset, made_recording, made_task, random_walks, three_conditions

from braincast.scoring.forecasting.exhibits import MOST_FRAMES, forecast_exhibits
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.truth import open_window_truth

N_NEURONS, CONTEXT, HORIZON = 6, 8, 4


def task_of(n_frames=400, *, n_neurons=N_NEURONS, held_out=(), stride=1, **changes):
    recording = made_recording(random_walks(n_frames, n_neurons), **changes)
    return made_task(made_dataset(recording), context=CONTEXT, horizon=HORIZON, held_out=held_out, stride=stride)


def answers(task):
    last = np.repeat(task.cases().contexts()[:, -1:, :], HORIZON, axis=1)
    members = 0.8 * last[..., None] + np.linspace(-1, 1, 10)
    return {
        "persistence": Contender((last.astype(np.float32),), "baseline"),
        "spread": Contender((members.astype(np.float32),)),
    }


def shown_of(task, contenders, headline, shown):
    """What is shown of neurons that were scored before."""
    return forecast_exhibits(task, contenders, headline, shown, score_forecasts(task, contenders).neurons)


@pytest.fixture(scope="module")
def task():
    return task_of()


@pytest.fixture(scope="module")
def found(task):
    return shown_of(task, answers(task), "spread", ("spread", "persistence"))


def test_skill_of_a_neuron_is_that_of_its_errors_over_all_windows(task, found):
    truth = open_window_truth(task).read(slice(None), slice(None)).astype(float)
    given = answers(task)
    own = np.abs(given["spread"].forecasts[0].mean(axis=3) - truth).mean(axis=(0, 1))
    base = np.abs(given["persistence"].forecasts[0] - truth).mean(axis=(0, 1))
    np.testing.assert_allclose(found.skill["spread"], 1 - own / base, rtol=1e-5)
    assert list(found.skill) == ["spread"]


def test_the_best_the_median_and_the_worst_neuron_are_shown(found):
    order = np.argsort(-found.skill["spread"], kind="stable")
    wanted = [found.neurons[order[place]] for place in (0, N_NEURONS // 2, -1)]
    assert [trace.neuron for trace in found.traces] == wanted
    assert [trace.rank for trace in found.traces] == ["best", "median", "worst"]


def test_a_trace_has_the_truth_and_each_forecast_at_the_frame_that_it_is_of(task, found):
    recording = task.recordings[0]
    trace = found.traces[0]
    column = task.card.neurons.index(trace.neuron)
    everything = recording.frames(0, 400)[:, column]
    np.testing.assert_allclose(trace.truth, everything[trace.first : trace.first + len(trace.truth)], rtol=1e-6)
    for course in trace.courses:
        if course.model == "persistence":
            np.testing.assert_allclose(course.value, everything[course.frame - course.lead], rtol=1e-6)
    assert {course.lead for course in trace.courses} == {1, HORIZON}


def test_the_interval_is_hazens_between_a_tenth_and_nine_tenths(found):
    course = next(c for c in found.traces[0].courses if c.model == "spread")
    np.testing.assert_allclose(course.upper - course.lower, 2 * 8 / 9, rtol=1e-4)
    plain = next(c for c in found.traces[0].courses if c.model == "persistence")
    assert plain.lower is None and plain.upper is None


def test_a_window_begins_with_its_context_and_goes_on_with_what_followed(task, found):
    assert len(found.windows) == 3
    for window in found.windows:
        assert window.context == CONTEXT and len(window.truth) == CONTEXT + HORIZON
        column = task.card.neurons.index(window.neuron)
        everything = task.recordings[0].frames(0, 400)[:, column]
        np.testing.assert_allclose(window.truth, everything[window.first : window.first + len(window.truth)], rtol=1e-6)


def test_examples_are_in_and_out_of_distribution_and_cross_no_condition():
    task = task_of(600, conditions=three_conditions(600), held_out=("c",))
    found = shown_of(task, answers(task), "spread", ("spread",))
    assert [trace.distribution for trace in found.traces] == ["in"] * 3 + ["out"] * 3
    assert {trace.condition for trace in found.traces if trace.distribution == "out"} == {"c"}
    for trace in found.traces:
        starts = [case.start for case in task.card.cases if case.condition == trace.condition]
        assert min(starts) <= trace.first and trace.first + len(trace.truth) <= max(starts) + HORIZON


def test_traces_are_bounded_and_strided_windows_leave_out_frames():
    task = task_of(4000, stride=2)
    found = shown_of(task, answers(task), "spread", ("spread",))
    trace = found.traces[0]
    assert MOST_FRAMES - 2 <= len(trace.truth) <= MOST_FRAMES
    assert (np.diff(trace.courses[0].frame) == 2).all()


def test_regions_and_places_come_from_the_recordings_anatomy():
    n = N_NEURONS
    anatomy = pd.DataFrame({"region": ["a", "b"] * (n // 2), "x_um": np.arange(n), "y_um": np.arange(n) * 2.0})
    task = task_of(anatomy=anatomy)
    found = shown_of(task, answers(task), "spread", ("spread",))
    assert found.regions == ("a", "b") * (n // 2)
    np.testing.assert_array_equal(found.position_um[:, 1], np.arange(n) * 2.0)
    assert np.isnan(found.position_um[:, 2]).all()


def test_nothing_is_known_of_places_without_anatomy(found):
    assert set(found.regions) == {""} and np.isnan(found.position_um).all()


def test_there_are_no_exhibits_without_the_headline_or_the_baseline(task):
    given = answers(task)
    assert shown_of(task, given, "absent", ()) is None
    assert shown_of(task, {"spread": given["spread"]}, "spread", ()) is None


def test_a_baseline_that_leads_is_shown_too(task):
    found = shown_of(task, answers(task), "persistence", ("persistence", "spread"))
    assert found.headline == found.baseline == "persistence" and len(found.traces) == 3
    assert {course.model for course in found.traces[0].courses} == {"persistence"}


def test_truth_that_was_not_observed_is_a_gap_in_a_trace():
    activity = random_walks(400, N_NEURONS)
    activity[350:355, 0] = np.nan
    gappy = made_task(made_dataset(made_recording(activity)), context=CONTEXT, horizon=HORIZON)
    found = shown_of(gappy, answers(gappy), "spread", ("spread",))
    assert np.isfinite(found.skill["spread"]).all()
    shown = [trace for trace in found.traces if trace.neuron == "n0"]
    assert all(np.isnan(trace.truth).any() for trace in shown)


def test_a_labelled_or_stored_forecast_gives_the_same_examples(task, found, tmp_path):
    import xarray as xr
    import zarr

    plain = answers(task)
    members = plain["spread"].forecasts[0]
    stored = zarr.create_array(tmp_path / "f.zarr", shape=members.shape, dtype="f4", chunks=(16, 4, 4, 10))
    stored[:] = members
    neurons = score_forecasts(task, plain).neurons
    for other in (stored, xr.DataArray(members, dims=("case", "lead", "neuron", "member"))):
        given = {**plain, "spread": Contender((other,))}
        again = forecast_exhibits(task, given, "spread", ("spread",), neurons)
        np.testing.assert_array_equal(again.traces[0].courses[0].upper, found.traces[0].courses[0].upper)
