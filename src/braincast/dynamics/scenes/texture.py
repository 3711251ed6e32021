"""Textures as random waves: as much contrast in each octave, which is the 1/f amplitude of natural images (Field 1987).

A sum of waves can be seen at any place, shifted, turned and magnified, without a grid and blurred in closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.dynamics.scenes.optics import wave_contrast

# From waves wider than the largest eye to those of which the blur leaves 3 %.
WAVELENGTHS_COLUMNS = (1.0, 40.0)
N_WAVES = 48


@dataclass(frozen=True, eq=False)
class Textures:
    """Waves of as many textures: radians per column along x and y, and a phase for each."""

    wavevector: Float[np.ndarray, "texture wave 2"]
    phase: Float[np.ndarray, "texture wave"]

    def seen(
        self, texture: int, place: Float[np.ndarray, "frame column 2"], scale: Float[np.ndarray, " frame"]
    ) -> Float[np.ndarray, "frame column"]:
        """A texture at these places: mean 0 and variance 1 before the blur.

        `scale` is how many columns of the texture lie in a column of the eye: the more, the more is blurred.
        """
        wavevector = self.wavevector[texture]
        n_waves = len(wavevector)
        waves = place.reshape(-1, 2).astype(np.float32) @ wavevector.T.astype(np.float32)
        waves += self.phase[texture].astype(np.float32)
        np.cos(waves, out=waves)
        contrast = wave_contrast(scale[:, None] * np.hypot(*wavevector.T)) * math.sqrt(2 / n_waves)
        frames = waves.reshape(*place.shape[:2], n_waves)
        return (frames @ contrast.astype(np.float32)[:, :, None])[:, :, 0]


def textures(n: int, generator: np.random.Generator, n_waves: int = N_WAVES) -> Textures:
    """Random textures: wavelengths uniform in their logarithm, all directions and phases."""
    low, high = np.log(2 * math.pi / np.array(WAVELENGTHS_COLUMNS[::-1]))
    wavenumber = np.exp(generator.uniform(low, high, (n, n_waves)))
    angle, phase = generator.uniform(0, 2 * math.pi, (2, n, n_waves))
    wavevector = wavenumber[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=2)
    return Textures(wavevector, phase)
