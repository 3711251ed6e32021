"""Wirings as lists of edges with tables of neurons beside: FlyWire Codex, neuPrint exports, the male CNS, BANC."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Int
from scipy import sparse

from braincast.brain.connectome import Connectome
from braincast.datasets.fly.annotations import annotated, neuron_list
from braincast.datasets.fly.edges import chemical, rows_of
from braincast.datasets.fly.signs import short_names, signs_of
from braincast.datasets.fly.tables import Kind, column_names, require_columns, settled_batches


class EdgeList(NamedTuple):
    """How a release calls its columns; `fragments` where bodies that are no neurons are listed too."""

    name: str
    pre: str
    post: str
    count: str
    fragments: bool = False


EDGE_LISTS = (
    EdgeList("FlyWire Codex", "pre_root_id", "post_root_id", "syn_count"),
    EdgeList("FlyWire release", "pre_pt_root_id", "post_pt_root_id", "syn_count"),
    EdgeList("neuPrint", "bodyId_pre", "bodyId_post", "weight"),
    EdgeList("male CNS", "body_pre", "body_post", "weight", fragments=True),
    EdgeList("edge list", "pre", "post", "count"),
)
_LARGE = 1 << 20  # a count that could overflow 32 bits when the rows of two thousand regions are added
_LABEL = "nt_type"  # of a row of Codex: predicted from the synapses of that row


def is_edge_list(columns: list[str]) -> bool:
    """Whether columns name both ends of an edge as one of the releases does; tables of single synapses are none."""
    single = {"x", "x_pre", "pre_x", "ctr_pt_position_x"} & set(columns)
    return not single and any({form.pre, form.post} <= set(columns) for form in EDGE_LISTS)


def read_edge_list(path: Path, signs: Mapping[str, int]) -> Connectome:
    """Rows of the same two neurons summed to one edge, whose sign is that of the sender's transmitter.

    Neurons, their types and transmitters come from tables beside. Without a table of neurons they are those of the
    edges, and without transmitters there a neuron has the one that most of its synapses are predicted to have, where
    the rows say so; sign 0 otherwise. E102 for an edge to a neuron that is not listed, except where fragments are.
    """
    columns = column_names(path)
    form = next(form for form in EDGE_LISTS if {form.pre, form.post} <= set(columns))
    require_columns(path, [form.pre, form.post, form.count])
    ids = neuron_list(path.parent, only_classified=form.fragments)
    known = _ids_in(path, form) if ids is None else np.array(ids, np.int64)
    neurons = annotated([str(number) for number in known.tolist()], path.parent)
    stated: list[str] = neurons["transmitter"].tolist() if "transmitter" in neurons else [""] * len(neurons)
    vote = _LABEL in columns and not any(stated)
    summed = _summed(path, form, known, vote=vote)
    transmitters = neurons["transmitter"] = summed.transmitters if vote else stated
    sign = signs_of(transmitters, signs)[summed.pre]
    name = f"{form.name} {path.name.split('.')[0]}"
    return chemical(neurons, summed.pre, summed.post, summed.count, sign, name)


def _ids_in(path: Path, form: EdgeList) -> Int[np.ndarray, " neuron"]:
    kinds: dict[str, Kind] = {form.pre: "id", form.post: "id"}
    found: np.ndarray = np.empty(0, np.int64)
    for batch in settled_batches(path, kinds):
        found = np.union1d(found, np.concatenate([batch[form.pre], batch[form.post]]))
    return found


class _Summed(NamedTuple):
    pre: Int[np.ndarray, " edge"]
    post: Int[np.ndarray, " edge"]
    count: Int[np.ndarray, " edge"]
    transmitters: list[str]


def _summed(path: Path, form: EdgeList, known: np.ndarray, *, vote: bool) -> _Summed:
    """Edges in the order of their ends, and each neuron's most frequent transmitter if `vote`."""
    kinds: dict[str, Kind] = {form.pre: "id", form.post: "id", form.count: "count"}
    kinds |= {_LABEL: "text"} if vote else {}
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    ballot: dict[str, np.ndarray] = {}
    index, n_read = pd.Index(known), 0
    for batch in settled_batches(path, kinds):
        if form.fragments:
            pre, post = (index.get_indexer(pd.Index(batch[end])).astype(np.int32) for end in (form.pre, form.post))
        else:
            pre, post = (rows_of(index, batch[end], f"{path}: {end}", n_read) for end in (form.pre, form.post))
        n_read += len(pre)
        inside = (pre >= 0) & (post >= 0)
        parts.append((pre[inside], post[inside], batch[form.count][inside]))
        if vote:
            _count(ballot, batch[_LABEL][inside], pre[inside], batch[form.count][inside], len(known))
    none = np.empty(0, np.int32)
    pre, post, count = (np.concatenate([none, *(part[end] for part in parts)]) for end in range(3))
    return _Summed(*_joined(pre, post, count, len(known)), transmitters=_winners(ballot, len(known)))


def _joined(pre: np.ndarray, post: np.ndarray, count: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edges in the order of their ends, each once, with summed counts."""
    large = len(count) > 0 and count.max() >= _LARGE  # so that no sum can overflow
    counts = count.astype(np.int64) if large else count
    matrix = sparse.coo_array((counts, (pre, post)), shape=(n, n)).tocsr()
    matrix.sort_indices()
    rows = np.repeat(np.arange(n, dtype=np.int32), np.diff(matrix.indptr))
    return rows, matrix.indices.astype(np.int32, copy=False), matrix.data


def _count(ballot: dict[str, np.ndarray], labels: np.ndarray, pre: np.ndarray, counts: np.ndarray, n: int) -> None:
    codes, names = pd.factorize(labels)
    for code, name in enumerate(short_names(str(name) for name in names)):
        chosen = codes == code
        ballot[name] = ballot.get(name, np.zeros(n)) + np.bincount(pre[chosen], counts[chosen], minlength=n)


def _winners(ballot: dict[str, np.ndarray], n: int) -> list[str]:
    names = sorted(name for name in ballot if name)
    if not names:
        return [""] * n
    votes = np.stack([ballot[name] for name in names])
    best = np.array(names, object)[votes.argmax(axis=0)]
    return [str(name) for name in np.where(votes.max(axis=0) > 0, best, "")]
