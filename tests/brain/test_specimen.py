"""Specimen: what belongs to one animal, and whose wiring it is."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from braincast.brain.specimen import Specimen


@pytest.fixture
def specimen(connectome, expression, recording, responses) -> Specimen:
    recordings = {"day 1 / odour": recording, "day 2": recording}
    return Specimen("w1", "C. elegans", "N2", connectome, expression, recordings, responses, "another animal", 3)


def test_wiring_must_be_stated_where_it_meets_activity(connectome, recording, responses, expression, refused):
    with refused("E108", "wiring", "same animal"):
        Specimen("w", "C. elegans", connectome=connectome, recordings={"a": recording})
    with refused("E108", "wiring"):
        Specimen("w", "C. elegans", connectome=connectome, responses=responses)
    assert Specimen("w", "C. elegans", connectome=connectome, expression=expression).wiring is None
    assert Specimen("w", "C. elegans", responses=responses).connectome is None


def test_wiring_and_number_of_animals_are_checked(specimen, refused, rebuilt):
    with refused("E107", "wiring"):
        rebuilt(specimen, wiring="somebody's")
    with refused("E107", "n_animals"):
        replace(specimen, n_animals=0)


def test_a_specimen_does_not_share_the_callers_mapping_and_can_be_pickled(specimen, recording):
    given = {"a": recording}
    made = replace(specimen, recordings=given)
    given["b"] = recording
    assert list(made.recordings) == ["a"]
    assert repr(pickle.loads(pickle.dumps(made))) == repr(made)


def test_repr_says_whose_wiring_and_how_far_it_overlaps(specimen):
    text = repr(specimen)
    assert "\n" not in text and "wiring of another animal" in text and "animals 3" in text
    assert "neurons with responses 3 (3 of them wired)" in text
    assert "neurons in recording day 2 3 (2 of them wired)" in text
    assert "neurons with responses 3," in repr(replace(specimen, connectome=None, wiring=None)) + ","
    assert "&lt;w&gt;" in replace(specimen, name="<w>")._repr_html_()


def test_a_saved_anatomy_comes_back_equal(tmp_path):
    anatomy = pd.DataFrame({"id": ["a", "b"], "x_um": [1.0, np.nan]})
    Specimen("placed", "none", anatomy=anatomy).save(tmp_path / "s")
    pd.testing.assert_frame_equal(Specimen.load(tmp_path / "s").anatomy, anatomy)


def test_a_saved_specimen_comes_back_equal(specimen, tmp_path, refused):
    specimen.save(tmp_path / "s")
    loaded = Specimen.load(tmp_path / "s")
    assert repr(loaded) == repr(specimen)
    assert list(loaded.recordings) == ["day 1 / odour", "day 2"]
    np.testing.assert_array_equal(loaded.recordings["day 2"].activity[...], specimen.recordings["day 2"].activity)
    np.testing.assert_array_equal(loaded.responses.q, specimen.responses.q)
    with refused("E501"):
        specimen.save(tmp_path / "s")
    specimen.save(tmp_path / "s", force=True)


def test_a_specimen_may_be_almost_empty(tmp_path):
    Specimen("w", "C. elegans").save(tmp_path / "s")
    loaded = Specimen.load(tmp_path / "s")
    assert (loaded.connectome, loaded.expression, loaded.responses, dict(loaded.recordings)) == (None, None, None, {})


def test_damage_anywhere_in_a_specimen_is_refused(specimen, tmp_path, refused):
    specimen.save(tmp_path / "s")
    (tmp_path / "s" / "recordings" / "1" / "activity" / "c" / "0" / "0").unlink()
    with refused("E203", "recordings/1/activity/c/0/0"):
        Specimen.load(tmp_path / "s")
    (tmp_path / "s" / "manifest.json").unlink()
    with refused("E202"):
        Specimen.load(tmp_path / "s")
