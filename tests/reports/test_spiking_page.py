"""The pages of simulations: everything that is drawn or left out is said."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from braincast.brain.connectome import Connectome
from braincast.experiments.simulation.aftermath import Aftermath
from braincast.experiments.simulation.answers import screen_document
from braincast.experiments.simulation.chosen import Directory
from braincast.experiments.simulation.job import loaded, simulated
from braincast.experiments.simulation.protocol import Asked, protocol
from braincast.experiments.simulation.screening import Question, plan, screened
from braincast.experiments.simulation.wiring import Wiring, opened_wiring
from braincast.experiments.simulation.writing import document, neurons_with_rates
from braincast.reports.spiking import wording
from braincast.reports.spiking.brain_map import brain_map
from braincast.reports.spiking.page import simulation_page
from braincast.reports.spiking.raster import raster, raster_chart
from braincast.reports.spiking.screen_page import screen_page
from braincast.reports.spiking.tables import busiest, groupings


def simulated_on(wiring, **asked):
    network = loaded(wiring)
    table = wiring.connectome.neurons
    return simulated(network, protocol(Asked(**asked), table, Directory(table)))


def page_of(result, **changes):
    return simulation_page(document(result, Path("/made")) | changes, result, "braincast simulate fly")


@pytest.fixture(scope="module")
def driven():
    """A made-up fly of which many neurons are driven, in two trials."""
    wiring = opened_wiring(None, n_neurons=400, n_edges=16_000)
    return simulated_on(wiring, stimulate="100", duration_s=0.3, n_trials=2, silence="descending,synthetic-3")


def test_the_raster_says_which_share_of_neurons_and_spikes_it_shows(driven):
    drawn = raster(driven)
    strokes = raster_chart(drawn, 0.3).count("v")
    counts = driven.counts[0]
    n_driven, n_others = np.count_nonzero(counts[driven.protocol.driven]), np.count_nonzero(counts)
    assert len(drawn.time_s) == counts[np.concatenate([drawn.driven, drawn.others])].sum()
    assert f"of the {n_driven} driven neurons" in drawn.told and f"the {n_others - n_driven} others" in drawn.told
    assert f"{len(drawn.time_s):,} of the trial's {counts.sum():,} spikes" in drawn.told
    path = "".join(re.findall(r'class="spikes[^"]*" d="([^"]*)"', raster_chart(drawn, 0.3)))
    assert path.count("M") == len(drawn.time_s) <= 7_000 and strokes >= len(drawn.time_s)


def test_a_busy_raster_shows_neurons_evenly_in_the_order_of_their_rates():
    ring = {"pre": np.arange(299), "post": np.arange(299) + 1, "kind": "chemical", "weight": 1.0, "sign": 1}
    ids = pd.DataFrame({"id": [f"n{row}" for row in range(300)]})
    wiring = Wiring(Connectome(ids, pd.DataFrame(ring | {"delay_s": np.nan})), False, "0" * 64)
    result = simulated_on(wiring, stimulate="300", rate_hz=400.0, duration_s=1.0)
    drawn = raster(result)
    counts = result.counts[0][drawn.driven]
    assert len(drawn.time_s) <= 7_000 < result.n_spikes and (np.diff(counts) <= 0).all()
    assert counts[0] == result.counts.max() and counts[-1] == result.counts.min()


def test_the_page_has_the_label_the_drive_and_the_parameters_with_their_paper(driven):
    page = page_of(driven)
    assert '<p class="made-up"><b>Synthetic wiring</b>' in page
    assert "100 neurons driven by Poisson spikes at 150 Hz each." in page
    assert "68.75" not in page and "potential at rest" in page and "10.1038/s41586-024-07763-9" in page
    assert driven.loaded.wiring.sha256 in page and page.count('role="img"') == 4
    assert "nan" not in page.lower().replace("dominan", "")
    assert "default-src &#39;none&#39;" in page


def test_a_state_that_keeps_itself_up_is_told_and_another_is_not(driven):
    assert "keeps itself up" not in page_of(driven)
    going = replace(driven, aftermath=Aftermath(431_234.0, broad=True))
    assert "keeps itself up all over the brain: 431,234 spikes a second" in page_of(going)
    ending = replace(driven, aftermath=Aftermath(0.0, broad=True))
    assert "keeps itself up" not in page_of(ending)


def test_names_are_escaped_and_a_wiring_without_places_has_no_map():
    neurons = pd.DataFrame({"id": ["<script>a", "b"], "cell_type": ["<b>x", "y"]})
    edge = {"pre": [0], "post": [1], "kind": "chemical", "weight": 90.0, "sign": 1, "delay_s": np.nan}
    wiring = Wiring(Connectome(neurons, pd.DataFrame(edge), "<i>fly"), False, "0" * 64)
    page = page_of(simulated_on(wiring, stimulate="<script>a", duration_s=0.2))
    assert "<script" not in page and "&lt;script&gt;a" in page and "&lt;i&gt;fly" in page
    assert "&lt;b&gt;x" in page and "there is no map" in page and "Synthetic" not in page


def test_the_map_draws_each_kind_and_says_what_it_leaves_out():
    n = 6_000
    places = np.random.default_rng(0).normal(size=(n, 2)) * [300, 100]
    rate = np.where(np.arange(n) < 3_000, 0.0, np.arange(n) / 100.0)
    table = pd.DataFrame({"x_um": places[:, 0], "y_um": places[:, 1], "rate_hz": rate, "driven": np.arange(n) >= 5_900})
    table.loc[0, "x_um"] = np.nan
    drawn = brain_map(table)
    dots = {css: path.count("M") for css, path in re.findall(r'class="([^"]*)" d="([^"]*)"', drawn.drawing)}
    assert dots == {
        "place rate0": 2_000,
        "place rate1": 0,
        "place rate2": 0,
        "place rate3": 1_724,
        "place rate4": 776,
        "place driven": 100,
    }
    assert "2,000 of 2,999 silent neurons" in drawn.told and "1 neurons without a place" in drawn.told
    assert brain_map(table.drop(columns="x_um")) is None


def test_rates_of_groups_are_means_over_all_their_neurons_that_are_not_driven(driven):
    table = neurons_with_rates(driven)
    classes, n_all = next((groups, n_all) for column, groups, n_all in groupings(table) if column == "cell_class")
    own = table[~table["driven"]]
    for group in classes:
        rates = own.loc[own["cell_class"] == group.name, "rate_hz"]
        assert group.rate_hz == (pytest.approx(rates.mean()) if len(rates) else None)
        assert group.n_neurons == (table["cell_class"] == group.name).sum()
    assert n_all >= len(classes) > 1
    assert not set(own["id"]).isdisjoint(row["id"] for row in busiest(table))


def test_the_page_of_a_screen_has_each_phenotype_each_wrong_wiring_and_the_label(tmp_path):
    network = loaded(opened_wiring(None, n_neurons=300, n_edges=11_000))
    neurons = network.wiring.connectome.neurons
    table, directory = tmp_path / "table.csv", Directory(neurons)
    table.write_text("condition,readout,expected\nsensory,optic,active\nsynthetic-0,synthetic-1,active\n")
    question = Question("activate", among="each:ascending", phenotypes=table, nulls="weights-shuffled", n_draws=3)
    asks = plan(question, protocol(Asked(duration_s=0.1), neurons, directory), network, directory)
    result = screened(tmp_path, network, asks, source="a", n_threads=1)
    found = screen_document(result, Path("/made"))
    page = screen_page(found, result, "braincast simulate fly --screen activate")
    assert f"{found['accuracy']['right']} of 2 phenotypes are told" in page and page.count("draw null") == 3
    rows = re.findall(r"<td class=\"words\">(?:<strong>no</strong>|yes)", page)
    assert len(rows) == 2 and '<p class="made-up"><b>Synthetic wiring</b>' in page
    assert "always saying the commonest word, 100 %" in page and "<script" not in page
    changed = re.search(r"(\d+) of (\d+) responses change by more than 1 Hz", wording.changed(found))
    assert int(changed[1]) == (result.responses["change_hz"].abs() > 1).sum()
    assert int(changed[2]) == 2 * len(asks.screen.conditions)
