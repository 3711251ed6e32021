import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_rhythms import N_CYCLES, PERIOD_MS, TRIPHASIC, bursting, left_out, triphasic
from scipy.stats import sem

from braincast.dynamics.rhythm import analysis_of
from braincast.errors import BraincastError

END_MS = N_CYCLES * PERIOD_MS


def analysed(times, **named):
    return analysis_of(times, **{"from_ms": 0.0, "to_ms": END_MS, **named})


def test_a_triphasic_train_gives_back_its_period_duty_cycles_and_phases():
    found = analysed(triphasic())
    assert found["class"] == "pyloric"
    assert (found["period_ms"], found["period_sd_ms"], found["n_cycles"]) == (1000.0, 0.0, N_CYCLES - 1)
    for cell, (start, long) in TRIPHASIC.items():
        assert found["duty"][cell] == pytest.approx(long)
        assert found["phase"][cell] == {"start": pytest.approx(start), "end": pytest.approx(start + long)}


def test_the_period_has_the_spread_and_error_of_its_cycles():
    begins = np.cumsum([0, 900, 1000, 1300, 950, 1100])
    found = analysed({"PD": bursting(begins, 200)})
    assert found["period_ms"] == pytest.approx(np.diff(begins).mean())
    assert found["period_sd_ms"] == pytest.approx(np.diff(begins).std(ddof=1))
    assert found["period_error_ms"] == pytest.approx(sem(np.diff(begins)))


def test_phases_near_the_cycles_begin_are_averaged_around_the_circle():
    begins = np.arange(12) * 1000
    jitter = np.where(np.arange(12) % 2, 20, -20)
    found = analysed({"PD": bursting(begins, 300), "LP": bursting(begins[1:] + jitter[1:], 200)})
    start = found["phase"]["LP"]["start"]
    assert min(start, 1 - start) < 0.005


def test_a_wrong_order_is_no_pyloric_rhythm():
    found = analysed(triphasic(LP=(0.7, 0.2), PY=(0.45, 0.2)))
    assert (found["class"], found["share_one_burst"], found["share_in_order"]) == ("triphasic out of order", 1.0, 0.0)


@pytest.mark.parametrize(("n_left_out", "word"), [(1, "pyloric"), (2, "irregular")])
def test_each_cell_bursts_once_in_90_percent_of_cycles(n_left_out, word):
    times = triphasic(n_cycles=12)  # 11 cycles
    times["LP"] = left_out(times["LP"], [3, 7][:n_left_out])
    assert analysed(times)["class"] == word


@pytest.mark.parametrize(("n_swapped", "word"), [(3, "pyloric"), (4, "triphasic out of order")])
def test_the_order_holds_in_70_percent_of_cycles(n_swapped, word):
    times, swapped = triphasic(n_cycles=12), triphasic(LP=(0.7, 0.2), PY=(0.45, 0.2))
    cycles = [2, 4, 6, 8][:n_swapped]
    others = [cycle for cycle in range(12) if cycle not in cycles]
    for cell in ("LP", "PY"):
        times[cell] = np.concatenate([left_out(times[cell], cycles), left_out(swapped[cell], others)])
    assert analysed(times)["class"] == word


def test_two_bursts_in_a_cycle_are_not_one():
    times = triphasic()
    times["LP"] = np.concatenate([times["LP"], bursting(np.arange(12) * 1000 + 850, 60)])
    assert analysed(times)["class"] == "irregular"


@pytest.mark.parametrize(
    ("train", "word"),
    [(np.zeros(0), "silent"), (np.arange(0, 12_000, 20.0), "tonic"), (np.arange(0, 12e3, 300.0), "irregular")],
)
def test_circuits_that_do_not_burst_are_named_by_what_their_cells_do(train, word):
    found = analysed({"AB/PD": train, "LP": train, "PY": train})
    assert found["class"] == word
    assert found["period_ms"] is None and found["duty"]["LP"] is None
    assert found["phase"]["PY"] == {"start": None, "end": None}


def test_a_silent_follower_makes_the_rhythm_irregular():
    assert analysed(triphasic() | {"PY": np.zeros(0)})["class"] == "irregular"


def test_too_short_a_trial_is_not_judged():
    assert analysed(triphasic(n_cycles=2))["class"] is None


def test_one_cell_is_told_by_its_own_bursts():
    found = analysed({"cell": bursting(np.arange(10) * 1200, 300)})
    assert (found["class"], found["period_ms"], found["duty"]) == ("bursting", 1200.0, {"cell": pytest.approx(0.25)})


def test_what_cannot_be_defined_is_null_and_never_nan():
    for times in ({"a": []}, {"a": [5.0]}, {"PD": bursting([0, 1000], 300), "LP": bursting([600, 1500], 300)}):
        json.dumps(analysis_of(times, from_ms=0.0, to_ms=1650.0), allow_nan=False)


def test_the_pacemaker_can_be_named():
    found = analysed(triphasic(), pacemaker="LP", followers=("PY", "AB/PD"))
    assert found["class"] == "pyloric"  # the same circle, seen from LP
    assert found["phase"]["PY"]["start"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("times", "named", "code"),
    [
        ({}, {}, "E903"),
        ({"PD": [np.nan]}, {}, "E903"),
        ({"PD": [1.0]}, {"from_ms": 5.0, "to_ms": 5.0}, "E903"),
        ({"PD": [1.0]}, {"pacemaker": "DP"}, "E902"),
    ],
)
def test_impossible_input_is_refused_with_its_code(times, named, code):
    with pytest.raises(BraincastError) as refused:
        analysed(times, **named)
    assert refused.value.code == code


trains = st.lists(st.integers(0, 12_000), max_size=60).map(lambda whole: np.asarray(whole, float))
circuits = st.fixed_dictionaries({"AB/PD": trains, "LP": trains, "PY": trains})


@settings(max_examples=60, deadline=None)
@given(times=circuits, shift_ms=st.integers(-5000, 5000), cells=st.permutations(["AB/PD", "LP", "PY"]))
def test_a_shift_in_time_and_another_order_of_cells_change_nothing(times, shift_ms, cells):
    moved = {cell: times[cell] + shift_ms for cell in cells}
    found = analysis_of(times, from_ms=500.0, to_ms=12_000.0)
    assert analysis_of(moved, from_ms=500.0 + shift_ms, to_ms=12_000.0 + shift_ms) == found


@settings(max_examples=60, deadline=None)
@given(times=circuits)
def test_all_figures_stay_where_they_can_be(times):
    found = analysed(times)
    json.dumps(found, allow_nan=False)
    for phase in found["phase"].values():
        assert phase["start"] is None or 0 <= phase["start"] < 1
        assert phase["end"] is None or phase["end"] >= phase["start"]
    assert all(duty is None or 0 < duty < 1 for duty in found["duty"].values())
