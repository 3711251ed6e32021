"""Keeping what a reader found as a dataset with a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from braincast import files
from braincast.brain.specimen import WIRINGS, Specimen
from braincast.datasets import registry
from braincast.datasets.card import Content, DatasetCard
from braincast.datasets.dataset import Dataset
from braincast.datasets.fingerprint import content_sha256
from braincast.datasets.own import CARD, SPECIMEN, checked_name, load_own, own_folder, own_names
from braincast.datasets.readers.findings import Findings
from braincast.errors import BraincastError

NOT_STATED = "not stated"


def add(findings: Findings, name: str, *, wiring: str | None = None, force: bool = False) -> Dataset:
    """Keep a recording or a connectome as the dataset `name`; activity is copied a slab at a time.

    Onto an added dataset that lacks it, a connectome (or a recording) is added to the specimen there: some neurons must
    have the same names (E102), and `wiring` says whose it is. Anything else that is in the way is E501 without
    `force`; a name that is taken by a dataset of braincast's or of a package always is.

        dataset = add(read("session.nwb"), "my-fish")
    """
    checked_name(name)
    if name in registry.dataset_names() and name not in own_names():
        raise BraincastError("E501", f"dataset {name}", "there is a dataset of this name", "Choose another --name")
    _check_wiring(wiring)
    earlier = load_own(name) if name in own_names() else None
    if earlier is not None and _goes_onto(findings, _only(earlier), force):
        specimen, card = _joined(findings, _only(earlier), wiring, name), earlier.card
        notes = (*card.traps, *findings.notes)
        citation = tuple(dict.fromkeys((*card.citation, *findings.origin.citation)))
    else:
        if earlier is not None and not force:
            fix = "Choose another --name or add --force"
            raise BraincastError("E501", f"dataset {name}", "there is a dataset of this name", fix)
        specimen, card, notes, citation = _specimen(findings), None, findings.notes, findings.origin.citation
    licence = findings.origin.licence if card is None else card.licence
    _save(specimen, name, findings, notes, citation, licence or NOT_STATED)
    return load_own(name)


def _save(
    specimen: Specimen, name: str, findings: Findings, notes: tuple[str, ...], citation: tuple[str, ...], licence: str
) -> None:
    # What is replaced may be what is being read: it stands until the new folder is complete.
    with files.new_folder(own_folder(name), force=True, what="dataset") as folder:
        specimen.save(folder / SPECIMEN)
        saved = Specimen.load(folder / SPECIMEN, check=False)
        card = _card(saved, name, findings, notes, citation, licence, content_sha256(saved))
        files.write_json(folder / CARD, card.model_dump(mode="json"))


def _specimen(findings: Findings) -> Specimen:
    origin = findings.origin
    return Specimen(
        origin.animal or findings.path.stem,
        origin.species or NOT_STATED,
        origin.strain,
        connectome=findings.connectome,
        recordings=findings.recordings,
        n_animals=1 if findings.recordings else None,
    )


def _goes_onto(findings: Findings, specimen: Specimen, force: bool) -> bool:
    """Whether the findings complete a specimen: what it lacks, or with `force` another connectome for a recording."""
    if findings.connectome is not None and not findings.recordings:
        return bool(specimen.recordings) and (specimen.connectome is None or force)
    return findings.connectome is None and not specimen.recordings


def _joined(findings: Findings, specimen: Specimen, wiring: str | None, name: str) -> Specimen:
    connectome = findings.connectome or specimen.connectome
    recordings = dict(findings.recordings or specimen.recordings)
    recorded = {neuron for recording in recordings.values() for neuron in recording.neurons}
    if connectome is not None and not recorded & set(connectome.neuron_ids):
        what = f"no neuron is both recorded ({min(recorded)}, …) and wired ({min(connectome.neuron_ids)}, …)"
        raise BraincastError("E102", f"dataset {name}", what, "Give both the same names; a sidecar's neurons renames")
    if wiring is None:
        what = "a connectome meets a recording: whose wiring is it?"
        fix = f"Say --wiring, one of {', '.join(map(repr, WIRINGS))}"
        raise BraincastError("E108", f"dataset {name}", what, fix)
    changed: dict[str, Any] = {"connectome": connectome, "recordings": recordings, "wiring": wiring, "n_animals": 1}
    return replace(specimen, **changed)


def _check_wiring(wiring: str | None) -> None:
    if wiring is not None and wiring not in WIRINGS:
        raise BraincastError(
            "E305", "--wiring", f"unknown word {wiring!r}", f"Use one of {', '.join(map(repr, WIRINGS))}"
        )


def _only(dataset: Dataset) -> Specimen:
    return next(iter(dataset.specimens.values()))


def _card(
    specimen: Specimen,
    name: str,
    findings: Findings,
    notes: tuple[str, ...],
    citation: tuple[str, ...],
    licence: str,
    content: str,
) -> DatasetCard:
    contents = tuple(_contents(specimen, "; ".join(citation) or NOT_STATED))
    return DatasetCard(
        name=name,
        version="1",
        title=f"Added {_file_name(findings.path)}: {'; '.join(c.size for c in contents)}",
        species=specimen.species,
        summary=f"Added from {_file_name(findings.path)} ({findings.format}); animal {specimen.name}.",
        n_animals=NOT_STATED if specimen.n_animals is None else str(specimen.n_animals),
        licence=licence,
        citation=citation,
        sources=(),
        redistribute="no",
        contents=contents,
        traps=tuple(dict.fromkeys(notes)),
        content_sha256=content,
    )


def _contents(specimen: Specimen, citation: str) -> Iterator[Content]:
    for name, recording in specimen.recordings.items():
        size = f"{recording.n_frames:,} frames × {recording.n_neurons:,} neurons"
        yield Content(name=f"recording {name}", size=size, unit=recording.unit, citation=citation)
    if (wired := specimen.connectome) is not None:
        size = f"{wired.n_neurons:,} neurons, {wired.n_edges:,} edges"
        yield Content(
            name=f"connectome ({specimen.wiring or 'alone'})", size=size, unit=wired.weight_unit, citation=citation
        )


def _file_name(path: Path) -> str:
    """A name of odd bytes as text that JSON can hold."""
    return path.name.encode("utf-8", "replace").decode("utf-8")
