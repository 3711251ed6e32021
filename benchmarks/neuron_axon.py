"""Rallpack 3 in NEURON, for `cable_accuracy.py`, which runs this in an environment of NEURON's.

`python neuron_axon.py DT_MS EVERY_MS DURATION_MS`: prints one JSON document with the voltage (mV) of the first and of
the last of 1,000 compartments every EVERY_MS, by the second-order method without tables of rates.
"""

import json
import sys

import numpy as np

N_COMPARTMENTS = 1_000


def main(dt_ms, every_ms, duration_ms):
    """The axon of 1 mm × 1 µm with 0.1 nA into one end."""
    import neuron
    from neuron import h

    h.load_file("stdrun.hoc")
    axon = h.Section()
    axon.L, axon.diam, axon.nseg, axon.Ra, axon.cm = 1000, 1, N_COMPARTMENTS, 100, 1
    axon.insert("hh")
    h.usetable_hh, h.celsius, h.secondorder = 0, 6.3, 2
    for segment in axon:
        segment.hh.gnabar, segment.hh.gkbar, segment.hh.gl, segment.hh.el = 0.12, 0.036, 2.5e-5, -65
    axon.ena, axon.ek = 50, -77
    ends = {"near": axon(0.5 / N_COMPARTMENTS), "far": axon(1 - 0.5 / N_COMPARTMENTS)}
    stimulus = h.IClamp(ends["near"])
    stimulus.delay, stimulus.dur, stimulus.amp = 0, 1e9, 0.1
    voltages = {name: h.Vector().record(end._ref_v, every_ms) for name, end in ends.items()}
    h.steps_per_ms = round(1 / dt_ms)
    h.dt = dt_ms
    h.finitialize(-65)
    h.continuerun(duration_ms + dt_ms / 2)
    traces = {name: np.round(np.array(voltage), 4).tolist() for name, voltage in voltages.items()}
    print(json.dumps({**traces, "dt_ms": dt_ms, "every_ms": every_ms, "neuron": neuron.__version__}))


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:4]))
