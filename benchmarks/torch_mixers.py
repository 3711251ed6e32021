"""TSMixer and Time-Mix in PyTorch, from Chen et al. 2023 (arXiv:2303.06053), figure 1."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch_networks import Referee

_LEAST_VARIANCE = 1e-5


class PlaneNorm(nn.Module):
    """Normalisation over frames and neurons at once, with a gain and an offset for each neuron."""

    def __init__(self, n_neurons: int) -> None:
        super().__init__()
        self.gain, self.offset = nn.Parameter(torch.ones(n_neurons)), nn.Parameter(torch.zeros(n_neurons))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return functional.layer_norm(values, values.shape[1:], eps=_LEAST_VARIANCE) * self.gain + self.offset


class MixerBlock(nn.Module):
    """Time mixing, then (with a hidden width) feature mixing, each with its normalisation and a direct path."""

    def __init__(self, context: int, n_neurons: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.time_norm, self.time = PlaneNorm(n_neurons), nn.Linear(context, context)
        self.dropout = nn.Dropout(dropout)
        self.hidden = hidden
        if hidden:
            self.feature_norm = PlaneNorm(n_neurons)
            self.feature_in, self.feature_out = nn.Linear(n_neurons, hidden), nn.Linear(hidden, n_neurons)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        mixed = self.dropout(functional.relu(self.time(self.time_norm(values).transpose(1, 2))))
        values = values + mixed.transpose(1, 2)
        if not self.hidden:
            return values
        inside = self.dropout(functional.relu(self.feature_in(self.feature_norm(values))))
        return values + self.dropout(self.feature_out(inside))


class TorchMixer(Referee):
    """TSMixer, or without layers over neurons Time-Mix: blocks, then a temporal projection."""

    def __init__(self, ours: dict[str, np.ndarray], rescaling: str, dropout: float = 0.0) -> None:
        super().__init__(rescaling)
        context, horizon = ours["out.weight"].shape
        hidden = ours["mixing.1.widen.weight"].shape[1] if "mixing.1.widen.weight" in ours else 0
        n_mixing = len({name.split(".")[1] for name in ours if name.startswith("mixing.")})
        n_neurons = len(ours["mixing.0.norm.gain"])
        n_blocks = n_mixing // 2 if hidden else n_mixing
        self.blocks = nn.ModuleList(MixerBlock(context, n_neurons, hidden, dropout) for _ in range(n_blocks))
        self.project = nn.Linear(context, horizon)
        layers, norms = {"out": self.project}, {}
        for number, block in enumerate(self.blocks):
            first = f"mixing.{2 * number if hidden else number}"
            layers[f"{first}.frames"], norms[f"{first}.norm"] = block.time, block.time_norm
            if hidden:
                second = f"mixing.{2 * number + 1}"
                layers |= {f"{second}.widen": block.feature_in, f"{second}.narrow": block.feature_out}
                norms[f"{second}.norm"] = block.feature_norm
        self.adopt_layers(layers, ours)
        for name, norm in norms.items():
            self.adopt(f"{name}.gain", norm.gain, ours[f"{name}.gain"])
            self.adopt(f"{name}.offset", norm.offset, ours[f"{name}.offset"])

    def inside(self, windows: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            windows = block(windows)
        return self.project(windows.transpose(1, 2)).transpose(1, 2)
