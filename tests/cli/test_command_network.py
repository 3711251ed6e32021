"""`simulate network`: what it prints and writes, and what it refuses."""

import pandas as pd
import pytest
from command_line import with_home

from braincast.files import check_manifest, read_json

KINDS = ("pyramidal", "pv-basket", "cck-basket", "olm", "ivy")


@pytest.fixture(scope="module")
def braincast(tmp_path_factory):
    """The command line with an empty cache."""
    return with_home(tmp_path_factory.mktemp("home"))


def test_a_network_leaves_spikes_rates_and_a_report(braincast, tmp_path):
    words = ("simulate", "network", "--cells", 300, "--duration", 0.2, "--seed", 1)
    document = braincast.document(*words, "--out", tmp_path / "net")
    assert (document["neurons"], document["synthetic"], document["simulated_s"]) == (300, True, 0.2)
    assert tuple(document["kinds"]) == KINDS and sum(kind["cells"] for kind in document["kinds"].values()) == 300
    spikes, neurons = (pd.read_parquet(document["files"][name]) for name in ("spikes", "neurons"))
    assert list(spikes.columns) == ["trial", "time_s", "neuron"] and len(spikes) == document["spikes"] > 0
    assert document["spikes_per_s"] == pytest.approx(len(spikes) / 0.2)
    counted = spikes["neuron"].value_counts().reindex(range(300), fill_value=0).sort_index()
    assert neurons["rate_hz"].tolist() == pytest.approx((counted / 0.2).tolist())
    by_kind = neurons.groupby("kind")["rate_hz"].mean()
    assert {name: kind["rate_hz"] for name, kind in document["kinds"].items()} == pytest.approx(by_kind.to_dict())
    assert document == read_json(tmp_path / "net" / "simulation.json")
    page = (tmp_path / "net" / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page and "A made-up network" in page and "src=" not in page
    check_manifest(tmp_path / "net")


@pytest.mark.parametrize(("option", "value"), [("--cells", 99), ("--duration", 0), ("--duration", "nan")])
def test_an_impossible_network_is_refused(braincast, tmp_path, option, value):
    braincast.refusal("E107", 3, "simulate", "network", option, value, "--out", tmp_path / "net")
    assert not (tmp_path / "net" / "manifest.json").exists()
