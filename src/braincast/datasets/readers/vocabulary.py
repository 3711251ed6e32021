"""What laboratories call things: names of arrays and columns, without case, spaces and signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

ACTIVITY = (
    *("activity", "dff", "dfof", "fdff", "deltaff", "dfoverf", "traces", "trace", "calcium", "fluorescence", "f"),
    *("bold", "rates", "rate", "spikes", "signals", "signal", "timeseries", "ts", "tc", "c", "x", "data", "values"),
)
# Name of a time axis → the unit that it states; "" where it states none.
TIMES = {
    **dict.fromkeys(("time", "times", "t", "timestamps", "timestamp", "frametimes", "tvec"), ""),
    **dict.fromkeys(("timesec", "timeseconds", "seconds", "sec"), "s"),
    **dict.fromkeys(("timems", "milliseconds", "ms"), "ms"),
    **dict.fromkeys(("timeus", "timemin"), ""),
    **dict.fromkeys(("frame", "frames", "frameindex"), "frames"),
    "timeus": "us",
    "timemin": "min",
}
RATES = ("ratehz", "fs", "fps", "framerate", "samplingrate", "samplerate", "imagingrate", "fr", "hz")
STEPS = ("dts", "dt", "tr", "trs", "tsample")
NEURONS = (
    *("neuron", "neurons", "neuronnames", "neuronids", "neuronid", "neuronname", "cell", "cells", "cellids", "cellid"),
    *("roi", "rois", "roinames", "roiids", "roiid", "unitids", "names", "labels", "ids", "id", "channels", "channel"),
    *("electrodes", "nodes", "node", "parcels", "regions", "regionnames", "regionacronyms", "columns", "series"),
)
ANATOMY = {
    **dict.fromkeys(("celltype", "celltypes", "type", "types", "cellclass", "class"), "cell_type"),
    **dict.fromkeys(("region", "regions", "regionnames", "brainregion", "location", "locations", "area"), "region"),
    **dict.fromkeys(("side", "sides", "hemisphere", "hemispheres"), "side"),
    **dict.fromkeys(("transmitter", "neurotransmitter", "nt", "nttype"), "transmitter"),
    **{axis: f"{axis}_um" for axis in "xyz"},
    **{f"{axis}um": f"{axis}_um" for axis in "xyz"},
}
STIMULI = ("stimulus", "stimuli", "stim", "stimulusfeatures")
BEHAVIOURS = ("behaviour", "behavior", "velocity", "speed", "running", "motion")
MATRICES = (
    *("sc", "adjacency", "adjacencymatrix", "connectivity", "connectome", "weights", "weightmatrix", "w", "a"),
    *("cmat", "synapses", "structuralconnectivity", "chem", "chemical", "gap", "electrical", "counts"),
)
PRE = (
    *("pre", "preid", "prerootid", "prept", "presynapticid", "presynaptic", "preneuron", "bodyidpre", "precell"),
    *("source", "sourceid", "from", "fromtype", "fromneuron", "neuronpre", "presynapticrootid", "neuron1", "cell1"),
)
POST = (
    *("post", "postid", "postrootid", "postpt", "postsynapticid", "postsynaptic", "postneuron", "bodyidpost"),
    *("postcell", "target", "targetid", "to", "totype", "toneuron", "neuronpost", "postsynapticrootid"),
    *("neuron2", "cell2"),
)
WEIGHTS = (
    *("weight", "weights", "syn", "syncount", "synapsecount", "synapses", "synapsestotal", "nsyn", "nsynapses"),
    *("count", "n", "number", "nbr", "connectivity", "strength", "value", "connectionstotal"),
)
SIGNS = ("sign", "signs", "excitatory", "polarity")
KINDS = ("kind", "edgekind", "synapsetype", "connectiontype")
KIND_WORDS = {
    **dict.fromkeys(("chemical", "chem", "chemicalsynapse", "c", "send", "sp", "s"), "chemical"),
    **dict.fromkeys(("electrical", "gap", "gapjunction", "gapjunctions", "ej", "e", "electricalsynapse"), "electrical"),
    **dict.fromkeys(("peptidergic", "neuropeptide", "peptide"), "peptidergic"),
    **dict.fromkeys(("monoaminergic", "monoamine"), "monoaminergic"),
    **dict.fromkeys(("tract", "fibre", "fiber", "streamlines"), "tract"),
}
VALUES = ("value", "values", *ACTIVITY)


def plain(name: object) -> str:
    """A name without case, spaces and signs; of a path, its last part."""
    return re.sub(r"[^a-z0-9]", "", str(name).rsplit("/", 1)[-1].lower())


def first_of(words: Iterable[str], names: Iterable[str]) -> str | None:
    """The name that comes first in the order of the vocabulary; None if none is in it."""
    known: Mapping[str, str] = {plain(name): name for name in reversed(list(names))}
    return next((known[word] for word in words if word in known), None)
