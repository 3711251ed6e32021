"""A simulation as one page that opens from disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from braincast.experiments.simulation.job import CITATION, Simulated
from braincast.experiments.simulation.writing import neurons_with_rates
from braincast.reports.html import rendered
from braincast.reports.spiking import wording
from braincast.reports.spiking.brain_map import RATE_CLASSES, brain_map
from braincast.reports.spiking.raster import raster, raster_chart
from braincast.reports.spiking.rate_charts import bin_s, population_chart, rates_chart
from braincast.reports.spiking.tables import busiest, groupings

STYLES = ("report.css", "explore.css", "plots.css", "spiking/spiking.css")
_COLUMNS = {"cell_type": "Cell types", "cell_class": "Cell classes", "region": "Regions"}
# In the order of the page: what each parameter is, and its unit.
PARAMETERS = {
    "rest_mv": ("potential at rest", "mV"),
    "reset_mv": ("potential after a spike", "mV"),
    "threshold_mv": ("threshold", "mV"),
    "membrane_time_s": ("membrane time constant", "s"),
    "synapse_time_s": ("synapse time constant", "s"),
    "refractory_s": ("refractory time; input that arrives in it is discarded", "s"),
    "delay_s": ("delay of all edges", "s"),
    "unit_weight_mv": ("weight of one synapse", "mV"),
    "dt_s": ("time step of input and of delays", "s"),
    "bias_mv": ("constant drive", "mV"),
    "adaptation_mv": ("adaptation added by a spike", "mV"),
    "adaptation_time_s": ("adaptation time constant", "s"),
}


def simulation_page(document: Mapping[str, Any], result: Simulated, command: str) -> str:
    """The page's text. `document` is what `braincast simulate fly --json` prints."""
    neurons = neurons_with_rates(result)
    duration_s = result.protocol.asked.duration_s
    drawn = raster(result)
    return rendered(
        "spiking/report.html.j2",
        STYLES,
        (),
        document=document,
        words=wording,
        command=command,
        raster=raster_chart(drawn, duration_s),
        raster_told=drawn.told,
        bin_ms=1000 * bin_s(duration_s),
        population=population_chart(result),
        rates=rates_chart(result.rate_hz[result.recruited]),
        busiest=busiest(neurons),
        groupings=[(_COLUMNS[column], groups, n_all) for column, groups, n_all in groupings(neurons)],
        map=brain_map(neurons),
        rate_classes=RATE_CLASSES,
        silenced=_names(neurons, result.protocol.silenced),
        driven=_names(neurons, result.protocol.driven),
        parameters=model_parameters(document),
        citation=CITATION,
    )


def model_parameters(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What each parameter is, its unit, and its value."""
    return [(*PARAMETERS[name], _value(value)) for name, value in document["parameters"].items()]


def _names(neurons: Any, rows: np.ndarray, most: int = 12) -> str:
    """A few ids, and how many more."""
    ids = neurons["id"].iloc[rows[:most]].tolist()
    more = f" and {len(rows) - most:,} more" if len(rows) > most else ""
    return ", ".join(ids) + more


def _value(value: float | list[float]) -> str:
    if isinstance(value, list):
        return f"{min(value):g} to {max(value):g}, by neuron"
    return f"{value:g}"
