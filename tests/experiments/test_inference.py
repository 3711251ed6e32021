"""Posteriors of conductances: the prior, what a rhythm is told by, and, with sbi, what is learned."""

import importlib.util

import numpy as np
import pytest
from refusals import refusal

NAMES = ("AB/PD.CaS", "AB/PD.A", "AB/PD.KCa")


@pytest.fixture(scope="module")
def prior():
    from braincast.dynamics.conductance import read_circuit
    from braincast.experiments.inference import Prior

    return Prior.around(read_circuit("stg-cell"), NAMES, 3.0)


def test_a_prior_changes_what_it_names_and_nothing_else(prior):
    sets = prior.drawn(50, seed=1)
    assert sets.shape == (50, 3) and (np.abs(sets) <= np.log(3)).all() and np.abs(sets).max() > 1.0
    np.testing.assert_array_equal(sets, prior.drawn(50, seed=1))
    own = prior.circuit.cells["AB/PD"].currents
    changed = prior.circuit.changed(prior.sets(sets[:1]).changes(0)).cells["AB/PD"].currents
    for current in own:
        column = NAMES.index(f"AB/PD.{current}") if f"AB/PD.{current}" in NAMES else None
        assert changed[current] == pytest.approx(own[current] * (1 if column is None else np.exp(sets[0, column])))


def test_priors_without_meaning_are_refused(prior):
    from braincast.experiments.inference import Prior

    refusal("E903", Prior.around, prior.circuit, NAMES, 1.0)
    refusal("E903", Prior.around, prior.circuit, ("AB/PD.leak",), 2.0)
    refusal("E902", Prior.around, prior.circuit, ("AB/PD.Nav",), 2.0)


def test_a_rhythm_is_told_by_its_period_duty_and_spikes():
    from braincast.experiments.inference.posterior import Timing, features_of

    burst = np.arange(5) * 50.0
    spikes = {"AB/PD": np.concatenate([start + burst for start in np.arange(0, 10_000, 1000.0)])}
    told = features_of(spikes, Timing(duration_ms=10_000.0, settle_ms=2_000.0))
    np.testing.assert_allclose(told, [np.log(1000), 0.2, 5], atol=0.15)
    assert np.isnan(features_of({"AB/PD": np.zeros(0)}, Timing())).all()


@pytest.mark.skipif(importlib.util.find_spec("sbi") is not None, reason="sbi is installed")
def test_without_sbi_it_is_said_what_to_install(prior):
    from braincast.experiments.inference import rhythm_posterior

    error = refusal("E405", rhythm_posterior, prior, n_simulations=10, seed=0)
    assert "braincast[inference]" in error.fix


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("sbi") is None, reason="sbi is not installed")
@pytest.mark.filterwarnings("ignore")
def test_a_posterior_proposes_what_makes_the_rhythm(prior):
    from braincast.experiments.inference import rhythm_posterior
    from braincast.experiments.inference.posterior import Timing, rhythms_of

    timing = Timing(duration_ms=6_000.0)
    posterior = rhythm_posterior(prior, n_simulations=512, seed=0, timing=timing)
    asked = rhythms_of(prior, np.zeros((1, 3)), timing)[0]
    proposed = rhythms_of(prior, posterior.drawn(asked, 100, seed=1), timing)
    anyhow = rhythms_of(prior, prior.drawn(100, seed=2), timing)
    off = [np.nanmedian(np.abs(found[:, 0] - asked[0])) for found in (proposed, anyhow)]
    assert off[0] < off[1] / 2
