"""The page and the terminal table of a rollout run."""

import io

import pytest
from made_rollouts import rollout_task
from rich.console import Console

from braincast.datasets.card import DatasetCard
from braincast.experiments.run import configure, run
from braincast.reports.html import render_report
from braincast.reports.terminal import show_result


@pytest.fixture(scope="module")
def made():
    """A run of one model, and the card of its made-up dataset."""
    task = rollout_task(undriven=("mean",))
    result = run(task, configure(task.card, "nvar"))
    dataset = DatasetCard(
        name="made",
        version="1",
        title="Made up <b>",
        species="none",
        summary="Oscillators.",
        n_animals="1",
        licence="none",
        citation=(),
        sources=(),
        redistribute="yes",
        contents=(),
        traps=("Beware of <script>.",),
    )
    return result, task.card, dataset


@pytest.fixture(scope="module")
def page(made):
    result, card, dataset = made
    return render_report(result.to_dict(), card, dataset, "braincast run made-rollout", result.judged.exhibits)


def test_the_document_has_every_measure_of_models_and_controls(made):
    document = made[0].to_dict()
    assert list(document["models"]) == ["mean", "ar", "nvar", "truth", "surrogate", "shuffled"]
    for entry in document["models"].values():
        assert set(entry["metrics"]) == set(made[1].metric_keys)
        assert entry["role"] in ("model", "baseline", "control")
    assert document["headline_rule"] == "smallest absolute error on validation windows"


def test_the_page_shows_measures_spectra_and_paths(page):
    for heading in ("measures", "stability", "spectra", "paths", "notes", "made"):
        assert f'id="{heading}"' in page
    assert page.count("paths in two principal components</title>") == 6  # what followed, two controls, three models
    assert "Power spectra</title>" in page


def test_the_page_loads_nothing_and_escapes_every_name(page):
    assert "<script>." not in page and "Beware of &lt;script&gt;." in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_document_without_exhibits_has_a_page_without_pictures(made):
    result, card, dataset = made
    page = render_report(result.to_dict(), card, dataset, "braincast run made-rollout")
    assert 'id="measures"' in page and 'id="spectra"' not in page


@pytest.mark.parametrize("width", [80, 160])
def test_the_terminal_shows_every_row_beside_its_floor(made, width):
    stream = io.StringIO()
    show_result(made[0].to_dict(), Console(width=width, file=stream))
    text = stream.getvalue()
    assert all(name in text for name in ("nvar", "truth", "surrogate", "shuffled", "truth against truth"))
