"""The referee of the spiking engine: every neuron in every step, its motion by scipy's matrix exponential."""

from __future__ import annotations

import numpy as np
from scipy.linalg import expm

from braincast.dynamics.spiking.drive import all_kicks, trial_key

_NAMES = (
    "rest_mv", "reset_mv", "threshold_mv", "membrane_time_s", "synapse_time_s", "refractory_s", "unit_weight_mv",
    "bias_mv", "adaptation_mv", "adaptation_time_s",
)  # fmt: skip


def plain_spikes(network, drives, n_steps, *, seed=0, trial=0, silenced=()):
    """Step and neuron of each spike as an array [spike, 2], and v in mV at the end of each step [step, neuron]."""
    parameters, n_neurons = network.parameters, network.n_neurons
    dt_s = parameters.dt_s
    value = {name: parameters.of_each(name, n_neurons) for name in _NAMES}
    refractory = np.floor(value["refractory_s"] / dt_s + 1e-3).astype(int)
    for drive in drives:
        refractory[drive.driven] = 0
    motion = one_step(value, dt_s)
    matrices = weights(network, value["unit_weight_mv"], silenced)
    kicks = all_kicks(drives, 0, n_steps, dt_s, trial_key(seed, trial))
    zero = value["rest_mv"] + value["bias_mv"]
    state = np.zeros((n_neurons, 3))  # v above its resting value, g, adaptation
    state[:, 0] = value["rest_mv"] - zero
    since = np.full(n_neurons, 1 << 40)
    fired, spikes, traces = [], [], np.empty((n_steps, n_neurons))
    for step in range(n_steps):
        since += 1
        awake = since >= refractory
        moved = np.einsum("nij,nj->ni", motion, state)
        state[:, 2] = moved[:, 2]
        state[awake] = moved[awake]
        spiking = np.flatnonzero(awake & (state[:, 0] + zero > value["threshold_mv"]))
        since[spiking] = 0
        awake[spiking] = False
        fired.append(spiking)
        spikes.extend((step, neuron) for neuron in spiking)
        for delay, matrix in matrices.items():
            if step >= delay and len(fired[step - delay]):
                arriving = matrix[fired[step - delay]].sum(0)
                state[awake, 1] += arriving[awake]
        now = kicks.step == step
        for neuron, mv in zip(kicks.neuron[now], kicks.mv[now], strict=True):
            state[neuron, 0] += mv * awake[neuron]
        state[spiking, 0] = (value["reset_mv"] - zero)[spiking]
        state[spiking, 1] = 0
        state[spiking, 2] += value["adaptation_mv"][spiking]
        traces[step] = state[:, 0] + zero
    return np.array(spikes, np.int64).reshape(-1, 2), traces


def one_step(value, dt_s):
    """exp(dt · A) for d[v, g, a]/dt = A [v, g, a], for each neuron."""
    rows = {}
    times = list(zip(*(value[f"{name}_time_s"] for name in ("membrane", "synapse", "adaptation")), strict=True))
    for membrane, synapse, adaptation in set(times):
        change = [[-1 / membrane, 1 / membrane, -1 / membrane], [0, -1 / synapse, 0], [0, 0, -1 / adaptation]]
        rows[membrane, synapse, adaptation] = expm(dt_s * np.array(change))
    return np.array([rows[time] for time in times])


def weights(network, unit_weight_mv, silenced):
    """Delay in steps -> [pre, post] in mV."""
    pre, post, count = network.edges()
    of_edge = np.repeat(network.delay_steps, np.diff(network.start, axis=1).sum(1))
    matrices = {}
    for delay in network.delay_steps:
        matrix = np.zeros((network.n_neurons, network.n_neurons))
        chosen = of_edge == delay
        np.add.at(matrix, (pre[chosen], post[chosen]), count[chosen])
        matrix *= unit_weight_mv
        matrix[list(silenced)] = 0
        matrices[int(delay)] = matrix
    return matrices
