"""Screens of a simulated brain: the change that each condition makes, and what wrong wirings tell of phenotypes."""

import numpy as np
import pytest
from refusals import refused

from braincast.brain.nulls import NULLS
from braincast.dynamics.spiking import Network, Poisson, simulate
from braincast.experiments.simulation.answers import phenotype_table, write_answers
from braincast.experiments.simulation.chosen import Directory
from braincast.experiments.simulation.job import loaded
from braincast.experiments.simulation.protocol import Asked, protocol
from braincast.experiments.simulation.screening import Question, plan, screened
from braincast.experiments.simulation.wiring import opened_wiring
from braincast.forecasts.store import load_forecast

DURATION_S, SEED = 0.1, 4


@pytest.fixture(scope="module")
def small():
    """A made-up fly of 300 neurons, ready to spike."""
    return loaded(opened_wiring(None, n_neurons=300, n_edges=11_000))


def planned(network, question, **asked):
    table = network.wiring.connectome.neurons
    directory = Directory(table)
    done = protocol(Asked(**{"duration_s": DURATION_S, "seed": SEED} | asked), table, directory)
    return plan(question, done, network, directory)


def rates(network, drives, silenced=()):
    """The referee: mean rates from the engine itself."""
    spikes = simulate(network, drives, duration_s=DURATION_S, seed=SEED, silenced=silenced)
    return spikes.counts()[0] / DURATION_S


def test_each_case_is_the_rate_under_its_condition_less_the_baseline(small, tmp_path):
    done = planned(small, Question("activate", among="sensory,synthetic-3"), stimulate="20")
    result = screened(tmp_path, small, done, source="a", n_threads=2)
    stored = load_forecast(tmp_path / "activity.zarr")
    assert stored.dims == ("case", "lead", "neuron") and stored.shape == (2, 1, 300)
    driven = Poisson(done.screen.protocol.driven, 150.0)
    for condition in done.screen.conditions:
        added = Poisson(np.setdiff1d(condition.rows, driven.neurons), 150.0)
        change = rates(small.network, [driven, added]) - rates(small.network, [driven])
        np.testing.assert_allclose(stored.sel(case=condition.name, lead="1"), change, rtol=1e-6)
    assert result.responses["change_hz"].iloc[0] == pytest.approx(float(stored[0].mean()), rel=1e-6)


def test_silencing_takes_a_neurons_spikes_from_all_others(small, tmp_path):
    done = planned(small, Question("silence", among="each:sensory,each:optic", readout="optic"), stimulate="sensory")
    result = screened(tmp_path, small, done, source="a", n_threads=1)
    driven, read = done.screen.protocol.drives, done.readouts[0].rows
    changes = result.responses["change_hz"].to_numpy()
    strongest = np.argmax(np.abs(changes))
    silent = next(k for k, each in enumerate(done.screen.conditions) if result.baseline_hz[each.rows] == 0)
    assert changes[strongest] != 0
    for number in (strongest, silent):
        mute = rates(small.network, driven, done.screen.conditions[number].rows)
        wanted = (mute - rates(small.network, driven))[read].mean()
        assert changes[number] == pytest.approx(wanted, rel=1e-5, abs=1e-12)
    assert set(result.responses["n_readout"]) == {len(read)} and set(result.responses["n_neurons"]) == {1}
    with refused("E305", "without a drive nobody spikes"):
        planned(small, Question("silence", among="sensory"))


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Phenotypes of which some must be told and some must not."""
    path = tmp_path_factory.mktemp("measured") / "table.csv"
    responses = ("sensory,optic,active", "optic,descending,active", "synthetic-0,synthetic-1,inactive")
    path.write_text("\n".join(["condition,readout,expected", *responses, "optic,sensory,increase"]))
    return path


@pytest.fixture(scope="module")
def judged(small, measured, tmp_path_factory):
    """A screen of these phenotypes with two wrong wirings, and its folder."""
    folder = tmp_path_factory.mktemp("judged")
    question = Question("activate", phenotypes=measured, nulls="identity-permuted,weights-shuffled", n_draws=3)
    done = planned(small, question)
    return screened(folder, small, done, source="a", n_threads=2), folder


def test_phenotypes_are_judged_beside_every_draw_of_the_wrong_wirings(small, judged):
    result, _ = judged
    table, asked = phenotype_table(result), result.plan.phenotypes
    assert table["right"].sum() == result.accuracy.right and result.accuracy.n == 4
    assert result.accuracy.floor == 0.75  # active twice of three responses, and the one change
    for null in result.nulls:
        own = []
        for draw in range(3):
            network = Network.from_connectome(NULLS[null.null](small.wiring.connectome, seed=SEED + draw))
            found = [rates(network, [Poisson(each.condition.rows, 150.0)]) for each in asked]
            told = [each.told(rate, np.zeros(300), 1.0) for each, rate in zip(asked, found, strict=True)]
            own.append(np.mean([each.expected == word for each, word in zip(asked, told, strict=True)]))
        np.testing.assert_allclose(null.values, own)
        assert null.p(result.accuracy.value) == (1 + sum(np.array(own) >= result.accuracy.value)) / 4


def test_a_stopped_screen_goes_on_with_what_was_finished_and_ends_alike(small, judged, tmp_path, monkeypatch):
    result, folder = judged
    calls = []
    rate_hz = type(result.plan.screen).rate_hz

    def stopping(screen, network, rows, baseline_hz):
        calls.append(rows)
        if len(calls) == 5:  # three conditions were finished, then two of the first draw
            raise KeyboardInterrupt
        return rate_hz(screen, network, rows, baseline_hz)

    monkeypatch.setattr(type(result.plan.screen), "rate_hz", stopping)
    with pytest.raises(KeyboardInterrupt):
        screened(tmp_path, small, result.plan, source="a", n_threads=1)
    n_before = len(calls)
    again = screened(tmp_path, small, result.plan, source="a", n_threads=1)
    assert len(calls) == n_before + 6 * 3  # all draws, but no condition of the true wiring
    for place, found in ((folder, result), (tmp_path, again)):
        write_answers(place, found)
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert all((folder / name).read_bytes() == (tmp_path / name).read_bytes() for name in names)


@pytest.mark.parametrize(
    ("option", "question"),
    [
        ("--screen", {"kind": "excite", "among": "all"}),
        ("--screen", {"kind": "activate"}),
        ("--threshold", {"kind": "activate", "among": "all", "threshold_hz": -1.0}),
        ("--threshold", {"kind": "activate", "among": "all", "threshold_hz": float("nan")}),
        ("--draws", {"kind": "activate", "among": "all", "n_draws": 0}),
        ("--nulls", {"kind": "activate", "among": "all", "nulls": "identity-permuted"}),
    ],
)
def test_impossible_questions_are_refused(option, question):
    with refused("E305", option):
        Question(**question)


def test_wrong_wirings_that_are_unknown_are_refused(small, measured):
    with refused("E305", "--nulls"):
        planned(small, Question("activate", phenotypes=measured, nulls="upside-down"))
