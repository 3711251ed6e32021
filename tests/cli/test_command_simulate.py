"""`simulate fly`: what it prints and writes, what it refuses, how a screen that was killed goes on."""

import time

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr
from command_line import with_home
from refusals import refused

from braincast.cli.simulating import fly
from braincast.files import check_manifest, read_json

CONTRACT = {
    "neurons": int,
    "edges": int,
    "synthetic": bool,
    "spikes": int,
    "spikes_per_s": float,
    "load_s": float,
    "compile_s": float,
    "wall_s": float,
    "simulated_s": float,
    "peak_memory_mb": float,
    "files": dict,
}
SMALL = ("simulate", "fly", "--synthetic", "--neurons", 400, "--edges", 12_000)


@pytest.fixture(scope="module")
def braincast(tmp_path_factory):
    """The command line with an empty cache."""
    return with_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def simulated(braincast, tmp_path_factory):
    """A simulation of the synthetic fly: its document and its folder."""
    folder = tmp_path_factory.mktemp("simulated") / "fly"
    words = ("--stimulate", 40, "--rate", 120, "--duration", 0.2, "--trials", 2, "--seed", 3, "--out", folder)
    return braincast.document(*SMALL, *words), folder


def test_the_document_keeps_the_contract_for_scripts(simulated):
    document, folder = simulated
    assert {key: type(document[key]) for key in CONTRACT} == CONTRACT
    assert (document["neurons"], document["edges"], document["synthetic"]) == (400, 12_000, True)
    assert document["simulated_s"] == 0.4 and document["driven"] == 40
    spikes = pq.read_table(document["files"]["spikes"]).to_pandas()
    assert list(spikes.columns) == ["trial", "time_s", "neuron"] and len(spikes) == document["spikes"] > 0
    assert document["spikes_per_s"] == pytest.approx(len(spikes) / 0.4)
    assert document == read_json(folder / "simulation.json")
    check_manifest(folder)


def test_neurons_and_rates_stand_in_the_order_of_the_spikes(simulated):
    document, folder = simulated
    spikes, neurons = (pd.read_parquet(folder / f"{name}.parquet") for name in ("spikes", "neurons"))
    counts = np.zeros((2, 400))
    np.add.at(counts, (spikes["trial"], spikes["neuron"]), 1)
    with xr.open_zarr(folder / "rates.zarr", consolidated=False) as rates:
        np.testing.assert_allclose(rates["rate_hz"], counts / 0.2)
    np.testing.assert_allclose(neurons["rate_hz"], counts.mean(axis=0) / 0.2)
    assert neurons["driven"].sum() == 40 and neurons["row"].tolist() == list(range(400))
    recruited = neurons["rate_hz"].gt(0) & ~neurons["driven"]
    assert recruited.sum() == document["recruited"]


def test_every_output_says_that_the_wiring_is_synthetic(braincast, simulated, tmp_path):
    document, folder = simulated
    assert document["synthetic"] and document["wiring"]["synthetic"]
    assert "Synthetic wiring" in (folder / "report.html").read_text(encoding="utf-8")
    assert read_json(folder / "configuration.json")["wiring"]["synthetic"]
    done = braincast(*SMALL, "--out", tmp_path / "fly")
    assert done.returncode == 0 and "Synthetic wiring" in done.stdout
    assert done.stdout.splitlines()[-1] == str(tmp_path / "fly" / "report.html")
    assert "2 neurons driven" in done.stdout  # one in 200, where nothing is said


@pytest.mark.parametrize(
    ("code", "option", "words"),
    [
        ("E305", "--rate", {"rate": -1.0}),
        ("E305", "--threads", {"threads": 0}),
        ("E305", "--edges", {"data": "here", "neurons": None, "edges": 5}),
        ("E305", "--synthetic", {"data": "here", "synthetic": True, "neurons": None, "edges": None}),
        ("E305", "--among", {"among": "all"}),
        ("E305", "--stimulate", {"stimulate": "401"}),
        ("E305", "n_edges", {"edges": 1_000_000}),
        ("E308", "--stimulate", {"stimulate": "720575940660219265"}),
        ("E308", "--silence", {"silence": "no-type"}),
        ("E405", "wiring.parquet", {"data": "wiring.parquet", "neurons": None, "edges": None}),
        ("E405", "in.parquet", {"input_spikes": "in.parquet"}),
        ("E405", "table.csv", {"screen": "activate", "phenotypes": "table.csv"}),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(code, option, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = {"data", "input_spikes", "phenotypes"}
    given = {name: tmp_path / value if name in paths else value for name, value in words.items()}
    with refused(code, option):
        fly(**{"neurons": 400, "edges": 12_000, "out": tmp_path / "fly", "quiet": True} | given)
    assert not (tmp_path / "fly").exists()


def test_a_truncated_wiring_is_refused(tmp_path):
    path = tmp_path / "Connectivity_783.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 100)
    with refused("E117", "Connectivity_783.parquet"):
        fly(data=path, out=tmp_path / "fly", quiet=True)


def test_nothing_is_overwritten_without_force(simulated):
    _, folder = simulated
    with refused("E501", "finished run"):
        fly(neurons=400, edges=12_000, out=folder, quiet=True)


@pytest.mark.slow
def test_a_screen_that_was_killed_goes_on_and_ends_with_the_same_tables(braincast, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("condition,readout,expected\nsensory,central,active\n")
    asked = ("--screen", "activate", "--among", 150, "--phenotypes", table, "--draws", 2, "--duration", 0.3)
    words = (*SMALL, *asked, "--nulls", "weights-shuffled", "--threads", 1)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    braincast.document(*words, "--out", whole)
    process = braincast.start(*words, "--out", killed, "--quiet")
    journal = killed / "activity.zarr.jsonl"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 30:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.kill()
    process.communicate()
    n_noted = journal.read_bytes().count(b"\n")
    assert n_noted < 150 and not (killed / "manifest.json").exists()
    braincast.document(*words, "--out", killed)
    for name in ("responses.parquet", "phenotypes.parquet", "nulls.jsonl", "activity.zarr/manifest.json"):
        assert (whole / name).read_bytes() == (killed / name).read_bytes()
    assert pd.read_parquet(whole / "responses.parquet")["condition"].nunique() == 151
