"""Surrogate recordings: what is left of activity when the phases of its frequencies are drawn anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from braincast.brain.recording import Recording
from braincast.brain.stretches import conditions_of
from braincast.errors import BraincastError


def phase_randomised(
    activity: Float[np.ndarray, "time neuron"], *, seed: int, independent: bool = True
) -> Float[np.ndarray, "time neuron"]:
    """Activity with random Fourier phases and the same power spectrum (Theiler et al. 1992, Physica D 58:77).

    Mean, variance and autocorrelation of each neuron stay as they are. `independent` draws phases for each neuron,
    which destroys every relation between neurons; otherwise all neurons share them, which keeps correlations at every
    lag (Prichard & Theiler 1994, Physical Review Letters 73:951). The result is nearer to a stationary Gaussian
    process than the original: order in time and large events are lost. A value that is not finite is E110.

    >>> two = phase_randomised(np.random.default_rng(0).normal(size=(100, 2)), seed=1)
    >>> two.shape
    (100, 2)
    """
    if not np.isfinite(activity).all():
        what, fix = "a value is not finite", "Fill or cut missing frames first"
        raise BraincastError("E110", "activity", what, fix)
    n_frames, n_neurons = activity.shape
    spectrum = np.fft.rfft(activity, axis=0)
    turned = slice(1, (n_frames + 1) // 2)  # the mean and, with an even length, the highest frequency stay real
    n_turned = len(range(*turned.indices(len(spectrum))))
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, (n_turned, n_neurons if independent else 1))
    spectrum[turned] *= np.exp(1j * phases)
    return np.fft.irfft(spectrum, n=n_frames, axis=0).astype(activity.dtype)


def surrogate(recording: Recording, *, seed: int, independent: bool = True) -> Recording:
    """The recording in memory with phases randomised within each of its conditions (see `phase_randomised`).

    Frames outside all conditions stay as they are. Stimulus and behaviour are left out, as they would no longer fit.
    """
    activity = np.array(recording.activity, dtype=np.float64)
    for number, (_, start, stop) in enumerate(conditions_of(recording)):
        part_seed = int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0])
        activity[start:stop] = phase_randomised(activity[start:stop], seed=part_seed, independent=independent)
    return replace(recording, activity=activity, stimulus=None, behaviour=None)
