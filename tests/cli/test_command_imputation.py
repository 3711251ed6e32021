"""An imputation task of one's own, from its declaration to a scored submission."""

import math

import pytest
from command_line import with_home
from test_command_submit import ABOUT

pytestmark = pytest.mark.slow


def test_an_imputation_task_is_made_run_packed_validated_and_scored(tmp_path):
    braincast = with_home(tmp_path / "home")
    made = braincast.document("task", "new", "mine", "--dataset", "synthetic-linear", "--kind", "imputation")
    assert made["kind"] == "imputation" and made["context"] == 0 and len(set(made["imputation"]["groups"])) == 8
    run = braincast.document("run", "mine", "--models", "ridge-rest", "--out", tmp_path / "run")
    assert {"mean", "class-mean", "ridge-rest"} == set(run["models"])
    r2 = {name: own["metrics"]["neuron_r2"]["value"] for name, own in run["models"].items()}
    assert r2["ridge-rest"] > r2["mean"] == 0.0
    values = [m["value"] for own in run["models"].values() for m in own["metrics"].values()]
    assert all(value is None or math.isfinite(value) for value in values)
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "How well can hidden neurons be told?" in page and "one of 8 groups of neurons" in page
    answered, about, entry = (
        tmp_path / "run" / "forecasts" / "ridge-rest" / "000.zarr",
        tmp_path / "a.toml",
        tmp_path / "m.zip",
    )
    about.write_text(ABOUT, encoding="utf-8")
    assert braincast.document("submit", "pack", answered, "--about", about, "--out", entry)["valid"]
    assert braincast.document("validate", "mine", entry) == {"valid": True, "problems": []}
    again = braincast.document("score", "mine", entry)
    own = again["models"]["ridge-rest"]
    assert own["metrics"] == run["models"]["ridge-rest"]["metrics"]
