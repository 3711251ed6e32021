"""How surfaces move before an eye: velocities held for a while, with expansion and rotation about the centre.

Places, shifts and velocities are complex numbers, x + iy in columns: so an expansion and a rotation are one number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float


@dataclass(frozen=True, eq=False)
class Motion:
    """From each start on, what is seen at place p moves with `velocity` + `swirl` p (columns per second)."""

    start_s: Float[np.ndarray, "scene segment"]
    velocity: Complex[np.ndarray, "scene segment"]
    swirl: Complex[np.ndarray, "scene segment"]

    def flow(
        self, time_s: Float[np.ndarray, " frame"], place: Complex[np.ndarray, " column"]
    ) -> Complex[np.ndarray, "scene frame column"]:
        """The velocity of what each column sees."""
        segment = self._segment(time_s)
        velocity = np.take_along_axis(self.velocity, segment, axis=1)
        swirl = np.take_along_axis(self.swirl, segment, axis=1)
        return velocity[:, :, None] + swirl[:, :, None] * place

    def surface(
        self, time_s: Float[np.ndarray, "*scene frame"]
    ) -> tuple[Complex[np.ndarray, "scene frame"], Complex[np.ndarray, "scene frame"]]:
        """(magnification, shift): what is seen at place p lies at magnification × p + shift on the surface.

        The times are those of all scenes or each scene's own.

        A point of the surface rides on the flow: magnification' = -magnification × swirl, shift' = -magnification ×
        velocity, here in closed form from segment to segment.
        """
        length = np.diff(self.start_s, axis=1)
        magnification, shift = [np.ones(len(length), complex)], [np.zeros(len(length), complex)]
        for segment in range(length.shape[1]):
            turned, moved = _after(length[:, segment], self.velocity[:, segment], self.swirl[:, segment])
            shift.append(shift[-1] - magnification[-1] * moved)
            magnification.append(magnification[-1] * turned)
        chosen = self._segment(time_s)
        start, velocity, swirl, first, offset = (
            np.take_along_axis(values, chosen, axis=1)
            for values in (self.start_s, self.velocity, self.swirl, np.stack(magnification, 1), np.stack(shift, 1))
        )
        turned, moved = _after(time_s - start, velocity, swirl)
        return first * turned, offset - first * moved

    def _segment(self, time_s: Float[np.ndarray, "*scene frame"]) -> np.ndarray:
        """Which segment a frame lies in, [scene, frame]."""
        return (self.start_s[:, 1:, None] <= np.atleast_2d(time_s)[:, None, :]).sum(axis=1)


def _after(time_s: np.ndarray, velocity: np.ndarray, swirl: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """exp(-swirl t), and velocity × (1 - exp(-swirl t)) / swirl, which is velocity × t without swirl."""
    angle = swirl * time_s
    still = np.abs(angle) < 1e-8
    mean = np.where(still, 1.0, -np.expm1(-angle) / np.where(still, 1.0, angle))
    return np.exp(-angle), velocity * time_s * mean


def as_xy(values: Complex[np.ndarray, "*axes"]) -> Float[np.ndarray, "*axes 2"]:
    """Complex numbers as x and y."""
    return np.stack([np.real(values), np.imag(values)], axis=-1)
