"""Files that the user brings, as nobody can download them for them."""

import hashlib
import io

import numpy as np
import pytest
from made_sources import small_card, wheel_bytes
from pydantic import ValidationError
from refusals import refusal

from braincast.datasets.cache import source_path
from braincast.datasets.card import BroughtSource, DatasetCard
from braincast.datasets.download import fetch
from braincast.datasets.npz import read_npz


def npz_bytes(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


DATA = npz_bytes(activity=np.arange(6.0).reshape(3, 2))
SOURCE = BroughtSource(
    filename="worm.npz",
    sha256=hashlib.sha256(DATA).hexdigest(),
    size_bytes=len(DATA),
    obtain="ask the lab that recorded it",
)


def test_a_brought_file_is_taken_from_a_path_and_kept(fresh_home, tmp_path):
    (tmp_path / "renamed.npz").write_bytes(DATA)
    kept = fetch(SOURCE, from_path=tmp_path / "renamed.npz", offline=True)
    assert kept == source_path(SOURCE) and kept.read_bytes() == DATA
    assert fetch(SOURCE) == kept


@pytest.mark.parametrize("place", ["worm.npz", "a folder/worm.npz", "another name.npz"])
def test_a_folder_with_one_recording_is_enough(fresh_home, tmp_path, place):
    folder = tmp_path / "data"
    (folder / place).parent.mkdir(parents=True)
    (folder / place).write_bytes(DATA)
    assert fetch(SOURCE, from_path=folder).read_bytes() == DATA


def test_a_missing_brought_file_says_what_to_do(fresh_home):
    for offline, force in ((False, False), (True, False), (False, True)):
        error = refusal("E401", fetch, SOURCE, offline=offline, force=force, dataset="tiny")
        assert "worm.npz is not here and cannot be downloaded" in str(error)
        assert "Ask the lab that recorded it; then: braincast data get tiny --from PATH" in str(error)


def test_a_folder_without_it_is_refused_with_where_to_obtain_it(fresh_home, tmp_path):
    for name in ("one.npz", "two.npz"):
        (tmp_path / name).write_bytes(DATA)
    error = refusal("E405", fetch, SOURCE, from_path=tmp_path)
    assert "worm.npz" in str(error) and "ask the lab" in str(error)
    assert "no such file" in str(refusal("E405", fetch, SOURCE, from_path=tmp_path / "none"))


def test_another_recording_is_refused_and_shown_its_own_way_in(fresh_home, tmp_path):
    (tmp_path / "mine.npz").write_bytes(npz_bytes(activity=np.ones((3, 2))))
    error = refusal("E402", fetch, SOURCE, from_path=tmp_path / "mine.npz")
    assert "braincast data add" in str(error) and "braincast task new" in str(error)


def test_a_truncated_copy_is_called_damaged(fresh_home, tmp_path):
    (tmp_path / "worm.npz").write_bytes(DATA[:-30])
    refusal("E403", fetch, SOURCE, from_path=tmp_path)


def test_a_brought_file_that_was_damaged_in_the_cache_is_to_be_brought_again(fresh_home, tmp_path):
    (tmp_path / "worm.npz").write_bytes(DATA)
    fetch(SOURCE, from_path=tmp_path).write_bytes(DATA[:-1] + b"x")
    assert "--from PATH" in str(refusal("E402", fetch, SOURCE, dataset="tiny"))


def test_a_card_with_a_brought_source_survives_json_and_refuses_a_path_as_its_name():
    card = small_card(sources=(SOURCE,))
    assert DatasetCard.model_validate_json(card.model_dump_json()).sources == (SOURCE,)
    with pytest.raises(ValidationError):
        BroughtSource(**(SOURCE.model_dump() | {"filename": "../worm.npz"}))


def test_an_npz_is_read_without_pickles_and_with_its_shapes_checked(tmp_path):
    path = tmp_path / "worm.npz"
    path.write_bytes(DATA)
    assert read_npz(path, {"activity": (None, 2)})["activity"].shape == (3, 2)
    assert "expected (any, 3)" in str(refusal("E406", read_npz, path, {"activity": (None, 3)}))
    refusal("E406", read_npz, path, {"time_s": (3,)})
    refusal("E405", read_npz, tmp_path / "none.npz", {})
    path.write_bytes(npz_bytes(activity=np.array([{}], dtype=object)))
    refusal("E403", read_npz, path, {"activity": (1,)})
    for damaged in (b"", DATA[:-30], wheel_bytes()[:40], np.arange(3.0).tobytes()):
        path.write_bytes(damaged)
        refusal("E403", read_npz, path, {"activity": (None, 2)})
