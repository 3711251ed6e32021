"""The documents of the repository as tests read them: headings, links, blocks of code, words of the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^( *)(`{3,})(\w*)\n(.*?)^\1\2 *$", re.DOTALL | re.MULTILINE)


def documents() -> list[Path]:
    """Every document that people read, notebooks among them."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]
    return sorted([*pages, *ROOT.glob("docs/**/*.ipynb")])


def text_of(document: Path) -> str:
    """A document in Markdown; the cells of a notebook one after the other."""
    text = document.read_text(encoding="utf-8")
    if document.suffix != ".ipynb":
        return text
    return "\n\n".join(_cell(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"])


def _cell(kind: str, source: str) -> str:
    if kind != "code":
        return source
    lines = source.splitlines()
    if source.startswith("%%bash"):
        return _fenced("sh", lines[1:])
    # A line that begins with ! is the shell's; indented ones would be inside a block of Python.
    shell = [line[1:] for line in lines if line.startswith("!")]
    python = [line for line in lines if not line.startswith(("!", "%"))]
    return _fenced("sh", shell) + "\n\n" + _fenced("python", python)


def _fenced(language: str, lines: list[str]) -> str:
    return "\n".join([f"```{language}", *lines, "```"])


def blocks(document: Path, language: str) -> list[str]:
    """All blocks of code in that language."""
    found = _BLOCK.findall(text_of(document))
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, _, said, code in found if said == language]


def plain(document: Path) -> str:
    """A document without its blocks of code."""
    return _BLOCK.sub("", text_of(document))


def anchors(document: Path) -> set[str]:
    """What can stand behind # in a link to a document, as GitHub and the site name its headings."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *(?:\{.*\})?$", plain(document), re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        base = anchor = re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")
        n = 0
        while anchor in found:
            n += 1
            anchor = f"{base}-{n}"
        found.add(anchor)
    return found


def links(document: Path) -> Iterator[tuple[str, str]]:
    """Target and anchor of each link that stays in the repository."""
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", plain(document)):
        if not re.match(r"[a-z]+:", target):
            yield target, anchor


def command_lines(document: Path) -> Iterator[str]:
    """Every line that calls braincast, in blocks for the shell."""
    for block in blocks(document, "sh"):
        for line in re.sub(r"\\\n\s*", " ", block).splitlines():
            for part in re.split(r"&&|\|\||[|;>]", _uncommented(line)):
                if called := re.match(r"\s*(?:\w+=\S+ )*(?:\S*/)?(?:python3? -m )?braincast( .*|)$", part):
                    yield called[1].strip()


def mentioned_commands(document: Path) -> Iterator[str]:
    """Every `braincast …` that is named in a sentence."""
    yield from re.findall(r"`braincast ([^`]+)`", re.sub(r"\s+", " ", plain(document)))


def _uncommented(line: str) -> str:
    """A line of the shell without its comment."""
    return re.sub(r"(^|\s)#.*$", "", line)
