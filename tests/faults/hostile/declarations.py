"""What submission.toml may not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hostile.entry import Bad, in_folder, in_zip
from hostile.good import DECLARATION, Files, declaration, toml
from hostile.tasks import EXPECTED

TOML, FIELDS, TEXTS = "TOML", "fields", "texts"


def _with(**changes: Any) -> Callable[[Files], None]:
    """Fields replaced; None removes one."""

    def changed(files: Files) -> None:
        fields = {**declaration(EXPECTED["probabilities"]), **changes}
        files[DECLARATION] = toml({key: value for key, value in fields.items() if value is not None})

    return changed


def _content(change: bytes | Callable[[bytes], bytes]) -> Callable[[Files], None]:
    def changed(files: Files) -> None:
        files[DECLARATION] = change if isinstance(change, bytes) else change(files[DECLARATION])

    return changed


def _toml(name: str, change: bytes | Callable[[bytes], bytes], code: str = "E605") -> Bad:
    return Bad(name, TOML, code, (DECLARATION,), in_folder(_content(change)))


def _line(name: str, old: bytes, new: bytes, code: str, *words: str) -> Bad:
    """One line written in another way."""
    return Bad(name, FIELDS, code, words or (DECLARATION,), in_folder(_content(lambda c: c.replace(old, new, 1))))


def _field(name: str, code: str, **changes: Any) -> Bad:
    return Bad(name, FIELDS, code, tuple(changes), in_zip(_with(**changes)))


def _text(name: str, code: str, **changes: Any) -> Bad:
    return Bad(name, TEXTS, code, tuple(changes), in_folder(_with(**changes)))


_TOML = (
    _toml("empty", b"", "E606"),
    _toml("JSON", b'{"format": 1}'),
    _toml("YAML with a command", b"!!python/object/apply:os.system ['id']\n"),
    _toml("bytes that are no UTF-8", lambda c: c.replace(b"Ada", b"\xff\xfe")),
    _toml("UTF-16", lambda c: c.decode().encode("utf-16")),
    _toml("zero bytes", lambda c: c + b"\0\0\0"),
    _toml("a key that stands there twice", lambda c: b"format = 1\n" + c),
    _toml("a table that stands there twice", lambda c: c + b"[packages]\nx = '1'\n"),
    _toml("cut short", lambda c: c[:-3]),
    _toml("larger than 64 KiB", lambda c: c + b"# more\n" * 10_000),
    _toml("nested 10,000 deep", lambda c: c.replace(b"seeds = [0]", b"seeds = " + b"[" * 10_000 + b"]" * 10_000)),
    _toml("tables nested 5,000 deep", lambda c: c + b"[a" + b".a" * 5_000 + b"]\n"),
    _toml("a number of 60,000 digits", lambda c: c.replace(b"parameters = 0", b"parameters = " + b"9" * 60_000)),
    _toml(
        "60,000 digits in base 16", lambda c: c.replace(b"parameters = 0", b"parameters = 0x" + b"f" * 60_000), "E607"
    ),
    _toml("10,000 unknown keys", lambda c: b"".join(b"a%d=1\n" % i for i in range(8_000)), "E606"),
)

_FIELDS = (
    *(
        _line(f"without {field}", f"{field} = ".encode(), f"# {field} = ".encode(), "E606", field)
        for field in ("format", "task", "task_hash", "model", "authors", "contact", "licence", "track", "seeds")
    ),
    _field("another format", "E607", format=2),
    _field("a format that is True", "E606", format=True),
    _field("an unknown key", "E606", run="rm -rf ~"),
    _field("another task", "E215", task="worm-perturbation"),
    _field("another version of the task", "E215", task_hash="f" * 64),
    _field("a model that leads outside", "E607", model="../../etc/passwd"),
    _field("a model with two dots", "E607", model="a..b"),
    _field("a model that is hidden", "E607", model=".hidden"),
    _field("a model that looks like an option", "E607", model="--force"),
    _field("a model that looks like another", "E607", model="my-m\u043edel"),
    _field("a model in capitals", "E607", model="My-Model"),
    _field("a model with a line break", "E607", model="my-model\n"),
    _field("a model of 10,000 letters", "E607", model="m" * 10_000),
    _field("a model that is a list", "E606", model=["my-model"]),
    _field("no authors in the list", "E607", authors=[]),
    _field("the same author twice", "E607", authors=["Ada", "Ada"]),
    _field("1,000 authors", "E607", authors=[f"Ada {i}" for i in range(1_000)]),
    _field("authors that are a text", "E606", authors="Ada"),
    _field("a track that there is not", "E607", track="best"),
    _field("a track that the task has not", "E612", track="no-stimulus"),
    _field("wiring without a null", "E607", track="wiring-required"),
    _field("a null that the task has not", "E607", nulls={"no-null": 1}),
    _field("a null that leads outside", "E607", nulls={"../../x": 1}),
    _field("a null without draws", "E607", nulls={"identity-permuted": 0}),
    _field("10^9 draws of a null", "E607", nulls={"identity-permuted": 10**9}),
    _field("nulls that are a list", "E606", nulls=["identity-permuted"]),
    _field("no seeds", "E607", seeds=[]),
    _field("a seed twice", "E607", seeds=[0, 0]),
    _field("a negative seed", "E607", seeds=[-1]),
    _field("a seed that is True", "E606", seeds=[True]),
    _field("a seed that is a fraction", "E606", seeds=[0.0]),
    _field("100 seeds", "E607", seeds=list(range(100))),
    _field("a negative number of parameters", "E607", parameters=-1),
    _field("10^18 parameters", "E607", parameters=10**18),
    _field("negative hours", "E607", compute={"hardware": "a computer", "hours": -1.0}),
    _field("compute that is a text", "E606", compute="a computer"),
    _field("an empty list of packages", "E607", packages={}),
    _field("a package that leads outside", "E607", packages={"../numpy": "1"}),
    _field("a version that is a command", "E607", packages={"numpy": "1; rm -rf ~"}),
    _field("a version that is a number", "E606", packages={"numpy": 2}),
    _line("hours that are NaN", b'"hours" = 0.01', b'"hours" = nan', "E607", "hours"),
    _line("hours that never end", b'"hours" = 0.01', b'"hours" = inf', "E607", "hours"),
    _line("a date for a text", b'model = "my-model"', b"model = 2026-01-01", "E606", "model"),
)

_TEXTS = (
    _text("a script", "E608", description="<script>alert(1)</script>"),
    _text("an image that fails", "E608", authors=["<img src=x onerror=alert(1)>"]),
    _text("SVG", "E608", description="<svg/onload=alert(1)>"),
    _text("a style", "E608", description="background: url(https://example.org/x)"),
    _text("entities", "E608", description="&#60;script&#62;"),
    _text("a script in the training data", "E608", training_data=["</td><script>alert(1)</script>"]),
    _text("a style in the hardware", "E608", compute={"hardware": "<style>*{display:none}</style>", "hours": 1.0}),
    _text("a formula", "E608", authors=["=cmd|' /C calc'!A0"]),
    _text("a formula with a plus", "E608", authors=["+1+1"]),
    _text("a formula with an at sign", "E608", description="@SUM(1+1)"),
    _text("a name that is reversed when shown", "E608", authors=["Ada \u202eecalevoL"]),
    _text("an author that looks like another", "E608", authors=["Ad\u0430 Lovelace"]),
    _text("invisible letters", "E608", authors=["Ada\u200b Lovelace"]),
    _text("a sequence that steers the terminal", "E608", description="\x1b[2Jall is well"),
    _text("a hundred marks on a letter", "E608", authors=["A" + "\u0301" * 100]),
    _text("a placeholder", "E608", description="{{ config.items() }}"),
    _text("a line break in a name", "E608", authors=["Ada\nLovelace"]),
    _text("a description of 60,000 letters", "E607", description="x " * 30_000),
    _text("a script as a link", "E609", links=["javascript:alert(1)"]),
    _text("data as a link", "E609", links=["data:text/html,<script>alert(1)</script>"]),
    _text("a file as a link", "E609", links=["file:///etc/passwd"]),
    _text("a link that is not encrypted", "E609", links=["http://example.org"]),
    _text("a link with a password", "E609", links=["https://example.org@evil.example"]),
    _text("a link to an address", "E609", links=["https://127.0.0.1/"]),
    _text("a link in look-alike letters", "E609", links=["https://ex\u0430mple.org/"]),
    _text("a link with markup", "E609", links=['https://example.org/"><script>']),
    _text("a script as contact", "E609", contact="javascript:alert(1)"),
    _text("a licence that is markup", "E607", licence="<b>MIT</b>"),
)

BAD = (*_TOML, *_FIELDS, *_TEXTS)
