"""Recordings that no model should learn from, and files that are damaged or hostile: one coded line each."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile

import h5py
import numpy as np
import pandas as pd
import pytest
import zarr
from made_sessions import NwbSession, smooth
from numpy.lib import format as npy
from refusals import refused
from scipy.io import savemat

from braincast.datasets.readers.reading import read
from braincast.errors import BraincastError

N = 100
TIME = np.arange(N) * 0.1


def npz(path, values, **more):
    np.savez(path / "a.npz", activity=values, **more)
    return path / "a.npz"


def only(findings):
    (recording,) = findings.recordings.values()
    return recording


# What no model can learn from


@pytest.mark.parametrize("value", [0.0, np.nan, 7.5])
def test_constant_and_never_observed_neurons_are_refused_or_left_out(tmp_path, value):
    values = smooth(N, 4)
    values[:, 2] = value
    path = npz(tmp_path, values, neuron=["a", "b", "c", "d"])
    with refused("E112", "1 of 4 neurons", ": c.", "--drop"):
        read(path)
    found = read(path, drop=True)
    assert only(found).neurons == ("a", "b", "d")
    np.testing.assert_array_equal(np.asarray(only(found).activity), values[:, [0, 1, 3]])
    assert any("left out" in note and ": c" in note for note in found.notes)


def test_a_recording_of_constant_neurons_only_is_refused_even_with_drop(tmp_path):
    with refused("E112"):
        read(npz(tmp_path, np.ones((N, 3))), drop=True)


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_numbers_at_the_limits_of_16_bits_are_refused(tmp_path, dtype):
    values = (smooth(N, 3) * 1000).astype(np.int16)
    values[10:20, 1] = 32767
    with refused("E113", "n0002"):
        read(npz(tmp_path, values.astype(dtype)))


@pytest.mark.parametrize("dtype", [np.int16, np.float64])
def test_numbers_that_wrapped_around_are_refused(tmp_path, dtype):
    rising = np.linspace(30000, 34000, N)
    values = np.column_stack([np.linspace(0, 90, N), rising]).astype(np.int64).astype(np.int16)
    with refused("E113", "n0002", "wrapped"):
        read(npz(tmp_path, values.astype(dtype)))


def test_repeated_frames_are_refused(tmp_path):
    values = smooth(N, 3)
    values[41], values[77] = values[40], values[76]
    with refused("E114", "2 frames", "frame 41"):
        read(npz(tmp_path, values))


def test_frames_of_zeros_are_repeats_in_dense_data_and_silence_in_sparse_data(tmp_path):
    values = smooth(N, 3)
    values[50:55] = 0
    with refused("E114", "4 frames"):
        read(npz(tmp_path, values))
    sparse = np.where(np.random.default_rng(0).random((N, 3)) < 0.1, 0.37 + smooth(N, 3), 0)
    assert only(read(npz(tmp_path, sparse))).n_frames == N


def test_counts_may_repeat(tmp_path):
    values = np.random.default_rng(0).poisson(0.2, (N, 3))
    assert only(read(npz(tmp_path, values))).n_frames == N
    assert only(read(npz(tmp_path, values.astype(float)))).n_frames == N


def test_repeats_are_found_across_slabs(tmp_path, monkeypatch):
    from braincast.brain import slabs

    monkeypatch.setattr(slabs, "_SLAB_VALUES", 30)
    values = smooth(N, 3)
    values[40] = values[39]  # the first frame of a slab of 10
    with refused("E114", "1 frames", "frame 40"):
        read(npz(tmp_path, values))


def test_an_infinite_value_is_refused_and_missing_ones_are_counted(tmp_path):
    values = smooth(N, 4)
    values[7, 2] = np.inf
    with refused("E110", "frame 7, neuron 2"):
        read(npz(tmp_path, values))
    values[7, 2] = np.nan
    found = read(npz(tmp_path, values))
    assert any("0.25% of the values are missing" in note for note in found.notes)
    assert np.isnan(np.asarray(only(found).activity)[7, 2])


# Time


def test_time_that_decreases_is_refused(tmp_path):
    time_s = TIME.copy()
    time_s[60] = time_s[58]
    with refused("E104", "[60]"):
        read(npz(tmp_path, smooth(N, 3), time_s=time_s))


def test_uneven_steps_are_refused_unless_frames_are_counted(tmp_path):
    time_s = TIME + np.random.default_rng(0).uniform(-0.03, 0.03, N)
    path = npz(tmp_path, smooth(N, 3), time_s=time_s)
    with refused("E120", "--frames"):
        read(path)
    assert only(read(path, frames=True)).time_s is None


def test_gaps_are_counted_in_the_notes_unless_there_are_many(tmp_path):
    time_s = TIME + np.where(np.arange(N) >= 50, 5.0, 0.0)
    assert any("1 gaps" in note for note in read(npz(tmp_path, smooth(N, 3), time_s=time_s)).notes)
    time_s = TIME + (np.arange(N) // 4) * 0.2
    with refused("E120", "24 gaps"):
        read(npz(tmp_path, smooth(N, 3), time_s=time_s))


@pytest.mark.parametrize("factor", [1000.0, 1e-5])
def test_a_step_of_minutes_or_microseconds_looks_like_another_unit(tmp_path, factor):
    with refused("E116", "unlikely", "time_unit"):
        read(npz(tmp_path, smooth(N, 3), time_s=TIME * factor))


def test_an_unknown_unit_of_time_is_refused_with_the_nearest(tmp_path):
    path = npz(tmp_path, smooth(N, 3), time_s=TIME)
    (tmp_path / "a.toml").write_text('time_unit = "milisecond"')
    with refused("E116", "milisecond", "did you mean 'millisecond'"):
        read(path)


@pytest.mark.parametrize("rate", [0.0, -2.0, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(tmp_path, rate):
    with refused("E305", "--rate"):
        read(npz(tmp_path, smooth(N, 3)), rate_hz=rate)


# Shapes


@pytest.mark.parametrize("more", [{"time_s": TIME[:-1]}, {"neuron": ["a", "b"]}])
def test_times_and_names_that_fit_no_axis_are_refused(tmp_path, more):
    with refused("E106", "shape 100 × 3"):
        read(npz(tmp_path, smooth(N, 3), **more))


def test_one_frame_is_no_recording(tmp_path):
    with refused("E118"):
        read(npz(tmp_path, smooth(1, 30)))


# Damaged files


def wholes(folder):
    """A good file of each format; compressed where the format can, so that every byte counts."""
    values = smooth(N, 3).astype(np.float64)
    table = pd.DataFrame(values, columns=["a", "b", "c"])
    np.savez_compressed(folder / "a.npz", activity=values)
    np.save(folder / "a.npy", values)
    savemat(folder / "a.mat", {"activity": values}, do_compression=True)
    table.to_parquet(folder / "a.parquet")
    with h5py.File(folder / "a.h5", "w") as file:
        file.create_dataset("activity", data=values, chunks=(25, 3), compression="gzip")
    return ["a.npz", "a.npy", "a.mat", "a.parquet", "a.h5"]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_truncated_file_of_every_format_is_refused(tmp_path, share):
    for name in wholes(tmp_path):
        assert only(read(tmp_path / name)).n_frames == N
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BraincastError) as caught:
            read(tmp_path / name)
        assert caught.value.code in ("E117", "E118"), (name, caught.value)


@pytest.mark.parametrize("seed", range(5))
def test_flipped_bytes_end_in_a_coded_error_or_in_numbers(tmp_path, seed):
    random = np.random.default_rng(seed)
    for name in wholes(tmp_path):
        data = bytearray((tmp_path / name).read_bytes())
        for place in random.integers(0, len(data), 12):
            data[place] ^= 0xFF
        (tmp_path / name).write_bytes(bytes(data))
        try:
            read(tmp_path / name)
        except BraincastError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("seed", range(20))
def test_flipped_bytes_of_an_uncompressed_matlab_file_end_in_a_coded_error_or_in_numbers(tmp_path, seed):
    savemat(tmp_path / "a.mat", {"activity": smooth(20, 3), "names": np.array(["a", "b", "c"], object)})
    data = bytearray((tmp_path / "a.mat").read_bytes())
    random = np.random.default_rng(seed)
    for place in random.integers(120, len(data), 8):
        data[place] ^= int(random.integers(1, 256))
    (tmp_path / "a.mat").write_bytes(bytes(data))
    try:
        read(tmp_path / "a.mat")
    except BraincastError as error:
        assert "\n" not in str(error)


def test_an_empty_file_a_binary_one_and_none_at_all_are_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.dat").write_bytes(bytes(range(256)) * 4)
    with refused("E117", "empty"):
        read(tmp_path / "a.csv")
    with refused("E117", "a known format"):
        read(tmp_path / "b.dat")
    with refused("E405"):
        read(tmp_path / "c.nwb")


def test_a_csv_with_rows_of_different_lengths_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4,5\n6,7\n")
    with refused("E117"):
        read(tmp_path / "a.csv")


def test_a_missing_chunk_of_zarr_is_refused(tmp_path):
    zarr.create_array(tmp_path / "a.zarr", data=smooth(N, 3), chunks=(25, 3))
    next((tmp_path / "a.zarr").glob("c/2/*")).unlink()
    with refused("E117", "1 of 4 chunks are missing"):
        read(tmp_path / "a.zarr")


def test_a_damaged_chunk_of_zarr_is_refused(tmp_path):
    zarr.create_array(tmp_path / "a.zarr", data=smooth(N, 3), chunks=(25, 3))
    chunk = next((tmp_path / "a.zarr").glob("c/2/*"))
    chunk.write_bytes(chunk.read_bytes()[:-9])
    with refused("E117", "frames"):
        read(tmp_path / "a.zarr")


# Hostile files


def bomb(path, shape, n_bytes):
    """An archive whose one member declares `shape` and inflates to `n_bytes` zeros."""
    header = io.BytesIO()
    npy.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("activity.npy", "w") as member:
        member.write(header.getvalue())
        for _ in range(n_bytes >> 20):
            member.write(bytes(1 << 20))


def test_an_archive_that_would_explode_is_refused_unread(tmp_path):
    bomb(tmp_path / "a.npz", (1 << 14, 1 << 10), 128 << 20)
    with refused("E115", "times its size"):
        read(tmp_path / "a.npz")


def test_an_archive_that_declares_more_than_it_holds_is_refused(tmp_path):
    bomb(tmp_path / "a.npz", (1 << 14, 1 << 10), 1 << 20)
    with refused("E117", "needs 134,217,728 bytes"):
        read(tmp_path / "a.npz")
    bomb(tmp_path / "a.npz", (1 << 30, 1 << 10), 1 << 20)
    with refused("E115", "declares"):
        read(tmp_path / "a.npz")


class Trap:
    """Unpickled, it would leave a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("form", ["npz", "npy", "pkl"])
def test_objects_are_never_unpickled(tmp_path, form):
    trap = np.array([[Trap(tmp_path / "sprung")]], dtype=object)
    path = tmp_path / f"a.{form}"
    if form == "npz":
        np.savez(path, activity=trap)
    elif form == "npy":
        np.save(path, trap, allow_pickle=True)
    else:
        path.write_bytes(pickle.dumps(trap))
    with refused("E115"):
        read(path)
    assert not (tmp_path / "sprung").exists()


def test_links_out_of_an_hdf5_file_are_refused(tmp_path):
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["activity"] = smooth(N, 3)
    with h5py.File(tmp_path / "link.h5", "w") as file:
        file["activity"] = h5py.ExternalLink("secret.h5", "/activity")
    with h5py.File(tmp_path / "stored.h5", "w") as file:
        (tmp_path / "raw").write_bytes(smooth(N, 3).tobytes())
        file.create_dataset("activity", (N, 3), "f4", external=[(str(tmp_path / "raw"), 0, N * 12)])
    layout = h5py.VirtualLayout((N, 3), "f4")
    layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "activity", shape=(N, 3))
    with h5py.File(tmp_path / "virtual.h5", "w") as file:
        file.create_virtual_dataset("activity", layout)
    for name in ("link", "stored", "virtual"):
        with refused("E115", "other file" if name != "link" else "another file"):
            read(tmp_path / f"{name}.h5")


def test_a_soft_link_through_an_external_one_is_refused_too(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["activity"] = smooth(N, 3)
        file["away"] = h5py.ExternalLink("elsewhere.h5", "/")
        file["time_s"] = h5py.SoftLink("/away/time_s")
    with refused("E115", "elsewhere.h5"):
        read(tmp_path / "a.h5")


def test_a_dataset_that_declares_terabytes_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("activity", (1 << 20, 1 << 20), "f4", chunks=(64, 64))
    with refused("E115", "declares"):
        read(tmp_path / "a.h5")


def test_vast_chunks_and_links_of_zarr_are_refused(tmp_path):
    zarr.create_array(tmp_path / "a.zarr", data=smooth(N, 3), chunks=(25, 3))
    described = json.loads((tmp_path / "a.zarr" / "zarr.json").read_text())
    described["shape"] = [1 << 20, 1 << 20]
    described["chunk_grid"]["configuration"]["chunk_shape"] = [1 << 20, 1 << 20]
    (tmp_path / "a.zarr" / "zarr.json").write_text(json.dumps(described))
    with refused("E115", "chunks of"):
        read(tmp_path / "a.zarr")
    zarr.create_array(tmp_path / "b.zarr", data=smooth(N, 3), chunks=(25, 3))
    chunk = next((tmp_path / "b.zarr").glob("c/2/*"))
    chunk.rename(tmp_path / "outside")
    chunk.symlink_to(tmp_path / "outside")
    with refused("E115", "a link"):
        read(tmp_path / "b.zarr")


def test_a_truncated_nwb_file_is_refused(tmp_path):
    session = NwbSession()
    table = session.segmentation(2, session.plane())
    region = table.create_roi_table_region(description="all", region=[0, 1])
    session.file.add_acquisition(session.responses("s", smooth(N, 2), region, rate=1.0))
    path = session.write(tmp_path / "a.nwb")
    path.write_bytes(path.read_bytes()[:-2000])
    with refused("E117", "a.nwb"):
        read(path)
