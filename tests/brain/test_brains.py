import numpy as np
import pandas as pd
import pytest

from braincast.brain.brains import Brains
from braincast.brain.connectome import Connectome
from braincast.brain.specimen import Specimen
from braincast.brain.specimen_nulls import with_wiring

NEURONS = ("c", "a", "lonely", "b")


def wired(name: str, pre: list[str], post: list[str]) -> Specimen:
    connectome = Connectome.from_edges(["a", "b", "c", "not asked about"], pre, post, weight=2.0, name=name)
    return Specimen(name, "none", connectome=connectome)


@pytest.fixture
def brains() -> Brains:
    one, other = wired("one", ["a", "b", "c"], ["b", "c", "not asked about"]), wired("other", ["c", "b"], ["a", "a"])
    return Brains(NEURONS, lambda: [one, other, one])


def edges(connectome: Connectome) -> set[tuple[str, str]]:
    ids = np.array(connectome.neuron_ids)
    return set(zip(ids[connectome.edges["pre"]], ids[connectome.edges["post"]], strict=True))


def test_each_wiring_is_there_once_on_the_task_s_neurons_in_order(brains):
    assert brains.which.tolist() == [0, 1, 0] and len(brains.connectomes) == 2
    assert all(connectome.neuron_ids == list(NEURONS) for connectome in brains.connectomes)
    assert edges(brains.connectomes[0]) == {("a", "b"), ("b", "c")}
    assert edges(brains.connectomes[1]) == {("c", "a"), ("b", "a")}


def test_nothing_is_loaded_before_the_wiring_is_looked_at():
    def fail() -> list[Specimen]:
        raise AssertionError

    brains = Brains(NEURONS, fail, pd.DataFrame({"id": list(NEURONS), "x_um": [0.0, 1.0, 2.0, 3.0]}))
    moved = with_wiring(brains, "positions-permuted", 0)
    assert sorted(moved.anatomy["x_um"]) == [0.0, 1.0, 2.0, 3.0]
    with pytest.raises(AssertionError):
        _ = with_wiring(brains, "identity-permuted", 0).specimens


def test_a_neuron_without_wiring_stays_without_in_every_null(brains):
    for draw in range(5):
        changed = with_wiring(brains, "identity-permuted", draw)
        assert changed.which.tolist() == [0, 1, 0]
        assert not any("lonely" in pair for connectome in changed.connectomes for pair in edges(connectome))


def test_brains_are_permuted_alike():
    same = wired("x", ["a"], ["b"]), wired("y", ["a"], ["b"])
    changed = [edges(c) for c in with_wiring(Brains(NEURONS, lambda: same), "identity-permuted", 3).connectomes]
    assert changed[0] == changed[1]


def test_with_the_wiring_of_others_no_brain_keeps_its_own(brains):
    exchanged = with_wiring(brains, "others", 0)
    assert [edges(exchanged.connectomes[k]) for k in exchanged.which] == [
        edges(brains.connectomes[k]) for k in (1, 0, 1)
    ]
    many = Brains(NEURONS, lambda: [wired(f"w{k}", [], []) for k in range(5)])
    for draw in range(10):
        names = [one.connectome.name for one in with_wiring(many, "others", draw).specimens]
        assert sorted(names) == [f"w{k}" for k in range(5)] and all(name != f"w{k}" for k, name in enumerate(names))


def test_no_connectome_is_refused_when_it_is_looked_at(refused):
    bare = Brains(NEURONS, lambda: [Specimen("bare", "none")])
    with refused("E307", "bare"):
        _ = bare.connectomes
