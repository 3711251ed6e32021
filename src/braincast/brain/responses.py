"""Responses: what each neuron did after each stimulated neuron, averaged over trials and animals.

A signal-propagation atlas is neither a Recording (it has no running time axis) nor a connectome. The order of axes
everywhere in braincast is [stimulated, responding], as in effect[pre, post].
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast import files
from braincast.brain.arrays import read_arrays, values_of, write_arrays
from braincast.brain.display import html_card, text_card
from braincast.brain.folders import checked_header, field, header, names_in
from braincast.brain.naming import positions, stated_unit, unique_names
from braincast.errors import BraincastError

_PAIR = ("stimulated", "responding")
_DIMENSIONS: dict[str, tuple[str, ...]] = {
    "q": _PAIR,
    "q_equivalence": _PAIR,
    "mean": _PAIR,
    "n_trials": _PAIR,
    "trial_values": ("trial",),
    "trial_offsets": ("pair_plus_1",),
    "kernel_terms": ("term", "column"),
    "kernel_offsets": ("pair_plus_1",),
}

_COUNTS = ("n_trials", "trial_offsets", "kernel_offsets")


@dataclass(frozen=True, eq=False, repr=False)
class Responses:
    """A signal-propagation atlas over one list of neurons, used for both axes.

    `q` is the q-value of "the second neuron responds when the first is stimulated" and `q_equivalence` that of "it
    does not"; NaN where not measured. `mean` is the mean response in `unit` (NaN where none), `n_trials` how many
    there were. Single trials of pair (i, j) are `trial_values[offsets[k]:offsets[k + 1]]` with k = i × n + j;
    `kernel_terms` are held likewise, with columns rate (1/s), factor, power of t and branch. Errors: E101, E105,
    E106 (shapes, offsets), E107 (a q outside 0..1, a negative count).

    >>> q = np.array([[np.nan, 0.01], [np.nan, np.nan]])
    >>> one_trial = {"trial_values": np.array([0.4]), "trial_offsets": np.array([0, 0, 1, 1, 1])}
    >>> no_kernel = {"kernel_terms": np.zeros((0, 4)), "kernel_offsets": np.zeros(5, int)}
    >>> counts = np.array([[0, 1], [0, 0]])
    >>> pair = Responses(("AVAL", "AVAR"), q, 1 - q, 40 * q, counts, **one_trial, **no_kernel, unit="dF/F", source="")
    >>> pair.trials("AVAL", "AVAR"), bool(pair.responds()[0, 1]), int(pair.measured.sum())
    (array([0.4]), True, 1)
    """

    neurons: tuple[str, ...]
    q: Float[np.ndarray, "stimulated responding"]
    q_equivalence: Float[np.ndarray, "stimulated responding"]
    mean: Float[np.ndarray, "stimulated responding"]
    n_trials: Int[np.ndarray, "stimulated responding"]
    trial_values: Float[np.ndarray, " trial"]
    trial_offsets: Int[np.ndarray, " pair_plus_1"]
    kernel_terms: Float[np.ndarray, "term 4"]
    kernel_offsets: Int[np.ndarray, " pair_plus_1"]
    unit: str
    source: str

    def __post_init__(self) -> None:
        settle = object.__setattr__
        settle(self, "neurons", unique_names(self.neurons, "responses.neurons"))
        settle(self, "unit", stated_unit(self.unit, "responses.unit"))
        for name in _DIMENSIONS:
            settle(self, name, _settled(name, getattr(self, name)))
        for name in ("q", "q_equivalence", "mean", "n_trials"):
            _require_shape(name, getattr(self, name), (self.n_neurons, self.n_neurons))
        _require_shape("kernel_terms", self.kernel_terms, (len(self.kernel_terms), 4))
        _check_offsets("trial_offsets", self.trial_offsets, self.n_neurons**2, len(self.trial_values))
        _check_offsets("kernel_offsets", self.kernel_offsets, self.n_neurons**2, len(self.kernel_terms))
        self._check_range("q", (self.q < 0) | (self.q > 1), "a q-value lies in 0..1")
        self._check_range("q_equivalence", (self.q_equivalence < 0) | (self.q_equivalence > 1), "a q lies in 0..1")
        self._check_range("n_trials", self.n_trials < 0, "a count is ≥ 0")

    @property
    def n_neurons(self) -> int:
        """Length of both axes."""
        return len(self.neurons)

    @property
    def measured(self) -> Bool[np.ndarray, "stimulated responding"]:
        """Pairs with a finite q; a neuron's response to its own stimulation is not counted."""
        return np.isfinite(self.q) & ~np.eye(self.n_neurons, dtype=bool)

    def responds(self, alpha: float = 0.05) -> Bool[np.ndarray, "stimulated responding"]:
        """Measured pairs with q below `alpha`; False also where nothing was measured, so use it with `measured`."""
        return (self.q < alpha) & self.measured

    def trials(self, stimulated: str, responding: str) -> Float[np.ndarray, " trial"]:
        """Single-trial responses of a pair, empty where there were none; an unknown neuron is E102."""
        return self.trial_values[self._span(self.trial_offsets, stimulated, responding)]

    def kernel(self, stimulated: str, responding: str) -> Float[np.ndarray, "term 4"]:
        """Terms of the fitted response kernel (rate per s, factor, power of t, branch); empty where none was fitted."""
        return self.kernel_terms[self._span(self.kernel_offsets, stimulated, responding)]

    def kernel_response(
        self, stimulated: str, responding: str, time_s: Float[np.ndarray, " time"]
    ) -> Float[np.ndarray, " time"]:
        """Σ factor · t^power · exp(-rate · t) over the kernel's terms: 0 before the stimulus, NaN without a kernel."""
        terms = self.kernel(stimulated, responding)
        if not len(terms):
            return np.full(time_s.shape, np.nan)
        rate_per_s, factor, power = (column[:, None] for column in terms.T[:3])
        after_s = np.maximum(time_s, 0.0)[None, :]
        values = (factor * after_s**power * np.exp(-rate_per_s * after_s)).sum(axis=0)
        return np.where(time_s >= 0, values, 0.0)

    def save(self, path: Path | str, *, force: bool = False) -> None:
        """Write a folder with a zarr group and a manifest; an existing one is E501 unless `force`."""
        arrays = {name: (dimensions, getattr(self, name)) for name, dimensions in _DIMENSIONS.items()}
        texts = {"neurons": self.neurons, "unit": self.unit, "source": self.source}
        with files.new_folder(Path(path), force=force, what="set of responses") as folder:
            write_arrays(folder, arrays, header("responses", texts))

    @classmethod
    def load(cls, path: Path | str, *, check: bool = True) -> Responses:
        """Read what `save` wrote, compared with its manifest first unless `check` is off."""
        folder = Path(path)
        arrays, attributes = read_arrays(folder, check=check)
        found = checked_header(attributes, folder, "responses")
        values: dict[str, Any] = {name: values_of(field(arrays, name, folder)) for name in _DIMENSIONS}
        texts = {name: field(found, name, folder, str) for name in ("unit", "source")}
        return cls(neurons=names_in(found, "neurons", folder), **values, **texts)

    def __repr__(self) -> str:
        return text_card("Responses", "", self._facts())

    def _repr_html_(self) -> str:
        return html_card("Responses", "", self._facts())

    def _facts(self) -> dict[str, object]:
        measured = self.measured
        return {
            "neurons": self.n_neurons,
            "stimulated neurons": int(measured.any(axis=1).sum()),
            "measured pairs": int(measured.sum()),
            "pairs with q < 0.05": int(self.responds().sum()),
            "trials": len(self.trial_values),
            "unit": self.unit,
            "source": self.source or None,
        }

    def _span(self, offsets: np.ndarray, stimulated: str, responding: str) -> slice:
        row, column = positions(self.neurons, [stimulated, responding], "stimulated, responding")
        pair = int(row) * self.n_neurons + int(column)
        return slice(int(offsets[pair]), int(offsets[pair + 1]))

    def _check_range(self, name: str, bad: np.ndarray, fix: str) -> None:
        if bad.any():
            row, column = np.unravel_index(int(np.argmax(bad)), bad.shape)
            where = f"responses.{name}[{self.neurons[row]}, {self.neurons[column]}]"
            raise BraincastError("E107", where, f"found {getattr(self, name)[row, column]!s}", fix)


def _settled(name: str, values: np.ndarray) -> np.ndarray:
    """Counts and offsets as integers, everything else as float32 or float64; else E107."""
    array = np.asarray(values)
    if name in _COUNTS and array.dtype.kind not in "iu":
        raise BraincastError("E107", f"responses.{name}", f"data type {array.dtype}", "Give integers")
    if name in _COUNTS or array.dtype in (np.float32, np.float64):
        return array
    return array.astype(np.float64)


def _require_shape(name: str, array: np.ndarray, expected: tuple[int, ...]) -> None:
    if array.shape != expected:
        what = f"shape {array.shape}, expected {expected}"
        raise BraincastError("E106", f"responses.{name}", what, "Both axes follow responses.neurons")


def _check_offsets(name: str, offsets: np.ndarray, n_pairs: int, n_values: int) -> None:
    """Offsets must rise from 0 to the number of values, with one more entry than there are pairs: else E106."""
    _require_shape(name, offsets, (n_pairs + 1,))
    if offsets[0] != 0 or offsets[-1] != n_values or (np.diff(offsets) < 0).any():
        what = f"offsets must rise from 0 to {n_values} (found {offsets[0]} to {offsets[-1]})"
        raise BraincastError("E106", f"responses.{name}", what, "Use cumulative counts over pairs in row-major order")
