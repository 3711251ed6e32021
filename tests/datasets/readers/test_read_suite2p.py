import numpy as np
import pytest
from made_sessions import smooth
from refusals import refused

from braincast.datasets.readers.reading import read


def plane(folder, seed, n_frames=90, n_rois=4, accepted=(1, 0, 1, 1)):
    """One plane as Suite2p leaves it; its ops are a pickle."""
    folder.mkdir(parents=True)
    f, neuropil = smooth(n_frames, n_rois, seed).T + 10, smooth(n_frames, n_rois, seed + 50).T
    np.save(folder / "F.npy", f)
    np.save(folder / "Fneu.npy", neuropil)
    np.save(folder / "iscell.npy", np.column_stack([accepted, np.full(n_rois, 0.9)]).astype(np.float32))
    np.save(folder / "ops.npy", np.array({"fs": 30.0}, dtype=object), allow_pickle=True)
    return (f - np.float32(0.7) * neuropil)[np.array(accepted, bool)].T


def test_cells_of_all_planes_less_their_neuropil(tmp_path):
    expected = [plane(tmp_path / "session" / "suite2p" / f"plane{n}", n, 90 - n) for n in (0, 1)]
    found = read(tmp_path / "session", rate_hz=30.0)
    recording = found.recordings["session"]
    np.testing.assert_allclose(
        np.asarray(recording.activity), np.hstack([part[:89] for part in expected]), rtol=1e-6, atol=1e-6
    )
    assert recording.dt_s == pytest.approx(1 / 30)
    assert recording.neurons[:3] == ("plane0 roi 0", "plane0 roi 2", "plane0 roi 3")
    assert any("3 of 4 regions are cells" in note for note in found.notes)


def test_without_a_rate_frames_are_counted_and_the_pickle_stays_closed(tmp_path):
    plane(tmp_path / "plane0", 0)
    found = read(tmp_path)
    assert next(iter(found.recordings.values())).time_s is None
    assert any("ops.npy" in note and "not read" in note for note in found.notes)


def test_a_truncated_file_of_suite2p_is_refused(tmp_path):
    plane(tmp_path / "plane0", 0)
    whole = (tmp_path / "plane0" / "F.npy").read_bytes()
    (tmp_path / "plane0" / "F.npy").write_bytes(whole[:-100])
    with refused("E117", "F.npy"):
        read(tmp_path)


def test_objects_in_the_place_of_traces_are_never_unpickled(tmp_path):
    plane(tmp_path / "plane0", 0)
    np.save(tmp_path / "plane0" / "F.npy", np.array([{}], dtype=object), allow_pickle=True)
    with refused("E115", "Python objects"):
        read(tmp_path)
