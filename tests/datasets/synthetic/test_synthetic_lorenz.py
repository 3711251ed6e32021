import numpy as np
from refusals import refused

from braincast.datasets.registry import dataset_card
from braincast.datasets.synthetic import convection, ring
from braincast.datasets.synthetic.chaos import chaotic_brain
from braincast.dynamics.convection import advanced


def test_frames_of_convection_follow_the_equation_within_a_condition_only():
    recording = convection.convecting_brain(60, seed=1, n_conditions=2)
    clean = np.asarray(recording.activity, np.float64)
    step = np.abs(advanced(clean[:-1], convection.FRAME_TIME) - clean[1:]).max(axis=1)
    assert step[29] > 0.5 and np.delete(step, 29).max() < 1e-4
    assert recording.time_s[1] == convection.FRAME_TIME and recording.neurons == ("x", "y", "z")


def test_the_same_seed_gives_the_same_convection():
    first, again, other = (convection.convecting_brain(12, seed=s, n_conditions=1).activity for s in (1, 1, 2))
    assert (first == again).all() and (first != other).all()


def test_more_conditions_than_frames_are_refused():
    with refused("E305", "n_conditions"):
        convection.convecting_brain(2, seed=1)


def test_what_the_cards_say_is_what_is_made():
    for name, made in (("synthetic-lorenz63", convection), ("synthetic-lorenz96", ring)):
        assert f"{made.N_FRAMES:,} frames" in dataset_card(name).summary
    ring_brain = chaotic_brain(ring.N_NEURONS, 40, seed=ring.SEED, noise_sd=0.0, n_conditions=1)
    assert ring_brain.activity.shape == (40, 8)
