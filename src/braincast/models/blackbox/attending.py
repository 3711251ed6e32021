"""Settings that networks with attention share."""

from __future__ import annotations

from collections.abc import Mapping

from braincast.models.interface import Setting

ATTENDING: Mapping[str, Setting] = {
    "width": Setting("Length of a token's vector", kind=int, lower=1.0, upper=65536.0),
    "layers": Setting("How many layers of attention among tokens", kind=int, lower=1.0, upper=64.0),
    "heads": Setting("How many attentions a layer has side by side", kind=int, lower=1.0, upper=1024.0),
    "dropout": Setting("Share of values left out in a training step", upper=0.95),
}
FEED = Setting("Width of the perceptron after each attention", kind=int, lower=1.0, upper=65536.0)
