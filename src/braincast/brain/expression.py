"""Expression: which genes each neuron expresses, and how strongly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from braincast import files
from braincast.brain.arrays import read_arrays, values_of, write_arrays
from braincast.brain.display import html_card, text_card
from braincast.brain.folders import checked_header, field, header, names_in
from braincast.brain.naming import positions, stated_unit, unique_names
from braincast.errors import BraincastError


@dataclass(frozen=True, eq=False, repr=False)
class Expression:
    """Genes × neurons, with the threshold that called a gene expressed and the source.

    `values` are ≥ 0 in `unit` (such as TPM). Neurons without data are left out: a NaN is refused (E110), as no model
    may take "not measured" for "not expressed". Other errors: E101 repeated name, E105 unit, E106 shape.

    >>> genes = Expression(("unc-7", "eat-4"), ("ASEL",), np.array([[3.0], [250.0]]), "TPM", "medium", "an example")
    >>> float(genes.of("eat-4")["ASEL"])
    250.0
    """

    genes: tuple[str, ...]
    neurons: tuple[str, ...]
    values: Float[np.ndarray, "gene neuron"]
    unit: str
    threshold: str
    source: str

    def __post_init__(self) -> None:
        settle = object.__setattr__
        settle(self, "genes", unique_names(self.genes, "expression.genes"))
        settle(self, "neurons", unique_names(self.neurons, "expression.neurons"))
        settle(self, "unit", stated_unit(self.unit, "expression.unit"))
        settle(self, "values", self._checked_values())

    def of(self, gene: str) -> pd.Series:
        """Values of one gene, indexed by neuron id; an unknown gene is E107."""
        row = positions(self.genes, [gene], "genes", "E107")[0]
        return pd.Series(self.values[row], index=pd.Index(self.neurons, name="neuron"), name=gene)

    def subset(self, neurons: Iterable[str] | None = None, genes: Iterable[str] | None = None) -> Expression:
        """The given neurons and genes in the given order (None: all); an unknown neuron is E102, a gene E107."""
        kept_neurons = self.neurons if neurons is None else tuple(neurons)
        kept_genes = self.genes if genes is None else tuple(genes)
        rows = positions(self.genes, kept_genes, "genes", "E107")
        columns = positions(self.neurons, kept_neurons, "neurons")
        values = self.values[np.ix_(rows, columns)]
        return Expression(kept_genes, kept_neurons, values, self.unit, self.threshold, self.source)

    def save(self, path: Path | str, *, force: bool = False) -> None:
        """Write a folder with a zarr group and a manifest; an existing one is E501 unless `force`."""
        names = ("genes", "neurons", "unit", "threshold", "source")
        fields = {name: getattr(self, name) for name in names}
        with files.new_folder(Path(path), force=force, what="expression") as folder:
            write_arrays(folder, {"values": (("gene", "neuron"), self.values)}, header("expression", fields))

    @classmethod
    def load(cls, path: Path | str, *, check: bool = True) -> Expression:
        """Read what `save` wrote, compared with its manifest first unless `check` is off."""
        folder = Path(path)
        arrays, attributes = read_arrays(folder, check=check)
        found = checked_header(attributes, folder, "expression")
        names = (names_in(found, "genes", folder), names_in(found, "neurons", folder))
        texts = (field(found, name, folder, str) for name in ("unit", "threshold", "source"))
        return cls(*names, values_of(field(arrays, "values", folder)), *texts)

    def __repr__(self) -> str:
        return text_card("Expression", "", self._facts())

    def _repr_html_(self) -> str:
        return html_card("Expression", "", self._facts())

    def _facts(self) -> dict[str, object]:
        return {
            "genes": len(self.genes),
            "neurons": len(self.neurons),
            "unit": self.unit,
            "threshold": self.threshold or None,
            "source": self.source or None,
        }

    def _checked_values(self) -> np.ndarray:
        values = np.asarray(self.values)
        values = values if values.dtype in (np.float32, np.float64) else values.astype(np.float64)
        expected = (len(self.genes), len(self.neurons))
        if values.shape != expected:
            what = f"shape {values.shape}, expected {expected} (gene, neuron)"
            raise BraincastError("E106", "expression.values", what, "Transpose it, or give names for each axis")
        bad = ~((values >= 0) & (values < np.inf))
        if bad.any():
            row, column = np.unravel_index(int(np.argmax(bad)), bad.shape)
            where = f"expression.values[{self.genes[row]}, {self.neurons[column]}]"
            fix = "Leave out neurons without data; expression is finite and ≥ 0"
            raise BraincastError("E110", where, f"{values[row, column]!s} is not an amount", fix)
        return values
