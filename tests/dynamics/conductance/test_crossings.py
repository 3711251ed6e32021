"""Crossings found part by part are those of the whole."""

import numpy as np
import pytest

from braincast.dynamics.conductance.crossings import bounds, rises, upward_crossings


def test_a_crossing_lies_where_a_wave_of_known_phase_passes_the_threshold():
    time = np.arange(400)
    waves = np.stack([np.sin(0.1 * time - 1.0), np.sin(0.05 * time - 2.0)], axis=1)
    trace, at = upward_crossings(waves, 0.25)
    exact = [
        (np.arcsin(0.25) + 1.0 + 2 * np.pi * np.arange(7)) / 0.1,
        (np.arcsin(0.25) + 2.0 + 2 * np.pi * np.arange(3)) / 0.05,
    ]
    for number in (0, 1):
        assert at[trace == number] == pytest.approx(exact[number][exact[number] < 399], abs=2e-4)


def test_neither_a_jump_nor_a_number_that_is_none_is_calm():
    limits = bounds(np.dtype(np.float32), 0.0, 1000.0, 60.0)
    for value in (0.0, 59.0, 61.0, -61.0, 1001.0, np.nan, np.inf):
        voltage = np.zeros((4, 3), np.float32)
        voltage[2, 1] = value
        *_, calm = rises(voltage, *limits, 0, 3)
        assert calm == (value in (0.0, 59.0))


@pytest.mark.parametrize("n_frames", [1, 2, 3, 7, 1000])
def test_spikes_do_not_depend_on_the_length_of_parts(n_frames, monkeypatch):
    from braincast.dynamics.conductance import parameters_of, read_circuit, simulate_spikes, simulation, stacked

    squid = read_circuit("hh")
    batch = stacked([parameters_of(squid.changed({"current": drive})) for drive in (8, 12)])
    how = {"duration_ms": 3.0, "dtype": np.float64, "integrator": "exponential-euler"}
    whole = simulate_spikes(squid, batch, **how)
    monkeypatch.setattr(simulation, "_CHUNK_VALUES", 2 * n_frames)
    parts = simulate_spikes(squid, batch, **how)
    assert all(len(one["axon"]) == 1 for one in whole)
    assert [one["axon"].tolist() for one in parts] == [one["axon"].tolist() for one in whole]
