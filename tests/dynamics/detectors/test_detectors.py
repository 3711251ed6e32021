"""The classical detectors against their closed forms on gratings and edges, and their symmetries."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from eye_symmetries import mirrored_left_right, order_of, rotated

from braincast.dynamics.detectors.arms import arm_columns, arm_deg
from braincast.dynamics.detectors.barlow_levick import BarlowLevick
from braincast.dynamics.detectors.channels import channel_signal
from braincast.dynamics.detectors.detector import opponent, responses
from braincast.dynamics.detectors.hassenstein_reichardt import HassensteinReichardt, grating_response
from braincast.dynamics.detectors.motion_energy import MotionEnergy
from braincast.dynamics.detectors.three_arm import ThreeArm
from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.edges import moving_edge
from braincast.dynamics.scenes.flash import full_field_flash
from braincast.dynamics.scenes.grating import grating
from braincast.dynamics.scenes.movie import DEGREES_PER_COLUMN, Movie
from braincast.dynamics.scenes.optics import wave_contrast
from braincast.errors import BraincastError

DETECTORS = (HassensteinReichardt(), BarlowLevick(), ThreeArm(), MotionEnergy())
DT_S = 0.002


def _steady(detector, wavelength_deg, frequency_hz, angle_deg, answer=responses):
    """The mean answer of the central column over the last whole wave, for a contrast of 1 at the columns."""
    wave_s = 1 / frequency_hz
    contrast = wave_contrast(2 * math.pi * DEGREES_PER_COLUMN / wavelength_deg)
    settled_s = 0.6
    movie = grating(1, wavelength_deg, frequency_hz, angle_deg, 1.0, settled_s + wave_s, DT_S)
    last = round(wave_s / DT_S)
    centre = len(columns(1)) // 2
    course = answer(detector, movie, (angle_deg,))[-last:, centre, 0] / contrast**2
    return course.mean(), np.ptp(course)


def _edge_of_steps(speed, n_frames=400):
    """A movie in which an ideal edge that moves up turns column after column white in one frame."""
    passing_s = (2 + positions(columns(1))[:, 1]) / speed
    time_s = np.arange(n_frames)[:, None] * DT_S
    return Movie(np.where(time_s >= passing_s - DT_S / 4, 1.0, 0.5), DT_S)


@pytest.mark.parametrize(("frequency_hz", "published"), [(0.25, 0.0732), (1, 0.2680), (3.18, 0.4686), (10, 0.2709)])
def test_reichardts_detector_answers_a_grating_as_its_closed_form(frequency_hz, published):
    """Protocols, section 5: arms 5.8 degrees apart, a wavelength of 30, a delay of 50 ms."""
    seen, ripple = _steady(HassensteinReichardt(0.05), 30.0, float(frequency_hz), 90.0)
    assert seen == pytest.approx(published, rel=0.01)
    assert grating_response(arm_deg(90.0), 30.0, float(frequency_hz), 0.05) == pytest.approx(published, rel=2e-3)
    assert ripple < 0.01 * seen


@pytest.mark.parametrize("angle_deg", [0.0, 30.0, 90.0, 210.0, 300.0])
def test_an_arm_is_as_long_as_it_says_in_every_direction(angle_deg):
    arm_columns_there = positions(columns(1))[arm_columns(1, angle_deg)[:, 3]]
    ahead = arm_columns_there.mean(axis=0) * DEGREES_PER_COLUMN
    radians = math.radians(angle_deg)
    np.testing.assert_allclose(ahead, arm_deg(angle_deg) * np.array([math.cos(radians), math.sin(radians)]), atol=1e-12)


def test_beyond_the_sampling_limit_a_grating_seems_to_move_backwards():
    for wavelength_deg in (6.5, 8.0, 10.0, 11.0):
        for detector in (HassensteinReichardt(), MotionEnergy()):
            seen, _ = _steady(detector, wavelength_deg, 2.0, 90.0, opponent)
            assert seen < 0, (wavelength_deg, detector)
    for wavelength_deg in (12.5, 20.0, 60.0):
        for detector in (HassensteinReichardt(), MotionEnergy()):
            seen, _ = _steady(detector, wavelength_deg, 2.0, 90.0, opponent)
            assert seen > 0, (wavelength_deg, detector)


@pytest.mark.parametrize("frequency_hz", [1.0, 4.0, 8.0])
def test_opponent_motion_energy_of_a_grating_is_steady_and_has_its_closed_form(frequency_hz):
    tau_s = 0.02
    seen, ripple = _steady(MotionEnergy(tau_s), 30.0, frequency_hz, 90.0, opponent)
    step, turn = 2 * math.pi * DEGREES_PER_COLUMN / 30, 2 * math.pi * frequency_hz * tau_s
    passed = 1 / (1 + 1j * turn)
    fast, slow = passed**4 - passed**6, passed**6 - passed**8
    odd, even = 2 * math.sin(step), 2 * (1 - math.cos(step))
    expected = 4 * odd * even * (fast * slow.conjugate()).imag
    assert seen == pytest.approx(expected, rel=0.01)
    assert ripple < 0.01 * seen


def test_a_veto_leaves_of_the_null_direction_what_its_filter_has_forgotten():
    """An edge that comes from the leading side finds the veto at 1 - exp(-Δφ / v τ)."""
    speed, tau_s = 10.0, 0.05
    answers = responses(BarlowLevick(tau_s), _edge_of_steps(speed), (90.0, 270.0))[:, 3]
    assert answers[:, 0].max() == pytest.approx(1.0, abs=0.02)
    # A frame of ramp, which is half filtered.
    assert answers[:, 1].max() == pytest.approx(math.exp(-1 / speed / tau_s), rel=2 * DT_S / tau_s)


def test_three_arms_multiply_on_one_side_and_divide_on_the_other():
    speed, tau_s, gain = 10.0, 0.05, 10.0
    preferred, null = responses(ThreeArm(tau_s, gain), _edge_of_steps(speed), (90.0, 270.0))[:, 3].T
    passed = 1 / speed / tau_s
    assert preferred.max() == pytest.approx(1 - math.exp(-2 * passed), rel=0.02)
    assert null.max() == pytest.approx(1 / (1 + gain), rel=0.02)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: type(detector).__name__)
@pytest.mark.parametrize(("channel", "polarity"), [("on", "on"), ("off", "off")])
def test_each_detector_answers_an_edge_most_that_moves_as_it_prefers(detector, channel, polarity):
    preferred = [
        int(
            responses(detector, moving_edge(2, angle, 9.7, polarity, 0.005), channel=channel)[:, 9].max(axis=0).argmax()
        )
        for angle in (0.0, 90.0, 180.0, 270.0)
    ]
    assert preferred == [0, 1, 2, 3]


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: type(detector).__name__)
def test_no_detector_of_one_channel_answers_the_other_polarity(detector):
    edge = moving_edge(2, 90.0, 9.7, "off", 0.005)
    assert responses(detector, edge, (90.0,), "off").max() > 0
    np.testing.assert_array_equal(responses(detector, edge, (90.0, 270.0), "on"), 0)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: type(detector).__name__)
def test_a_mirrored_movie_is_answered_by_the_mirrored_detectors_and_a_rotated_one_by_the_rotated(detector):
    movie = moving_edge(2, 25.0, 8.0, "on", 0.01)
    places = columns(2)
    answers = responses(detector, movie, (0.0, 30.0))
    for moved, angles in ((mirrored_left_right(places), (180.0, 150.0)), (rotated(places, 1), (60.0, 90.0))):
        there = order_of(places, moved)
        light = np.empty_like(movie.light)
        light[:, there] = movie.light
        seen = responses(detector, replace(movie, light=light), angles)
        np.testing.assert_allclose(seen[:, there], answers, atol=1e-12)


def test_a_flash_moves_nothing_for_correlation_and_all_columns_alike():
    movie = full_field_flash(2, "on", 0.005, lead_in_s=0.1, flash_s=0.3)
    for detector in DETECTORS:
        assert np.ptp(opponent(detector, movie, (0.0, 90.0)), axis=(1, 2)).max() < 1e-12
    assert np.abs(responses(HassensteinReichardt(), movie)).max() < 1e-12


def test_channels_pass_one_half_wave_and_what_is_steady_fades_to_a_tenth():
    flash = full_field_flash(0, "on", 0.005, lead_in_s=0.1, flash_s=3.0)
    on, off = channel_signal(flash, "on"), channel_signal(flash, "off")
    assert on.max() == pytest.approx(1.1, abs=0.02)
    assert on[-1, 0] == pytest.approx(0.1, abs=1e-4)
    assert off.max() == 0


def test_a_movie_that_is_no_hexagonal_eye_is_refused():
    for light, code in ((np.full((9, 8), 0.5), "E911"), (np.full((9, 7), np.nan), "E911")):
        with pytest.raises(BraincastError) as refusal:
            responses(HassensteinReichardt(), Movie(light, 0.01))
        assert refusal.value.code == code


def test_a_direction_between_the_arms_is_refused():
    with pytest.raises(BraincastError) as refusal:
        responses(HassensteinReichardt(), full_field_flash(1, "on", 0.01), (45.0,))
    assert refusal.value.code == "E914"
