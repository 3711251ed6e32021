"""A thousand Hodgkin–Huxley cells in other simulators, for `conductance_speed.py`, which runs this where they live.

`python conductance_peers.py NAME FOLDER`: FOLDER holds `question.json` (duration_ms, dt_ms, n_repeats) and `drive.npy`
(µA/cm² of each cell). Prints one JSON document: processor and wall seconds of each repeat without what is done once,
and the spikes of each cell, upward crossings of 0 mV.
"""

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

REST_MV, LEAK_MV = -64.99638, -54.387
AREA_CM2 = 1e-5


def main(name: str, folder: Path) -> None:
    """Run one simulator on one core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    question = json.loads((folder / "question.json").read_text())
    drive = np.load(folder / "drive.npy")
    n_steps = round(question["duration_ms"] / question["dt_ms"])
    told = SIMULATORS[name](drive, n_steps, question["dt_ms"], question["n_repeats"])
    print(json.dumps(told))


def repeated(n_repeats, simulate, compiles=True, children=False):
    """What `simulate` found, and the seconds it took each time; where it compiles, a first time is not counted."""
    found, processor, wall = simulate() if compiles else None, [], []
    for _ in range(n_repeats):
        began, clock = _processor_s(children), time.perf_counter()
        found = simulate()
        processor.append(_processor_s(children) - began)
        wall.append(time.perf_counter() - clock)
    return {"spikes": np.asarray(found).astype(int).tolist(), "processor_s": processor, "wall_s": wall}


def jaxley(drive, n_steps, dt_ms, n_repeats):
    """In float32; spikes counted within the compiled program or from voltages handed out, whichever is faster."""
    import jax
    import jax.numpy as jnp
    import jaxley as jx
    from jaxley.channels import HH

    cell = jx.Cell(jx.Branch(jx.Compartment(), ncomp=1), [-1])
    cell.set("length", 20.0)
    cell.set("radius", AREA_CM2 * 1e8 / (2 * np.pi * 20.0))
    cell.insert(HH())
    cell.set("HH_eLeak", LEAK_MV)
    cell.set("v", REST_MV)
    cell.init_states()
    cell.record(verbose=False)

    def voltage(current_na):
        stimulus = cell.branch(0).comp(0).data_stimulate(jnp.full(n_steps, current_na))
        return jx.integrate(cell, data_stimuli=stimulus, delta_t=dt_ms, solver="crank_nicolson")[0]

    def counted(current_na):
        trace = voltage(current_na)
        return ((trace[:-1] < 0) & (trace[1:] >= 0)).sum()

    currents = jnp.asarray(drive * AREA_CM2 * 1e3, jnp.float32)
    in_program, handed_out = jax.jit(jax.vmap(counted)), jax.jit(jax.vmap(voltage))
    told = repeated(n_repeats, lambda: np.asarray(in_program(currents)))
    voltages = repeated(n_repeats, lambda: crossings(np.asarray(handed_out(currents)).T))
    best = min(told, voltages, key=lambda found: min(found["processor_s"]))
    return {**best, "version": jx.__version__, "jax": jax.__version__}


def neuron(drive, n_steps, dt_ms, n_repeats):
    """With its tables of rates, as it comes; second order."""
    import neuron
    from neuron import h

    h.load_file("stdrun.hoc")
    cells, stimuli, times = [], [], []
    for current in drive:
        cell = h.Section()
        cell.L, cell.diam, cell.nseg, cell.cm = 20.0, AREA_CM2 * 1e8 / (np.pi * 20.0), 1, 1.0
        cell.insert("hh")
        cell(0.5).hh.el, cell.ena, cell.ek = LEAK_MV, 50, -77
        stimulus = h.IClamp(cell(0.5))
        stimulus.delay, stimulus.dur, stimulus.amp = 0, 1e9, current * AREA_CM2 * 1e3
        counter, train = h.NetCon(cell(0.5)._ref_v, None, sec=cell), h.Vector()
        counter.threshold = 0
        counter.record(train)
        cells.append(cell)
        stimuli.append((stimulus, counter))
        times.append(train)
    h.celsius, h.secondorder, h.dt, h.steps_per_ms = 6.3, 2, dt_ms, round(1 / dt_ms)

    def simulate():
        h.finitialize(REST_MV)
        h.continuerun(n_steps * dt_ms)
        return [len(train) for train in times]

    return {**repeated(n_repeats, simulate, compiles=False), "version": neuron.__version__}


def brian2(drive, n_steps, dt_ms, n_repeats):
    """As compiled C++, exponential Euler; the build is not counted."""
    import brian2 as b2

    with tempfile.TemporaryDirectory() as output:
        b2.set_device("cpp_standalone", directory=output, build_on_run=False)
        b2.defaultclock.dt = dt_ms * b2.ms
        group = b2.NeuronGroup(
            len(drive), BRIAN2_EQUATIONS, method="exponential_euler", threshold="v > 0", refractory="v > 0"
        )
        group.v, group.I = REST_MV, drive
        for gate in "mhn":
            setattr(group, gate, f"a{gate} / (a{gate} + b{gate})")
        monitor = b2.SpikeMonitor(group, record=False)
        net = b2.Network(group, monitor)
        net.run(n_steps * dt_ms * b2.ms)
        b2.device.build(directory=output, compile=True, run=False)

        def simulate():
            b2.device.run()
            return np.asarray(monitor.count)

        return {**repeated(n_repeats, simulate, compiles=False, children=True), "version": b2.__version__}


BRIAN2_EQUATIONS = """
    dv/dt = (I - 120 * m**3 * h * (v - 50) - 36 * n**4 * (v + 77) - 0.3 * (v + 54.387)) / ms : 1
    dm/dt = (am * (1 - m) - bm * m) / ms : 1
    dh/dt = (ah * (1 - h) - bh * h) / ms : 1
    dn/dt = (an * (1 - n) - bn * n) / ms : 1
    am = 1 / exprel(-(v + 40) / 10) : 1
    bm = 4 * exp(-(v + 65) / 18) : 1
    ah = 0.07 * exp(-(v + 65) / 20) : 1
    bh = 1 / (1 + exp(-(v + 35) / 10)) : 1
    an = 0.1 / exprel(-(v + 55) / 10) : 1
    bn = 0.125 * exp(-(v + 65) / 80) : 1
    I : 1
"""


def crossings(voltage_mv):
    """Upward crossings of 0 mV in each column."""
    return ((voltage_mv[:-1] < 0) & (voltage_mv[1:] >= 0)).sum(axis=0)


def _processor_s(children):
    used = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


SIMULATORS = {"jaxley": jaxley, "neuron": neuron, "brian2": brian2}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
