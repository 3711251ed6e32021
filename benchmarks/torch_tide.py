"""TiDE in PyTorch, from Das et al. 2023 (arXiv:2304.08424), section 4 and figures 1 and 2."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch_networks import Referee


class DenseResidual(nn.Module):
    """Linear, ReLU, linear, dropout; plus a linear skip; then layer norm where there is one."""

    def __init__(self, n_inputs: int, n_hidden: int, n_outputs: int, *, normed: bool) -> None:
        super().__init__()
        self.path = nn.Sequential(nn.Linear(n_inputs, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_outputs))
        self.skip = nn.Linear(n_inputs, n_outputs)
        self.norm = nn.LayerNorm(n_outputs) if normed else nn.Identity()

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return self.norm(self.path(values) + self.skip(values))


class TorchTide(Referee):
    """Each neuron of each window is one series: its past, the covariates of all frames and its attributes."""

    def __init__(self, ours: dict[str, np.ndarray], rescaling: str) -> None:
        super().__init__(rescaling)
        context, self.horizon = ours["direct.weight"].shape
        self.project = self._residual(ours, "project", normed=True) if "project.skip.weight" in ours else None
        self.attributes = None
        if "embedding.shared" in ours:
            self.attributes = nn.Embedding(*ours["embedding.shared"].shape)
            self.adopt("embedding.shared", self.attributes.weight, ours["embedding.shared"])
        blocks = [f"{part}.{n}" for part in ("encoder", "decoder") for n in range(9) if f"{part}.{n}.skip.bias" in ours]
        self.dense = nn.Sequential(*(self._residual(ours, name, normed=True) for name in blocks))
        self.temporal = self._residual(ours, "temporal", normed=False)
        self.direct = nn.Linear(context, self.horizon)
        self.adopt_layers({"direct": self.direct}, ours)

    def _residual(self, ours: dict[str, np.ndarray], name: str, *, normed: bool) -> DenseResidual:
        n_inputs, n_hidden = ours[f"{name}.widen.weight"].shape
        made = DenseResidual(n_inputs, n_hidden, ours[f"{name}.narrow.weight"].shape[1], normed=normed)
        layers = {f"{name}.widen": made.path[0], f"{name}.narrow": made.path[2], f"{name}.skip": made.skip}
        self.adopt_layers({**layers, **({f"{name}.norm": made.norm} if normed else {})}, ours)
        return made

    def inside(self, windows: torch.Tensor, stimulus: torch.Tensor | None = None) -> torch.Tensor:
        n_windows, _, n_neurons = windows.shape
        past = windows.transpose(1, 2)
        stacked, ahead = [past], None
        if self.project is not None:
            covariates = self.project(stimulus)
            stacked.append(covariates.flatten(1)[:, None].expand(-1, n_neurons, -1))
            ahead = covariates[:, None, -self.horizon :].expand(-1, n_neurons, -1, -1)
        if self.attributes is not None:
            stacked.append(self.attributes.weight.expand(n_windows, -1, -1))
        decoded = self.dense(torch.cat(stacked, dim=-1)).unflatten(-1, (self.horizon, -1))
        if ahead is not None:
            decoded = torch.cat([decoded, ahead], dim=-1)
        return (self.temporal(decoded).squeeze(-1) + self.direct(past)).transpose(1, 2)
