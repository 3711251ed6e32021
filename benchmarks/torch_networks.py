"""The networks of braincast, written once more in PyTorch from their papers: referees for `torch_references.py`.

Each takes our parameters by name, and `gradients()` gives their gradients under the same names. Windows are
[window, context, neuron], as they are in PyTorch's published code.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

_LEAST_DEVIATION, _LEAST_VARIANCE = 1e-2, 1e-5


class Referee(nn.Module):
    """A network between a level that is taken off each window and put back on its forecast."""

    def __init__(self, rescaling: str) -> None:
        super().__init__()
        self.rescaling = rescaling
        # Ours by name -> (PyTorch's parameter, whether PyTorch keeps it transposed).
        self.known: dict[str, tuple[nn.Parameter, bool]] = {}

    def adopt(self, name: str, parameter: nn.Parameter, values: np.ndarray, *, transposed: bool = False) -> None:
        """Give a parameter our values."""
        ours = torch.from_numpy(values.T.copy() if transposed else values.copy())
        assert ours.shape == parameter.shape, name
        parameter.data = ours
        self.known[name] = parameter, transposed

    def gradients(self) -> dict[str, np.ndarray]:
        """Gradients by our names."""
        found = {name: (parameter.grad.numpy(), turned) for name, (parameter, turned) in self.known.items()}
        return {name: values.T if turned else values for name, (values, turned) in found.items()}

    def forward(self, contexts: torch.Tensor) -> torch.Tensor:
        shift, scale = torch.zeros_like(contexts[:, :1]), torch.ones_like(contexts[:, :1])
        if self.rescaling == "last":
            shift = contexts[:, -1:]
        elif self.rescaling == "instance":
            shift = contexts.mean(dim=1, keepdim=True)
            scale = contexts.std(dim=1, keepdim=True, unbiased=False).clamp(min=_LEAST_DEVIATION)
        return self.inside((contexts - shift) / scale) * scale + shift


class SharedLinear(Referee):
    """Linear of Zeng et al. 2023: one nn.Linear over time, the same for all channels."""

    def __init__(self, ours: dict[str, np.ndarray], rescaling: str) -> None:
        super().__init__(rescaling)
        horizon, context = ours["weight"].shape
        self.over_time = nn.Linear(context, horizon)
        self.adopt("weight", self.over_time.weight, ours["weight"])
        self.adopt("bias", self.over_time.bias, ours["bias"])

    def inside(self, windows: torch.Tensor) -> torch.Tensor:
        return self.over_time(windows.transpose(1, 2)).transpose(1, 2)


class OwnLinear(Referee):
    """The same with an nn.Linear of its own for each channel ("individual" in their code)."""

    def __init__(self, ours: dict[str, np.ndarray], rescaling: str) -> None:
        super().__init__(rescaling)
        n_neurons, horizon, context = ours["weight"].shape
        self.maps = nn.ModuleList(nn.Linear(context, horizon) for _ in range(n_neurons))
        for number, one in enumerate(self.maps):
            self.adopt(f"weight {number}", one.weight, ours["weight"][number])
            self.adopt(f"bias {number}", one.bias, ours["bias"][number])

    def inside(self, windows: torch.Tensor) -> torch.Tensor:
        return torch.stack([one(windows[:, :, number]) for number, one in enumerate(self.maps)], dim=2)

    def gradients(self) -> dict[str, np.ndarray]:
        found = super().gradients()
        return {
            kind: np.stack([found[f"{kind} {number}"] for number in range(len(self.maps))])
            for kind in ("weight", "bias")
        }


class MixerBlock(nn.Module):
    """Time mixing, then feature mixing (Chen et al. 2023, figure 1), each with its normalisation and a direct path."""

    def __init__(self, context: int, n_neurons: int, hidden: int) -> None:
        super().__init__()
        self.time = nn.Linear(context, context)
        self.feature_in, self.feature_out = nn.Linear(n_neurons, hidden), nn.Linear(hidden, n_neurons)
        self.gains = nn.ParameterList(nn.Parameter(torch.ones(n_neurons)) for _ in range(2))
        self.offsets = nn.ParameterList(nn.Parameter(torch.zeros(n_neurons)) for _ in range(2))

    def normalised(self, values: torch.Tensor, which: int) -> torch.Tensor:
        plain = functional.layer_norm(values, values.shape[1:], eps=_LEAST_VARIANCE)
        return plain * self.gains[which] + self.offsets[which]

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        mixed = functional.relu(self.time(self.normalised(values, 0).transpose(1, 2)))
        values = values + mixed.transpose(1, 2)
        return values + self.feature_out(functional.relu(self.feature_in(self.normalised(values, 1))))


class TorchMixer(Referee):
    """TSMixer: blocks, then a temporal projection."""

    def __init__(self, ours: dict[str, np.ndarray], rescaling: str) -> None:
        super().__init__(rescaling)
        context, horizon = ours["out.weight"].shape
        n_neurons, hidden = ours["blocks.0.widen.weight"].shape
        n_blocks = len({name.split(".")[1] for name in ours if name.startswith("blocks.")})
        self.blocks = nn.ModuleList(MixerBlock(context, n_neurons, hidden) for _ in range(n_blocks))
        self.project = nn.Linear(context, horizon)
        layers = {"out": self.project}
        for number, block in enumerate(self.blocks):
            place = f"blocks.{number}"
            layers |= {f"{place}.time": block.time, f"{place}.widen": block.feature_in}
            layers |= {f"{place}.narrow": block.feature_out}
            for which, norm in enumerate(("before_time", "before_neurons")):
                self.adopt(f"{place}.{norm}.gain", block.gains[which], ours[f"{place}.{norm}.gain"])
                self.adopt(f"{place}.{norm}.offset", block.offsets[which], ours[f"{place}.{norm}.offset"])
        for name, layer in layers.items():
            self.adopt(f"{name}.weight", layer.weight, ours[f"{name}.weight"], transposed=True)
            self.adopt(f"{name}.bias", layer.bias, ours[f"{name}.bias"])

    def inside(self, windows: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            windows = block(windows)
        return self.project(windows.transpose(1, 2)).transpose(1, 2)
