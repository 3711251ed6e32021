"""`simulate circuit`: what it prints and writes, and what it refuses."""

import numpy as np
import pytest
import xarray as xr
from command_line import with_home

from braincast.files import check_manifest, read_json


@pytest.fixture(scope="module")
def braincast(tmp_path_factory):
    """The command line with an empty cache."""
    return with_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def simulated(braincast, tmp_path_factory):
    """The squid's axon under 10 µA/cm²: its document and its folder."""
    folder = tmp_path_factory.mktemp("simulated") / "hh"
    words = ("--set", "current=10", "--duration-ms", 100, "--check-convergence", "--out", folder)
    return braincast.document("simulate", "circuit", "hh", *words), folder


def test_the_document_keeps_the_contract_for_circuits(simulated):
    document, folder = simulated
    np.testing.assert_allclose(document["spike_times_ms"]["axon"][:3], [1.901, 16.823, 31.472], atol=3e-3)
    assert document["rate_hz"]["axon"] == pytest.approx(68.32, abs=0.3)
    assert {"period_ms", "duty", "phase", "class"} <= set(document["analysis"])
    assert document["convergence"]["converged"] and len(document["convergence"]["steps"]) == 3
    assert document == read_json(folder / "simulation.json")
    check_manifest(folder)


def test_voltages_lie_beside_the_report(simulated):
    _, folder = simulated
    with xr.open_zarr(folder / "voltage.zarr", consolidated=False) as stored:
        assert stored["voltage_mv"].shape == (10_001, 1) and stored.attrs["units"] == "mV"
        assert float(stored["voltage_mv"].max()) == pytest.approx(40.26, abs=0.02)
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Voltage of axon" in report and "Half the step (0.005 instead of 0.01 ms) says the same" in report


@pytest.mark.parametrize(
    ("code", "exit_code", "words"),
    [
        ("E405", 3, ("nothing-there",)),
        ("E305", 2, ("hh", "--integrator", "magic")),
        ("E305", 2, ("hh", "--set", "current")),
        ("E902", 3, ("hh", "--set", "curent=10")),
        ("E903", 3, ("hh", "--set", "current=10 mV")),
        ("E904", 3, ("hh", "--set", "current=30", "--dt-ms", 0.5)),
        ("E905", 3, ("hh", "--set", "current=100000")),
        ("E305", 2, ("hh", "--duration-ms", -5)),
    ],
)
def test_bad_input_ends_with_a_coded_line_and_no_folder(braincast, tmp_path, code, exit_code, words):
    done = braincast("simulate", "circuit", *words, "--out", tmp_path / "out", "--quiet")
    assert (done.returncode, done.stderr.split()[0]) == (exit_code, code)
    assert "Traceback" not in done.stderr and not (tmp_path / "out" / "simulation.json").exists()
