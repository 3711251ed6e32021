"""The page and the terminal table of an imputation run."""

import io

import pytest
from made_imputations import imputation_task
from made_recordings import made_dataset
from rich.console import Console

from braincast.experiments.run import configure, run
from braincast.reports.html import render_report
from braincast.reports.terminal import show_result


@pytest.fixture(scope="module")
def made():
    task = imputation_task(n_groups=2, n_frames=400)
    return run(task, configure(task.card, "best-correlated")), task.card


def test_the_page_speaks_of_hidden_neurons_and_their_bound(made):
    result, card = made
    page = render_report(result.to_dict(), card, made_dataset().card, "braincast run x", result.judged.exhibits)
    assert "How well can hidden neurons be told?" in page and "one of 2 groups of neurons at a time" in page
    assert "4 pairs correlate by" in page and "of their bound on average" in page
    assert "Each frame as it was forecast" not in page and "Left of the line" not in page
    assert "frames of all neurons before each window" not in page and "Windows overlap" not in page


def test_the_examples_are_whole_windows_one_after_the_other(made):
    result, card = made
    (trace,) = [trace for trace in result.judged.exhibits.traces if trace.rank == "best"]
    course = next(course for course in trace.courses if course.model == result.headline)
    assert course.lead == 0 and len(course.frame) == card.horizon * card.n_windows["test"]["all"]
    assert (course.frame[1:] - course.frame[:-1] == 1).all()


def test_the_terminal_tells_the_ceiling(made):
    result, _ = made
    shown = io.StringIO()
    show_result(result.to_dict(), Console(file=shown, width=200))
    assert "homologues correlate by" in shown.getvalue() and "correlation" in shown.getvalue()
