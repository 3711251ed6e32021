"""Averages over conditions: as an independent script has them, with intervals that keep their promise."""

import numpy as np
import pandas as pd
import pytest
from made_recordings import made_dataset, made_recording, random_walks
from scipy.signal import lfilter

from braincast.scoring.forecasting.averages import OVER_WINDOWS, Averaging
from braincast.scoring.forecasting.blocks import CaseUnits, draw_blocks
from braincast.scoring.forecasting.calibration import coverage
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import open_window_truth

N_NEURONS, HORIZON = 5, 3
CONDITIONS = pd.DataFrame(
    [("long", 0, 500), ("short", 500, 640), ("held", 640, 800)], columns=["name", "start", "stop"]
)


@pytest.fixture(scope="module")
def task() -> ForecastTask:
    """Two conditions of unlike length, the second much louder, and a third that is held out."""
    activity = random_walks(800, N_NEURONS)
    activity[500:640] *= 3
    dataset = made_dataset(made_recording(activity, conditions=CONDITIONS))
    card = build(dataset, "made", Design(context=6, horizon=HORIZON, held_out=("held",)), average="conditions")
    return ForecastTask(card, lambda: dataset.specimens)


@pytest.fixture(scope="module")
def forecasts(task) -> dict[str, Contender]:
    last = np.repeat(task.cases().contexts()[:, -1:], HORIZON, axis=1)
    return {"persistence": Contender((last,), "baseline"), "fading": Contender((0.8 * last,))}


@pytest.fixture(scope="module")
def card(task, forecasts):
    return score_forecasts(task, forecasts)


def as_published(task, forecast, conditions) -> list[float]:
    """Mean absolute error at each lead over windows and neurons of each condition, then over conditions."""
    ((_, specimen),) = task.specimens.items()
    (recording,) = specimen.recordings.values()
    activity = np.asarray(recording.activity, dtype=np.float64)
    frames = [frame for p in task.card.of_split("train") for frame in range(p.start, p.stop)]
    centre, size = activity[frames].mean(axis=0), activity[frames].std(axis=0)
    out = []
    for lead in range(HORIZON):
        means = []
        for condition in conditions:
            total, n = 0.0, 0
            for row, case in enumerate(task.card.cases):
                if case.condition == condition:
                    for neuron in range(N_NEURONS):
                        truth = (activity[case.start + lead, neuron] - centre[neuron]) / size[neuron]
                        total += abs(float(forecast[row, lead, neuron]) - truth)
                        n += 1
            means.append(total / n)
        out.append(sum(means) / len(means))
    return out


def test_the_error_is_what_an_independent_script_says(task, forecasts, card):
    referee = as_published(task, forecasts["fading"].forecasts[0], ("long", "short"))
    found = card.models["fading"].metrics["mae"]
    np.testing.assert_allclose(found.by_lead, referee, atol=1e-7, rtol=0)
    assert found.value == pytest.approx(np.mean(referee), abs=1e-7)
    outside = as_published(task, forecasts["fading"].forecasts[0], ("held",))
    np.testing.assert_allclose(card.models["fading"].groups["distribution"]["out"].by_lead, outside, atol=1e-7, rtol=0)


def test_the_average_over_windows_stands_beside_it(task, forecasts, card):
    over_windows = ForecastTask(task.card.model_copy(update={"average": "windows"}), lambda: task.specimens)
    other = score_forecasts(over_windows, forecasts).models["fading"].metrics["mae"]
    model = card.models["fading"]
    found = model.groups["average"]
    assert found["windows"].value == pytest.approx(other.value, rel=1e-12) != pytest.approx(model.metrics["mae"].value)
    assert found["conditions"].value == model.metrics["mae"].value and found["windows"].skill is not None
    assert "average" not in score_forecasts(over_windows, forecasts).models["fading"].groups


def test_groups_and_single_neurons_are_averaged_over_conditions_too(task, forecasts, card):
    truth = open_window_truth(task).read(slice(None), slice(None)).astype(float)
    own, base = (np.abs(forecasts[name].forecasts[0] - truth) for name in ("fading", "persistence"))
    of = [np.array([case.condition == name for case in task.card.cases]) for name in ("long", "short")]
    each = [np.mean([error[mask].mean(axis=(0, 1)) for mask in of], axis=0) for error in (own, base)]
    np.testing.assert_allclose(card.neurons["fading"].skill, 1 - each[0] / each[1], rtol=1e-6)
    assert card.neurons["fading"].to_dict()["mean"] == pytest.approx((1 - each[0] / each[1]).mean(), rel=1e-6)
    both = [np.mean([own[mask].mean(axis=(1, 2)).mean() for mask in of])]
    assert card.models["fading"].groups["average"]["conditions"].value == pytest.approx(both[0], rel=1e-6)


def test_intervals_are_wider_where_a_short_condition_counts_as_much_as_a_long_one(card):
    found = card.models["fading"].groups["average"]
    width = {name: score.ci[1] - score.ci[0] for name, score in found.items()}
    assert width["conditions"] > width["windows"]


# Test windows of ZAPBench's eight training conditions (Lueckmann et al. 2025), in blocks of 32.
WINDOWS = (98, 323, 99, 231, 86, 165, 99, 88)


def test_intervals_hold_with_as_few_blocks_as_each_condition_has():
    run = np.repeat(np.arange(len(WINDOWS)), WINDOWS)
    nothing = np.zeros_like(run)
    resamples = draw_blocks("0123456789abcdef" * 4, CaseUnits(run, nothing, nothing, 32), 600)
    loss = lfilter([1.0], [1.0, -0.9], np.random.default_rng(3).normal(size=2000))[-len(run) :]
    within, averaging = np.ones(len(run), dtype=bool), Averaging(run)
    assert coverage(loss, resamples, within, averaging) >= 0.90
    # Of runs of equal blocks the effective numbers are the plain ones.
    equal = np.repeat(np.arange(4), 96)
    same = draw_blocks("0123456789abcdef" * 4, CaseUnits(equal, 0 * equal, 0 * equal, 32), 10)
    everything = np.ones(len(equal), dtype=bool)
    plain, weighted = OVER_WINDOWS.spread(same, everything), Averaging(equal).spread(same, everything)
    assert (weighted.n_units, weighted.freedom) == pytest.approx((plain.n_units, plain.freedom))
