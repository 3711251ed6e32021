"""`probe` from a fit on disk to its folder, and what it refuses."""

import signal
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from command_line import one_document, with_home
from made_recordings import random_walks
from refusals import refused

from braincast.cli.probing import probe
from braincast.files import check_manifest

pytestmark = pytest.mark.slow
PROBES = {
    "lesion": {"neuron": "b", "refits": 1, "states": 20},
    "stimulate": {"neuron": "a,c", "leads": 6, "size": 0.5, "refits": 1, "states": 20},
    "jacobian": {"frames": 2, "refits": 0, "states": 20},
    "attribute": {"neuron": "d", "refits": 1, "states": 20},
    "dimension": {"leads": 6, "draws": 9},
}


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """The command line with a small forecast task, and a fit of it."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    command, walks = with_home(home), folder / "walks.npz"
    np.savez(walks, activity=random_walks(500), time_s=0.5 * np.arange(500), neuron=np.array(list("abcde")))
    command.document("data", "add", walks, "--name", "walks", "--yes")
    command.document("task", "new", "walks-forecast", "--dataset", "walks", "--context", 8, "--horizon", 4)
    command.document("fit", "walks-forecast", "var", "--set", "order=1", "--out", folder / "fit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRAINCAST_HOME", str(home))
        yield command, folder / "fit"


@pytest.mark.parametrize("kind", PROBES)
def test_a_probe_writes_its_document_effects_and_figure(kind, fitted, tmp_path, capsys):
    probe(fitted[1], kind, **PROBES[kind], out=tmp_path / kind, json_=True, quiet=True)
    found = one_document(capsys.readouterr().out)
    assert found["probe"] == kind and found["model"] == "var" and found["task"] == "walks-forecast"
    assert found["effects"] and found["null"]["kind"] and (found["p"] is None or 0 < found["p"] <= 1)
    check_manifest(tmp_path / kind)
    assert np.isfinite(pd.read_csv(found["files"]["effects"])["effect"]).all()
    root = ElementTree.parse(found["files"]["figure"]).getroot()
    assert f"{kind} of var" in (root[0].text or "") and len(list(root.iter())) > 20
    with refused("E501", "probe"):
        probe(fitted[1], kind, **PROBES[kind], out=tmp_path / kind)


def test_what_makes_no_sense_is_refused(fitted, tmp_path):
    run = fitted[1]
    for code, kind, given in (
        ("E305", "lesions", {}),
        ("E305", "lesion", {}),
        ("E305", "lesion", {"neuron": "a", "type_": "b"}),
        ("E305", "attribute", {"neuron": "a,b"}),
        ("E305", "jacobian", {"size": 2.0}),
        ("E308", "lesion", {"neuron": "z"}),
    ):
        with refused(code):
            probe(run, kind, **given, out=tmp_path / "none", quiet=True)
    with refused("E503", "fit"):
        probe(tmp_path, "jacobian")
    assert not list(tmp_path.iterdir())


def test_an_interrupted_probe_leaves_nothing(fitted, tmp_path):
    process = fitted[0].start("probe", fitted[1], "jacobian", "--refits", 100000, "--out", tmp_path / "probe")
    assert process.stderr is not None
    while "Refitting" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 4 and "Interrupted" in err and out == "" and not list(tmp_path.iterdir())
