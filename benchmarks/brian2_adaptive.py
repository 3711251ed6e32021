"""The same adaptive network in Brian2 as compiled C++, for `adaptive_network.py`, run in Brian2's own environment.

`python brian2_adaptive.py FOLDER DURATION_S`: FOLDER holds `network.npz` (kinds by parameter, kind of each cell, pre,
post, weight_ns, delay_step) and `kicks.npz` (cell, step, ns); it gets `brian2.npz` (cell, step of each spike). Prints
one JSON document of times. Equations are those of Brette & Gerstner (2005), the method is Brian2's own `rk2`.
"""

import json
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

BEGAN = time.perf_counter()
NAMES = (
    "capacitance", "leak", "rest", "rheobase", "slope", "peak", "reset", "pause", "tau_w", "a", "b", "current",
    "tau_e", "tau_i", "rev_e", "rev_i",
)  # fmt: skip
EQUATIONS = """
dv/dt = (leak * (slope * exp((u - rheobase) / slope) - (u - rest)) - w + ge * (rev_e - u) + gi * (rev_i - u)
         + current) / capacitance / ms : 1 (unless refractory)
dw/dt = (a * (u - rest) - w) / (tau_w * ms) : 1
u = clip(v, -1000, peak) : 1
dge/dt = -ge / (tau_e * ms) : 1
dgi/dt = -gi / (tau_i * ms) : 1
""" + "\n".join(f"{name} : 1 (constant)" for name in NAMES)


def main(folder: Path, duration_s: float) -> None:
    """Build, run, and say how long each part took."""
    import brian2 as b2

    # Numbers as they are: without this the compiler may round as it likes.
    strict = ["-w", "-O3", "-march=native", "-ffp-contract=off", "-std=c++17"]
    b2.prefs.codegen.cpp.extra_compile_args_gcc = strict
    with tempfile.TemporaryDirectory() as output:
        b2.set_device("cpp_standalone", directory=output, build_on_run=False)
        b2.defaultclock.dt = 0.1 * b2.ms
        net, monitor = network(b2, np.load(folder / "network.npz"), np.load(folder / "kicks.npz"))
        net.run(duration_s * b2.second)
        described = time.perf_counter()
        b2.device.build(directory=output, compile=True, run=False)
        built = time.perf_counter()
        before, found = computing(), []
        watching = threading.Thread(target=watch_children, args=(found,), daemon=True)
        watching.start()
        b2.device.run()
        ended, cpu_s = time.perf_counter(), computing() - before
        loop_s = float((Path(output) / "results" / "last_run_info.txt").read_text().split()[0])
        step = np.rint(np.asarray(monitor.t / b2.ms) * 10).astype(np.int32)
        np.savez(folder / "brian2.npz", cell=np.asarray(monitor.i, np.int32), step=step)
    times = {"describe_s": described - BEGAN, "build_s": built - described, "run_s": ended - built, "loop_s": loop_s}
    times["cpu_s"] = cpu_s
    memory = {"peak_mb": highest_mb("self"), "engine_mb": max(found)}
    print(json.dumps({**times, **memory, "version": b2.__version__}))


def highest_mb(process: str) -> float:
    """The most memory that a process had; what getrusage says of it holds its parent's as well."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0.0)


def watch_children(found: list[float]) -> None:
    """Their memory, time and again."""
    while True:
        for task in Path("/proc/self/task").iterdir():
            names = (task / "children").read_text(encoding="ascii").split()
            programs = [name for name in names if Path(f"/proc/{name}/comm").read_text().strip() == "main"]
            found.extend(highest_mb(name) for name in programs)
        time.sleep(0.02)


def computing() -> float:
    """Seconds that child processes have computed for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def network(b2, asked, kicks):
    """The cells, their synapses, the kicks, and a monitor of all spikes."""
    kind = asked["kind"]
    cells = b2.NeuronGroup(
        len(kind), EQUATIONS, method="rk2", threshold="v > peak", reset="v = reset; w += b",
        refractory="pause * ms", name="cells",
    )  # fmt: skip
    for column, name in enumerate(NAMES):
        setattr(cells, name, asked["kinds"][kind, column])
    cells.v = asked["kinds"][kind, NAMES.index("rest")]
    parts = [cells]
    for into, sign in (("ge", 1), ("gi", -1)):
        for delay in np.unique(asked["delay_step"]):
            own = (sign * asked["weight_ns"] > 0) & (asked["delay_step"] == delay)
            if not own.any():
                continue
            name = f"{into}_{delay}"
            part = b2.Synapses(cells, cells, "x : 1", on_pre=f"{into}_post += x", delay=0.1 * delay * b2.ms, name=name)
            part.connect(i=asked["pre"][own], j=asked["post"][own])
            part.x = sign * asked["weight_ns"][own]
            parts.append(part)
    source = b2.SpikeGeneratorGroup(len(kind), kicks["cell"], kicks["step"] * 0.1 * b2.ms, name="source")
    into = b2.Synapses(source, cells, "x : 1", on_pre="ge_post += x", name="into")
    into.connect(i=np.arange(len(kind)), j=np.arange(len(kind)))
    into.x = asked["kick_ns"][kind]
    monitor = b2.SpikeMonitor(cells, name="monitor")
    return b2.Network(*parts, source, into, monitor), monitor


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
