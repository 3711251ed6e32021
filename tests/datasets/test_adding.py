import json

import numpy as np
import pandas as pd
import pytest
from made_sessions import smooth
from refusals import refused

from braincast.brain.recording import Recording
from braincast.datasets import registry
from braincast.datasets.adding import add
from braincast.datasets.own import own_card, own_folder, own_names
from braincast.datasets.readers.reading import read
from braincast.models.registry import load_model
from braincast.tasks.forecasting.build import Design, build
from braincast.tasks.registry import task_card, task_names, task_of_card

NAMES = ["a", "b", "c"]


@pytest.fixture
def worm(fresh_home, tmp_path):
    """Findings of a recording of three named neurons."""
    np.savez(tmp_path / "worm.npz", activity=smooth(100, 3), time_s=np.arange(100) * 0.5, neuron=NAMES, unit="dF/F")
    return read(tmp_path / "worm.npz")


def wiring(tmp_path, names=NAMES):
    """Findings of a connectome."""
    pd.DataFrame({"pre": names[:-1], "post": names[1:], "syn": 2}).to_csv(tmp_path / "edges.csv", index=False)
    return read(tmp_path / "edges.csv")


def test_an_added_recording_is_a_dataset_like_any_other(worm):
    dataset = add(worm, "my-worm")
    assert "my-worm" in registry.dataset_names()
    assert registry.dataset_card("my-worm") == dataset.card
    recording = registry.load_dataset("my-worm").specimens["worm"].recordings["worm"]
    np.testing.assert_array_equal(np.asarray(recording.activity[...]), smooth(100, 3))
    assert (dataset.card.licence, dataset.card.redistribute) == ("not stated", "no")
    assert {"card.json", "specimen/specimen.json"} <= set(registry.check("my-worm").files)


def test_the_hash_of_the_card_depends_on_every_number(worm, tmp_path):
    first = add(worm, "my-worm").card
    assert add(worm, "my-worm", force=True).card.hash == first.hash
    values = smooth(100, 3)
    values[50, 1] = np.nextafter(values[50, 1], np.float32(1))
    np.savez(tmp_path / "worm.npz", activity=values, time_s=np.arange(100) * 0.5, neuron=NAMES, unit="dF/F")
    second = add(read(tmp_path / "worm.npz"), "my-worm", force=True).card
    assert second.content_sha256 != first.content_sha256
    assert second.hash != first.hash


def test_the_checksum_does_not_depend_on_how_the_file_stores_them(worm, fresh_home, tmp_path):
    import h5py

    with h5py.File(tmp_path / "worm.h5", "w") as file:
        file.create_dataset("activity", data=smooth(100, 3), chunks=(7, 2), compression="gzip")
        file["time_s"], file["neuron"], file["unit"] = np.arange(100) * 0.5, NAMES, "dF/F"
    cards = [add(found, name).card for found, name in ((worm, "one"), (read(tmp_path / "worm.h5"), "two"))]
    assert cards[0].content_sha256 == cards[1].content_sha256


def test_cards_of_fetched_datasets_keep_their_hash():
    assert "content_sha256" not in registry.dataset_card("worm-atlas").model_dump(mode="json")
    card = task_card("worm-perturbation")
    assert registry.dataset_card(card.dataset).hash == card.dataset_hash
    assert "worm-perturbation" in task_names()


def test_a_task_of_a_dataset_that_has_changed_says_how_to_make_it_again_and_a_model_what_it_lacks(worm, tmp_path):
    dataset = add(worm, "my-worm")
    card = build(dataset, "my-worm-forecast", Design(context=4, horizon=2))
    with refused("E306", "model masked-var", "the wiring is known", "not so in my-worm-forecast", "make a task"):
        load_model("masked-var").card.require_answer(card)
    add(wiring(tmp_path), "my-worm", wiring="same animal")
    with refused("E215", "changed since", "braincast task new my-worm-forecast --dataset my-worm --force"):
        task_of_card(card).training(0)


def test_a_name_that_is_taken_needs_force_and_a_built_in_one_is_refused(worm):
    add(worm, "my-worm")
    with refused("E501", "my-worm", "--force"):
        add(worm, "my-worm")
    with refused("E501", "worm-atlas"):
        add(worm, "worm-atlas", force=True)
    for name in ("My worm", "../up", ".hidden", ""):
        with refused("E305", "--name"):
            add(worm, name)


def test_a_connectome_joins_the_recording_whose_neurons_it_names(worm, tmp_path):
    before = add(worm, "my-worm").card
    with refused("E108", "--wiring", "same animal"):
        add(wiring(tmp_path), "my-worm")
    dataset = add(wiring(tmp_path), "my-worm", wiring="another animal")
    specimen = dataset.specimens["worm"]
    assert (specimen.wiring, specimen.connectome.n_edges, list(specimen.recordings)) == ("another animal", 2, ["worm"])
    assert dataset.card.hash != before.hash
    assert len(dataset.card.contents) == 2
    with refused("E501", "--force"):
        add(wiring(tmp_path), "my-worm", wiring="atlas")
    assert add(wiring(tmp_path), "my-worm", wiring="atlas", force=True).specimens["worm"].wiring == "atlas"


def test_a_recording_joins_the_connectome_too(worm, tmp_path):
    add(wiring(tmp_path), "my-worm")
    assert add(worm, "my-worm", wiring="same animal").specimens["edges"].recordings["worm"].n_neurons == 3


def test_a_connectome_of_other_neurons_is_refused(worm, tmp_path):
    add(worm, "my-worm")
    with refused("E102", "no neuron is both"):
        add(wiring(tmp_path, ["x", "y", "z"]), "my-worm", wiring="atlas")
    with refused("E305", "--wiring"):
        add(wiring(tmp_path), "my-worm", wiring="mine")


def test_a_damaged_added_dataset_is_refused(worm):
    add(worm, "my-worm")
    chunk = max(own_folder("my-worm").rglob("c/0/0"), key=lambda path: path.stat().st_size)
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(bytes(data))
    with refused("E210"):
        registry.load_dataset("my-worm")
    with refused("E210"):
        registry.check("my-worm")


def test_a_card_that_cannot_be_understood_is_refused(worm):
    add(worm, "my-worm")
    path = own_folder("my-worm") / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "surprise": 1}))
    with refused("E111", "card.json"):
        own_card("my-worm")


def test_nothing_half_written_is_listed(worm, monkeypatch):
    def full(self, path, *, force=False):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Recording, "save", full)
    with refused("E505"):
        add(worm, "my-worm")
    assert own_names() == []
    assert list(own_folder("my-worm").parent.iterdir()) == []
