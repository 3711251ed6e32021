"""Networks of braincast, written once more in PyTorch from their papers: referees for `torch_references.py`.

Each takes our parameters by name, and `gradients()` gives their gradients under the same names. Windows are
[window, context, neuron], as they are in PyTorch's published code. Here are the linear ones and what all share.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

_LEAST_DEVIATION = 1e-2


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

    def forward(self, contexts: torch.Tensor, *stimulus: torch.Tensor) -> torch.Tensor:
        if self.rescaling == "none":
            return self.inside(contexts, *stimulus)
        if self.rescaling == "last":
            return self.inside(contexts - contexts[:, -1:], *stimulus) + contexts[:, -1:]
        shift = contexts.mean(dim=1, keepdim=True)
        scale = contexts.std(dim=1, keepdim=True, unbiased=False).clamp(min=_LEAST_DEVIATION)
        return self.inside((contexts - shift) / scale, *stimulus) * scale + shift

    def adopt_layers(self, layers: dict[str, nn.Linear | nn.LayerNorm], ours: dict[str, np.ndarray]) -> None:
        """Give layers our values, by our name of each."""
        for name, layer in layers.items():
            if isinstance(layer, nn.LayerNorm):
                self.adopt(f"{name}.gain", layer.weight, ours[f"{name}.gain"])
                self.adopt(f"{name}.offset", layer.bias, ours[f"{name}.offset"])
            else:
                self.adopt(f"{name}.weight", layer.weight, ours[f"{name}.weight"], transposed=True)
                self.adopt(f"{name}.bias", layer.bias, ours[f"{name}.bias"])


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
