"""A forecaster that looks at a brain as a video: a U-Net on a grid of voxels in which the neurons lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from braincast.brain.brains import Brains
from braincast.errors import BraincastError
from braincast.models.blackbox.learning import PAST, RESCALING, learned
from braincast.models.blackbox.network_forecaster import NetworkForecaster, network_card
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Setting, Settings
from braincast.models.space import Range
from braincast.tasks.forecasting.anatomy import AXES_UM, has_places

if TYPE_CHECKING:
    from braincast.models.blackbox.networks.unet_network import UNetNetwork


class UNetForecaster(NetworkForecaster):
    """Convolutions over the places of neurons at several scales; `prepare` looks at the anatomy of the structure.

    `position_um` is known once it is prepared.
    """

    card = network_card(
        "unet",
        "Neurons on a grid of voxels, convolutions from coarse to fine, and from its voxel each neuron's leads.",
        {
            "voxels": Setting(
                "Voxels of the grid at most, for each neuron on average; their size follows from it",
                lower=1e-4,
                upper=1e4,
                sweep=Range(0.5, 16.0, log=True),
            ),
            "halvings": Setting("How often the grid is halved along each axis", kind=int, upper=8.0, sweep=Range(0, 2)),
            "blocks": Setting("Residual blocks at each scale", kind=int, lower=1.0, upper=64.0, sweep=Range(1, 2)),
            "width": Setting("Channels", kind=int, lower=1.0, upper=4096.0, sweep=Range(8, 64, log=True)),
            "past": PAST,
            "dropout": Setting(
                "Share of neurons that are not put on the grid in a training step", upper=0.95, sweep=Range(0.0, 0.9)
            ),
            "rescaling": RESCALING,
        },
        citation="Immer et al. 2025, arXiv:2503.00073; Ronneberger, Fischer & Brox 2015, MICCAI, arXiv:1505.04597",
        caveat="On means of neurons in a voxel, not on microscope images, and for all leads at once, where the paper "
        "asks for one lead at a time. The way to coarser grids only averages.",
        uses=("activity", "positions"),
        takes=("stimulus",),
        typical_fit_s=120.0,
    )
    # Chosen on validation windows: for recordings of a thousand frames few channels, and most neurons left out of each
    # step, without which the network learns the training frames by heart before it has learned each neuron's own past.
    candidates: tuple[Settings, ...] = tuple(
        learned(
            voxels=4.0,
            halvings=1,
            blocks=1,
            width=width,
            past="shared",
            dropout=dropout,
            rescaling=rescaling,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            steps=400,
            every=25,
            patience=6,
        )
        for width, dropout, rescaling, learning_rate, weight_decay in (
            (8, 0.9, "none", 5e-3, 1.0),
            (16, 0.5, "last", 1e-3, 1e-2),
        )
    )

    def __init__(self, position_um: Float[np.ndarray, "neuron 3"] | None = None) -> None:
        self.position_um = position_um

    def prepare(self, structure: Brains) -> UNetForecaster:
        """The model with the places of all neurons; E306 for a structure that does not tell any."""
        anatomy = structure.anatomy
        if anatomy is None or not has_places(anatomy):
            raise _no_positions()
        return UNetForecaster(anatomy[list(AXES_UM)].to_numpy(np.float64))

    def begun(self, sizes: Sizes, settings: Settings, *, key: Any) -> UNetNetwork:
        """The network before the first step; only of a model that is prepared."""
        from braincast.models.blackbox.networks.grid import grid_around
        from braincast.models.blackbox.networks.unet_network import begun

        if self.position_um is None:
            raise _no_positions()
        n_voxels = max(1, round(settings["voxels"] * len(self.position_um)))
        grid = grid_around(self.position_um, n_voxels, settings["halvings"])
        return begun(sizes, grid, settings, key=key)


def _no_positions() -> BraincastError:
    what, fix = "it needs positions, and no neuron has any", "Give x_um, y_um, z_um in the recording's anatomy"
    return BraincastError("E306", "model unet", what, fix)
