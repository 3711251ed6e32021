"""Signs for wirings without any: what papers state, one assumption elsewhere, one sign for each neuron."""

import numpy as np
import pandas as pd
import pytest

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.larva import NAME
from braincast.datasets.fly.larval_transmitters import larval_transmitters
from braincast.datasets.fly.sign_rules import FAST_SIGNS, RULES, SignRule, types_of, with_signs
from braincast.errors import BraincastError

NAMED = {
    "KC": ("KC", "ACH"),
    "MBON-h1; MBON-h2": ("MBON", "GABA"),
    "MBON-i1": ("MBON", "GLUT"),
    "APL": ("LN", "GABA"),
    "olfactory": ("sensory", "ACH"),
    "42a PN; uPN; olfactory 2nd_order PN": ("PN", "ACH"),
    "mPN; olfactory 2nd_order PN": ("PN", ""),
    "MBON-d1": ("MBON", ""),
    "DAN-c1": ("MBIN", "DA"),
    "MBIN-b1": ("MBIN", ""),
}


def larva_like(n_unknown=2_000, **columns):
    """The neurons of `NAMED`, then many of unknown transmitter; each sends two edges."""
    known = [(kind, name) for name, (kind, _) in NAMED.items()]
    neurons = pd.DataFrame(known + [("LN" if k < 100 else "CN", "") for k in range(n_unknown)])
    neurons.columns = ["cell_class", "annotation"]
    neurons["id"] = [str(k) for k in range(len(neurons))]
    neurons = neurons.assign(**columns)
    pre = np.repeat(np.arange(len(neurons)), 2)
    edges = pd.DataFrame({"pre": pre, "post": (pre + 1 + np.arange(len(pre)) % 2) % len(neurons)})
    edges = edges.assign(kind="chemical", weight=1.0, sign=0, delay_s=np.nan)
    return Connectome(neurons, edges, NAME)


def sign_of(connectome):
    """The sign of each neuron; all its edges have it (Dale's law)."""
    signs = connectome.edges.groupby("pre")["sign"].agg(["min", "max"])
    assert (signs["min"] == signs["max"]).all()
    return signs["min"].to_numpy()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_keeps_dale_s_law_what_papers_state_and_its_share(rule):
    signs, chosen = sign_of(with_signs(larva_like(), rule, seed=1)), RULES[rule]
    stated = [chosen.signs[transmitter] for _, transmitter in NAMED.values() if transmitter]
    assert [s for s, (_, name) in zip(signs, NAMED.values(), strict=False) if name] == stated
    unknown = signs[len(NAMED) + 100 :]
    share = chosen.inhibitory_share
    if chosen.by == "neuron":
        assert abs((unknown < 0).mean() - share) <= 3 * np.sqrt(share * (1 - share) / len(unknown))
    assert set(unknown) <= {-1, 1}
    if chosen.inhibitory_classes == ("LN",):
        assert (signs[len(NAMED) : len(NAMED) + 100] == -1).all() and (unknown == 1).all()


def test_transmitters_are_told_by_class_or_by_a_name_among_several():
    neurons = larva_like(0).neurons
    assert larval_transmitters(neurons) == [transmitter for _, transmitter in NAMED.values()]
    with pytest.raises(BraincastError, match="E108"):
        larval_transmitters(neurons.drop(columns="annotation"))


def test_signs_are_the_same_for_a_seed_and_others_for_another():
    brain = larva_like()
    first, again, other = (sign_of(with_signs(brain, "inhibitory-30", seed=seed)) for seed in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_a_rule_by_type_gives_one_sign_to_a_type():
    clusters = ["" for _ in NAMED] + [f"cluster {k // 20}" for k in range(2_000)]
    brain = larva_like(cluster=clusters)
    signs = pd.Series(sign_of(with_signs(brain, "inhibitory-30-types", seed=3)))
    unknown = signs.iloc[len(NAMED) :].groupby(types_of(brain.neurons)[len(NAMED) :])
    assert (unknown.min() == unknown.max()).all() and 0.1 < (unknown.first() < 0).mean() < 0.5


def test_known_signs_and_transmitters_of_a_wiring_stay():
    brain = larva_like(transmitter=["GABA"] * 5 + [""] * 2_005)
    edges = brain.edges.assign(sign=np.where(brain.edges["pre"] == 7, -1, 0).astype(np.int8))
    edges.loc[15, "sign"] = 0  # the other edge of neuron 7
    signs = sign_of(with_signs(brain.with_edges(edges), SignRule(), seed=0))
    assert (np.flatnonzero(signs < 0) == [0, 1, 2, 3, 4, 7]).all()


def test_the_name_of_a_wiring_says_what_was_assumed():
    assert "30% of types of unknown neurons inhibit" in with_signs(larva_like(), "inhibitory-30-types", seed=4).name
    assert "seed 4" in with_signs(larva_like(), "inhibitory-30-types", seed=4).name


@pytest.mark.parametrize("rule", ["inhibitory-50", lambda: SignRule(1.2)])
def test_unknown_rules_and_impossible_shares_are_refused(rule):
    with pytest.raises(BraincastError, match="E107"):
        with_signs(larva_like(1), rule() if callable(rule) else rule, seed=0)


def test_the_larva_s_known_neurons_have_their_signs(test_data):
    from braincast.datasets.fly import read_wiring

    brain = with_signs(read_wiring(test_data / "fly_larva_winding2023"), seed=0)
    neurons, edges = brain.neurons, brain.edges
    sign = edges.groupby("pre")["sign"].first().reindex(range(len(neurons)))
    of_class = {name: set(sign[neurons["cell_class"] == name].dropna()) for name in ("KC", "sensory", "MBIN")}
    assert of_class == {"KC": {1}, "sensory": {1}, "MBIN": {0, 1, -1}}
    assert set(sign[neurons["annotation"] == "APL"]) == {-1}
    modulators = neurons["annotation"].str.contains("DAN-|OAN-")
    assert modulators.sum() == 18 and set(sign[modulators]) == {FAST_SIGNS["DA"]}
    assert (edges["sign"] == 0).sum() == edges["pre"].isin(np.flatnonzero(modulators)).sum()
