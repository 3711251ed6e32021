"""Tutorials are notebooks without outputs: they are executed when the site is built, and shown with what came out.

An executed notebook becomes a page in Markdown, so that it has the site's links, search and colours. The notebook
itself lies beside its page, to be taken along.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbclient import NotebookClient

_KERNEL = "python3"
_FIGURES = ["--InlineBackend.figure_format=svg"]
_LONGEST_S = 300
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[^\n]*\r(?!\n)")
# What is shown of an output, the first that there is.
_KINDS = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")


class Notebook(File):
    """A page that is written as a notebook."""

    def is_documentation_page(self) -> bool:
        return True


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Makes pages of notebooks, which MkDocs would copy as they are."""
    for file in [each for each in files if each.src_uri.endswith(".ipynb")]:
        files.remove(file)
        files.append(Notebook(file.src_uri, config.docs_dir, config.site_dir, config.use_directory_urls))
    return files


def on_page_read_source(page: Page, config: MkDocsConfig) -> str | None:
    """The page of a notebook in Markdown; None for every other page."""
    if not isinstance(page.file, Notebook):
        return None
    source = page.file.content_string
    notebook = _executed(source) if config.extra["execute"] else nbformat.reads(source, as_version=4)
    return shown(notebook, Path(page.file.src_uri).name)


def on_post_build(config: MkDocsConfig) -> None:
    """Lays every notebook beside its page."""
    for path in Path(config.docs_dir).rglob("*.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            shutil.copy(path, Path(config.site_dir) / path.relative_to(config.docs_dir))


def executed(notebook: Any) -> Any:
    """The notebook with its outputs, run in an empty folder with an empty cache; an error in a cell is one here."""
    with tempfile.TemporaryDirectory() as folder:
        work, home = Path(folder) / "work", Path(folder) / "home"
        work.mkdir()
        client = NotebookClient(notebook, timeout=_LONGEST_S, kernel_name=_KERNEL, extra_arguments=_FIGURES)
        client.resources, client.coalesce_streams = {"metadata": {"path": str(work)}}, True
        # `!braincast` is that of the environment which builds the site.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        done = client.execute(env={**os.environ, "BRAINCAST_HOME": str(home), "PATH": path})
        places = {f"{work.resolve()}/": "", f"{work}/": "", str(home): "BRAINCAST_HOME"}
        return _without(done, places)


def _without(notebook: Any, places: dict[str, str]) -> Any:
    """The notebook whose outputs name none of the folders that it was executed in."""
    text = nbformat.writes(notebook)
    for place, instead in places.items():
        text = text.replace(place, instead)
    return nbformat.reads(text, as_version=4)


@cache
def _executed(source: str) -> Any:
    """Once for each version of a notebook, also while `mkdocs serve` builds the site again and again."""
    return executed(nbformat.reads(source, as_version=4))


def shown(notebook: Any, name: str) -> str:
    """A notebook in Markdown, with a line under its title that offers it."""
    parts = [part for cell in notebook.cells for part in _cell(cell)]
    offer = f'<p class="notebook"><a href="{name}" download>This page is a notebook: take it along</a></p>'
    title, _, rest = parts[0].partition("\n")
    return "\n\n".join([title, offer, rest, *parts[1:]]) + "\n"


def _cell(cell: Any) -> list[str]:
    if cell.cell_type == "markdown":
        return [cell.source]
    if cell.cell_type != "code" or not cell.source.strip():
        return []
    return [_fenced(*_language(cell.source)), *map(_output, cell.get("outputs", []))]


def _language(source: str) -> tuple[str, str]:
    """Commands of a shell as they are typed there."""
    lines = source.strip().splitlines()
    if lines[0].startswith("%%bash"):
        return "sh", "\n".join(lines[1:])
    if all(line.startswith("!") for line in lines if line.strip()):
        return "sh", "\n".join(line.removeprefix("!") for line in lines)
    return "python", "\n".join(lines)


def _output(output: Any) -> str:
    if output.output_type == "stream":
        return _text(output.text)
    if output.output_type == "error":
        return _text(f"{output.ename}: {output.evalue}")
    kind = next((kind for kind in _KINDS if kind in output.data), None)
    return "" if kind is None else _SHOWN[kind](output.data[kind])


def _text(text: str) -> str:
    """What was printed, without colours, bars that were drawn over, and the room around tables."""
    plain = re.sub(r" +$", "", _COLOURS.sub("", text), flags=re.MULTILINE)
    plain = re.sub(r"\n{3,}", "\n\n", plain).strip("\n")
    return f'<div class="output" markdown="1">\n\n{_fenced("text", plain)}\n\n</div>' if plain else ""


def _fenced(language: str, text: str) -> str:
    fence = "`" * (max([2, *map(len, re.findall("`+", text))]) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _whole(markup: str) -> str:
    """Markup as one block: an empty line would end it in Markdown."""
    return '<div class="output">' + re.sub(r"\n\s*", "\n", markup.strip()) + "</div>"


def _drawing(markup: str) -> str:
    """A picture of its own: names in it would meet those of the next."""
    return _picture(base64.b64encode(markup.encode()).decode(), "svg+xml")


def _picture(data: str, kind: str = "png") -> str:
    return f'<div class="output"><img alt="figure" src="data:image/{kind};base64,{"".join(data.split())}"></div>'


_SHOWN = {
    "text/html": _whole,
    "image/svg+xml": _drawing,
    "image/png": _picture,
    "text/markdown": str,
    "text/plain": _text,
}
