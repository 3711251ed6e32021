"""The specimen: one animal (or the average one of an atlas), with whatever of it was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, TypeVar, get_args

import pandas as pd

from braincast import files
from braincast.brain.connectome import Connectome
from braincast.brain.display import html_card, text_card
from braincast.brain.expression import Expression
from braincast.brain.folders import field as header_field
from braincast.brain.folders import names_in, read_header, read_table, write_header, write_table
from braincast.brain.recording import Recording
from braincast.brain.responses import Responses
from braincast.errors import BraincastError

Wiring = Literal["same animal", "another animal", "atlas"]
WIRINGS: tuple[str, ...] = get_args(Wiring)
_ANATOMY = "anatomy"


@dataclass(frozen=True, eq=False, repr=False)
class Specimen:
    """Connectome, expression, recordings and responses that are used together, any of them absent.

    `wiring` says whose connectome it is beside activity: of the "same animal", "another animal" or an "atlas"; with a
    connectome and any activity it must be given (E108). `n_animals` counts the animals behind the activity (None:
    unknown). Neurons of the activity need not all be in the connectome: the overlap is shown. `anatomy` has a row for
    each neuron of interest, with `id` and columns as in a connectome's neuron table (`region`, `x_um`, …): what models
    of activity are told where there is no wiring.

    >>> pair = Connectome.from_edges(["AVAL", "AVAR"], pre=["AVAL"], post=["AVAR"])
    >>> Specimen("a worm", "Caenorhabditis elegans", connectome=pair)
    Specimen 'a worm': species Caenorhabditis elegans, wired neurons 2, edges 1
    """

    name: str
    species: str
    strain: str = ""
    connectome: Connectome | None = None
    expression: Expression | None = None
    recordings: Mapping[str, Recording] = field(default_factory=dict)
    responses: Responses | None = None
    wiring: Wiring | None = None
    n_animals: int | None = None
    anatomy: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "recordings", dict(self.recordings))
        where = f"specimen {self.name!r}"
        choice = f"Give wiring as one of {', '.join(map(repr, WIRINGS))}"
        if self.wiring is not None and self.wiring not in WIRINGS:
            raise BraincastError("E107", f"{where}.wiring", f"unknown word {self.wiring!r}", choice)
        if self.connectome is not None and (self.recordings or self.responses is not None) and self.wiring is None:
            what = "it has a connectome and activity, but does not say whose wiring it is"
            raise BraincastError("E108", f"{where}.wiring", what, choice)
        if self.n_animals is not None and self.n_animals < 1:
            fix = "Give a positive number, or None where it is unknown"
            raise BraincastError("E107", f"{where}.n_animals", f"{self.n_animals} animals", fix)

    def __reduce__(self) -> tuple[type[Specimen], tuple[object, ...]]:
        # A read-only mapping cannot be pickled, and worker processes get specimens by pickle.
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return type(self), tuple({**values, "recordings": dict(self.recordings)}.values())

    def save(self, path: Path | str, *, force: bool = False) -> None:
        """Write a folder with one sub-folder per part and a manifest; an existing one is E501 unless `force`."""
        with files.new_folder(Path(path), force=force, what="specimen") as folder:
            if self.connectome is not None:
                self.connectome.save(folder / "connectome")
            if self.expression is not None:
                self.expression.save(folder / "expression")
            if self.responses is not None:
                self.responses.save(folder / "responses")
            if self.anatomy is not None:
                write_table(folder, _ANATOMY, self.anatomy)
            for number, recording in enumerate(self.recordings.values()):
                recording.save(folder / "recordings" / str(number))
            write_header(folder, "specimen", self._header())

    @classmethod
    def load(cls, path: Path | str, *, check: bool = True) -> Specimen:
        """Read what `save` wrote, compared with its manifest first unless `check` is off; recordings stay lazy."""
        folder = Path(path)
        if check:
            files.check_manifest(folder)
        found = read_header(folder, "specimen")
        texts = ("name", "species", "strain", "wiring", "n_animals")
        recordings = {
            name: Recording.load(folder / "recordings" / str(number), check=False)
            for number, name in enumerate(names_in(found, "recordings", folder))
        }
        return cls(
            **{name: header_field(found, name, folder) for name in texts},
            connectome=_loaded(Connectome, folder / "connectome"),
            expression=_loaded(Expression, folder / "expression"),
            responses=_loaded(Responses, folder / "responses"),
            recordings=recordings,
            anatomy=read_table(folder, _ANATOMY) if (folder / f"{_ANATOMY}.parquet").is_file() else None,
        )

    def __repr__(self) -> str:
        return text_card("Specimen", self.name, self._facts())

    def _repr_html_(self) -> str:
        return html_card("Specimen", self.name, self._facts())

    def _header(self) -> dict[str, object]:
        """What the parts do not say; recordings are numbered folders, as their names may be no file names."""
        return {
            "name": self.name,
            "species": self.species,
            "strain": self.strain,
            "wiring": self.wiring,
            "n_animals": self.n_animals,
            "recordings": list(self.recordings),
        }

    def _facts(self) -> dict[str, object]:
        facts: dict[str, object] = {"species": self.species, "strain": self.strain or None, "animals": self.n_animals}
        facts["wiring of"] = self.wiring
        if self.connectome is not None:
            facts["wired neurons"] = self.connectome.n_neurons
            facts["edges"] = self.connectome.n_edges
        if self.expression is not None:
            facts["neurons with expression"] = self._overlap(self.expression.neurons)
        if self.responses is not None:
            facts["neurons with responses"] = self._overlap(self.responses.neurons)
        for name, recording in self.recordings.items():
            facts[f"neurons in recording {name}"] = self._overlap(recording.neurons)
        return facts

    def _overlap(self, neurons: tuple[str, ...]) -> str:
        """How many neurons, and how many of them are in the connectome."""
        if self.connectome is None:
            return f"{len(neurons):,}"
        shared = len(set(neurons) & set(self.connectome.neuron_ids))
        return f"{len(neurons):,} ({shared:,} of them wired)"


_Part = TypeVar("_Part", Connectome, Expression, Responses)


def _loaded(kind: type[_Part], folder: Path) -> _Part | None:
    """The part saved there, already checked with the specimen's manifest; None if the specimen has none."""
    return kind.load(folder, check=False) if folder.is_dir() else None
