"""Our networks against the same ones written in PyTorch: `python benchmarks/torch_references.py --write`.

Each network is written here once more, in PyTorch's own layers and from its paper, is given our parameters, and must
give the same forecasts and the same gradient of the mean absolute error, up to rounding. Needs the extra
`torch`. `--table` only writes the table of the page again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np
from pages import put_between_markers

from braincast.files import read_json, write_json
from braincast.models.blackbox.learning import learned
from braincast.models.blackbox.linear import Linear
from braincast.models.blackbox.network_forecaster import NetworkForecaster
from braincast.models.blackbox.networks.answers import forecast_many
from braincast.models.blackbox.networks.parameters import named_arrays
from braincast.models.blackbox.sizes import Sizes
from braincast.models.blackbox.tide import TiDE
from braincast.models.blackbox.time_mix import TimeMix
from braincast.models.blackbox.tsmixer import TSMixer
from braincast.models.interface import Settings
from braincast.tasks.forecasting.examples import Batch, Seen

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "torch_references.json", HERE.parent / "docs" / "concepts" / "learning.md"
SIZES, N_FEATURES = Sizes(context=48, horizon=8, n_neurons=98), 3
N_WINDOWS, SEED = 32, 3


@dataclass(frozen=True)
class Compared:
    """A network of ours and its settings, and a function that makes PyTorch's from our parameters by name."""

    model: NetworkForecaster
    settings: Settings
    reference: Callable[[dict[str, np.ndarray]], Any]
    sizes: Sizes = SIZES


def compared() -> dict[str, Compared]:
    """What is compared, by the words of the table."""
    from torch_mixers import TorchMixer
    from torch_networks import OwnLinear, SharedLinear
    from torch_tide import TorchTide

    linear, mixer, tide = Linear(), TSMixer(), {**TiDE().candidates[0], "dropout": 0.0, "encoder_layers": 2}
    ways = {"none": "", "last": ", less the last frame", "instance": ", normalised in the window"}
    kinds = {
        "linear, one map": (linear, {"weights": "shared"}, SharedLinear),
        "linear, a map for each neuron": (linear, {"weights": "own"}, OwnLinear),
        "tsmixer": (mixer, {"blocks": 2, "hidden": 64, "dropout": 0.0}, TorchMixer),
        "time-mix": (TimeMix(), {"blocks": 5, "dropout": 0.0}, TorchMixer),
        "tide": (TiDE(), {**tide, "embedding": 0}, TorchTide),
        "tide with a stimulus and who a neuron is": (TiDE(), {**tide, "embedding": 6, "animals": "alike"}, TorchTide),
    }
    return {
        f"{name}{words}": Compared(
            model,
            learned(**{**own, "rescaling": rescaling}),
            partial(kind, rescaling=rescaling),
            replace(SIZES, n_features=N_FEATURES if "stimulus" in name else 0),
        )
        for name, (model, own, kind) in kinds.items()
        for rescaling, words in ways.items()
    }


def main(arguments: Sequence[str]) -> None:
    """Compare all, print what differs, and with `--write` keep it and put the table into the page."""
    figures = read_json(RESULT) if "--table" in arguments else measured()
    print(table(figures))
    if "--write" in arguments:
        write_json(RESULT, figures)
    if {"--write", "--table"} & set(arguments):
        put_between_markers(PAGE, table(figures), "references")


def measured() -> dict[str, Any]:
    """The largest differences of forecasts and of gradients, of each network."""
    import torch

    return {"torch": torch.__version__, "networks": {words: _differences(pair) for words, pair in compared().items()}}


def table(figures: dict[str, Any]) -> str:
    """One row a network."""
    lines = ["| network | parameters | forecasts differ by | gradients differ by |", "|---|---|---|---|"]
    for words, row in figures["networks"].items():
        lines.append(f"| {words} | {row['parameters']:,} | {row['forecast']:.0e} | {row['gradient']:.0e} |")
    largest = max(max(row["forecast"], row["gradient"]) for row in figures["networks"].values())
    meaning = (
        "The largest difference of a forecast, in standard deviations, and of a gradient, as a share of the largest\n"
        "value of the same parameter's. Forecasts are compared in float32, gradients in float64, where no value falls\n"
        f"on the other side of a kink by rounding. None differs by more than {largest:.0e}."
    )
    return "\n".join([*lines, "", meaning])


def _differences(pair: Compared) -> dict[str, Any]:
    rng = np.random.default_rng(SEED)
    network = pair.model.init(pair.sizes, pair.settings, key=jax.random.key(SEED))
    # Gains and offsets begin at 1 and 0, where a mistake in them would not show.
    network = jax.tree.map(lambda leaf: leaf + 0.1 * rng.normal(size=leaf.shape).astype(np.float32), network)
    contexts = rng.normal(size=(N_WINDOWS, SIZES.context, SIZES.n_neurons)).astype(np.float32)
    targets = rng.normal(size=(N_WINDOWS, SIZES.horizon, SIZES.n_neurons)).astype(np.float32)
    stimulus = rng.normal(size=(N_WINDOWS, SIZES.context + SIZES.horizon, N_FEATURES)).astype(np.float32)
    seen = Seen(contexts, np.zeros(N_WINDOWS, np.int32), stimulus if pair.sizes.n_features else None)
    theirs, _ = _of_torch(pair, network, seen, targets)
    with jax.enable_x64(True):
        network64, seen64, targets64 = jax.tree.map(_doubled, (network, seen, targets))
        gradient = named_arrays(jax.grad(_loss)(network64, seen64, targets64))
        _, slopes = _of_torch(pair, network64, seen64, targets64)
    return {
        "parameters": sum(values.size for values in named_arrays(network).values()),
        "forecast": float(np.abs(np.asarray(forecast_many(network, seen)) - theirs).max()),
        "gradient": max(_relative(slope, slopes[name]) for name, slope in gradient.items()),
    }


def _doubled(leaf: Any) -> Any:
    return np.asarray(leaf, np.float64) if leaf.dtype == np.float32 else leaf


def _of_torch(
    pair: Compared, network: Any, seen: Seen, targets: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """PyTorch's forecast and gradients, in the type of what it is given."""
    import torch

    reference = pair.reference(named_arrays(network))
    told = [torch.from_numpy(values) for values in (seen.context, seen.stimulus) if values is not None]
    forecast = reference(*told)
    (forecast - torch.from_numpy(targets)).abs().mean().backward()
    return forecast.detach().numpy(), reference.gradients()


def _relative(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, as a share of the largest value."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def _loss(network: Any, seen: Seen, targets: np.ndarray) -> Any:
    windows = Batch(seen, targets)
    return jax.vmap(lambda window: network.loss(window, "absolute"))(windows).mean()


if __name__ == "__main__":
    main(sys.argv[1:])
