"""A name with a star in the navigation stands for the files that there are, in order of their names."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

_SHOWN = (".md", ".ipynb")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """After the hooks that add files, since `nav` is read when all are known."""
    names = sorted(file.src_uri for file in files if file.src_uri.endswith(_SHOWN))
    listed = {entry for entry in _entries(config.nav) if "*" not in entry}
    config.nav = _expanded(config.nav, names, listed)
    return files


on_files.mkdocs_priority = -100  # type: ignore[attr-defined]


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """An index is a table, which has the room of the list of headings."""
    if page.file.src_uri.endswith("README.md"):
        page.meta["hide"] = ["toc"]
    return markdown


def _entries(nav: Any) -> list[str]:
    """All paths and patterns in a part of the navigation."""
    if isinstance(nav, str):
        return [nav]
    inner = nav.values() if isinstance(nav, dict) else nav
    return [entry for part in inner for entry in _entries(part)]


def _expanded(nav: list[Any], names: list[str], listed: set[str]) -> list[Any]:
    """The same with files for patterns, each file once; sections that stay empty are left out."""
    found = []
    for entry in nav:
        if isinstance(entry, dict):
            ((title, inner),) = entry.items()
            inner = _expanded(inner, names, listed) if isinstance(inner, list) else inner
            found += [{title: inner}] if inner else []
        elif "*" in entry:
            matching = [name for name in names if fnmatch(name, entry) and name not in listed]
            listed.update(matching)
            found += matching
        else:
            found.append(entry)
    return found
