"""Folders that braincast saved: a recording, a connectome or a whole specimen."""

from __future__ import annotations

from pathlib import Path

from braincast import files
from braincast.brain.connectome import Connectome
from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.datasets.readers.draft import Origin
from braincast.datasets.readers.findings import Findings


def is_saved(path: Path) -> bool:
    """Whether a folder has braincast's manifest."""
    return (path / files.MANIFEST).is_file()


def findings(path: Path) -> Findings:
    """What was saved, after its manifest was checked (E201–E213)."""
    if (path / "specimen.json").is_file():
        specimen = Specimen.load(path)
        origin = Origin(specimen.species, specimen.strain, specimen.name)
        return Findings(path, "saved specimen", specimen.recordings, specimen.connectome, origin)
    if (path / "connectome.json").is_file():
        return Findings(path, "saved connectome", connectome=Connectome.load(path))
    return Findings(path, "saved recording", {path.stem: Recording.load(path)})
