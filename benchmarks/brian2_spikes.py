"""The same network in Brian2 as compiled C++, for `spiking_speed.py`, which runs this in Brian2's own environment.

`python brian2_spikes.py FOLDER DURATION_S`: FOLDER holds `edges.npz` (pre, post, count, n_neurons) and
`kicks.npz` (neuron, step); it gets `brian2.npz` (neuron, step of each spike). Prints one JSON document of times.
Equations and order of events are those that Shiu et al. (2024, Nature 634:210) describe.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

BEGAN = time.perf_counter()


def main(folder: Path, duration_s: float) -> None:
    """Build, run, and say how long each part took."""
    import brian2 as b2

    with tempfile.TemporaryDirectory() as output:
        b2.set_device("cpp_standalone", directory=output, build_on_run=False)
        b2.defaultclock.dt = 0.1 * b2.ms
        net, monitor = network(b2, np.load(folder / "edges.npz"), np.load(folder / "kicks.npz"))
        net.run(duration_s * b2.second)
        described = time.perf_counter()
        b2.device.build(directory=output, compile=True, run=False)
        built = time.perf_counter()
        b2.device.run()
        ended = time.perf_counter()
        loop_s = float((Path(output) / "results" / "last_run_info.txt").read_text().split()[0])
        step = np.rint(np.asarray(monitor.t / b2.ms) * 10).astype(np.int32)
        np.savez(folder / "brian2.npz", neuron=np.asarray(monitor.i, np.int32), step=step)
    times = {"describe_s": described - BEGAN, "build_s": built - described, "run_s": ended - built, "loop_s": loop_s}
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({**times, "total_s": ended - BEGAN, "peak_mb": peak / 1024, "version": b2.__version__}))


def network(b2, edges, kicks):
    """The neurons, their synapses, the kicks, and a monitor of all spikes."""
    names = {
        "rest": -52 * b2.mV,
        "reset": -52 * b2.mV,
        "threshold": -45 * b2.mV,
        "membrane": 20 * b2.ms,
        "synapse": 5 * b2.ms,
        "kick": 250 * 0.275 * b2.mV,
    }
    equations = """
        dv/dt = (rest - v + g) / membrane : volt (unless refractory)
        dg/dt = -g / synapse : volt (unless refractory)
        period : second
    """
    neurons = b2.NeuronGroup(
        int(edges["n_neurons"]), equations, method="exact", threshold="v > threshold", reset="v = reset; g = 0*mV",
        refractory="period", namespace=names, name="neurons",
    )  # fmt: skip
    period = np.full(int(edges["n_neurons"]), 2.2e-3)
    driven, index = np.unique(kicks["neuron"], return_inverse=True)
    period[driven] = 0
    neurons.v = names["rest"]
    neurons.period = period * b2.second
    synapses = b2.Synapses(neurons, neurons, "w : volt", on_pre="g += w", delay=1.8 * b2.ms, name="synapses")
    synapses.connect(i=edges["pre"], j=edges["post"])
    synapses.w = edges["count"] * 0.275 * b2.mV
    source = b2.SpikeGeneratorGroup(len(driven), index, kicks["step"] * 0.1 * b2.ms, name="source")
    into = b2.Synapses(source, neurons, on_pre="v += kick", namespace=names, name="into")
    into.connect(i=np.arange(len(driven)), j=driven)
    monitor = b2.SpikeMonitor(neurons, name="monitor")
    return b2.Network(neurons, synapses, source, into, monitor), monitor


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
