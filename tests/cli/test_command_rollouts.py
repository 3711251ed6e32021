"""A rollout task of one's own, from its declaration to a scored submission."""

import math

import pytest
from command_line import with_home
from test_command_submit import ABOUT

pytestmark = pytest.mark.slow


def test_a_rollout_task_is_made_run_packed_validated_and_scored(tmp_path):
    braincast = with_home(tmp_path / "home")
    sizes = ("--context", 8, "--horizon", 100, "--stride", 100, "--gap", 0)
    made = braincast.document("task", "new", "mine", "--dataset", "synthetic-lorenz63", "--kind", "rollout", *sizes)
    assert made["kind"] == "rollout" and made["rollout"]["step"] == 1
    run = braincast.document("run", "mine", "--models", "nvar", "--out", tmp_path / "run")
    assert {"mean", "ar", "nvar", "truth", "surrogate", "shuffled"} == set(run["models"])
    spectra = {name: own["metrics"]["spectral_hellinger"]["value"] for name, own in run["models"].items()}
    assert spectra["nvar"] < spectra["mean"] == 1.0
    values = [m["value"] for own in run["models"].values() for m in own["metrics"].values()]
    assert all(value is None or math.isfinite(value) for value in values)
    assert "paths in two principal components" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    forecast, about, mine = (
        tmp_path / "run" / "forecasts" / "nvar" / "000.zarr",
        tmp_path / "a.toml",
        tmp_path / "m.zip",
    )
    about.write_text(ABOUT, encoding="utf-8")
    assert braincast.document("submit", "pack", forecast, "--about", about, "--out", mine)["valid"]
    assert braincast.document("validate", "mine", mine) == {"valid": True, "problems": []}
    again = braincast.document("score", "mine", mine)
    assert again["models"]["nvar"]["metrics"] == run["models"]["nvar"]["metrics"]
