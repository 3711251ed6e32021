"""Settings that networks with attention share."""

from __future__ import annotations

from collections.abc import Mapping

from braincast.models.blackbox.learning import DROPOUT
from braincast.models.interface import Setting
from braincast.models.space import Choices, Range

ATTENDING: Mapping[str, Setting] = {
    "width": Setting("Length of a token's vector", kind=int, lower=1.0, upper=65536.0, sweep=Range(8, 128, log=True)),
    "layers": Setting("How many layers of attention among tokens", kind=int, lower=1.0, upper=64.0, sweep=Range(1, 3)),
    "heads": Setting(
        "How many attentions a layer has side by side", kind=int, lower=1.0, upper=1024.0, sweep=Choices((1, 2, 4, 8))
    ),
    "dropout": DROPOUT,
}
FEED = Setting(
    "Width of the perceptron after each attention", kind=int, lower=1.0, upper=65536.0, sweep=Range(32, 256, log=True)
)
