"""Datasets that a user added: one folder each in the cache, with a card and a saved specimen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from braincast.datasets.cache import home
from braincast.datasets.card import DatasetCard
from braincast.errors import BraincastError
from braincast.files import check_manifest, read_json

if TYPE_CHECKING:
    from braincast.datasets.dataset import Dataset

CARD, SPECIMEN = "card.json", "specimen"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


def own_folder(name: str) -> Path:
    """Where the dataset of that name lies, whether it is there or not."""
    return home() / "datasets" / name


def own_names() -> list[str]:
    """Names of all datasets that were added here."""
    found = (path.parent.name for path in (home() / "datasets").glob(f"*/{CARD}"))
    return sorted(name for name in found if _NAME.fullmatch(name))


def own_card(name: str) -> DatasetCard:
    """The card of an added dataset; E111 where it cannot be understood."""
    path = own_folder(name) / CARD
    try:
        return DatasetCard.model_validate(read_json(path))
    except ValidationError as error:
        what = f"this is not the card of a dataset ({error.error_count()} errors)"
        raise BraincastError("E111", str(path), what, f"Add it again: braincast data add PATH --name {name}") from error


def load_own(name: str) -> Dataset:
    """An added dataset; its specimen is compared with its manifest first, recordings stay on disk."""
    from braincast.brain.specimen import Specimen
    from braincast.datasets.dataset import Dataset

    specimen = Specimen.load(own_folder(name) / SPECIMEN)
    return Dataset(own_card(name), {specimen.name: specimen})


def check_own(name: str) -> dict[str, str]:
    """Files of an added dataset with their SHA-256, after all were compared with the manifest (E201–E213)."""
    folder = own_folder(name)
    check_manifest(folder)
    listed = read_json(folder / "manifest.json")["files"]
    return {file: entry["sha256"] for file, entry in listed.items()}


def checked_name(name: str) -> str:
    """The name if a dataset may be called so, else E305."""
    if not _NAME.fullmatch(name):
        fix = f"Use at most 100 lower-case letters, digits and hyphens, for example {suggested_name(name)}"
        raise BraincastError("E305", "--name", f"a dataset cannot be called {name!r}", fix)
    return name


def suggested_name(text: str) -> str:
    """A name for a dataset, made of any text."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:60].strip("-") or "recording"
