"""Files of the repository outside docs/ that pages link to: the site shows them, so that no link leads nowhere.

On GitHub such links lead to the file itself. Here it is a page of the site, which needs no network and is of the same
version as the text that links to it. CHANGELOG.md and CONTRIBUTING.md have places of their own.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
# Pages whose text lies at the root of the repository.
_AT_ROOT = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
_LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".sh": "sh", ".yml": "yaml", ".cff": "yaml"}
_LINK = re.compile(r"(\]\()(?![a-z]+:|#|/)([^)#\s]+)")
# A page that is called by the name of its file is called by its title.
_NAMED = re.compile(r"(?<!!)\[[\w-]+\.md\](?=\(([^)#\s]+))")
_MOST_SHOWN = 200_000


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that the root of the repository gives, and one for each file that any page links to."""
    for uri, name in _AT_ROOT.items():
        if (ROOT / name).exists():
            files.append(File.generated(config, uri, content=(ROOT / name).read_text(encoding="utf-8")))
    waiting = [file for file in files if file.src_uri.endswith((".md", ".ipynb"))]
    shown = set()
    for file in waiting:
        # In a notebook a link stands in a string, as it is.
        for _, target in _LINK.findall(file.content_string):
            path = _on_disk(file.src_uri, target)
            path = path / "README.md" if (path / "README.md").exists() else path
            if path.exists() and _uri(path).startswith("source/") and path not in shown:
                shown.add(path)
                files.append(File.generated(config, _uri(path), content=_page(path)))
    return files


on_files.mkdocs_priority = -50  # type: ignore[attr-defined]


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Points links at the pages that stand for their targets."""
    here = page.file.src_uri
    if here.startswith("source/"):
        return markdown

    def pointed(match: re.Match[str]) -> str:
        path = _on_disk(here, match[2])
        return match[1] + (_relative(_uri(path), here) if path.exists() else match[2])

    def titled(match: re.Match[str]) -> str:
        path = _on_disk(here, match[1])
        title = re.search(r"^# (.+)", path.read_text(encoding="utf-8"), re.MULTILINE) if path.is_file() else None
        return f"[{title[1]}]" if title else match[0]

    return _LINK.sub(pointed, _NAMED.sub(titled, markdown))


def _on_disk(uri: str, target: str) -> Path:
    folder = ROOT if uri in _AT_ROOT else (DOCS / uri).parent
    return Path(os.path.normpath(folder / target))


def _uri(path: Path) -> str:
    """Where the site has a file or folder of the repository."""
    path = path / "README.md" if (path / "README.md").exists() else path
    if path.is_relative_to(DOCS) and path.is_file():
        return path.relative_to(DOCS).as_posix()
    name = path.relative_to(ROOT).as_posix()
    homes = {original: uri for uri, original in _AT_ROOT.items()} | {"README.md": "index.md", "docs": "index.md"}
    return homes.get(name, f"source/{name}.md")


def _relative(uri: str, here: str) -> str:
    return PurePosixPath(os.path.relpath(uri, PurePosixPath(here).parent)).as_posix()


def _page(path: Path) -> str:
    """A file as it is, or what a folder holds."""
    name = path.relative_to(ROOT).as_posix()
    head = f"---\ntitle: {name}\nsearch:\n  exclude: true\n---\n\n# `{name}`\n\n"
    if path.is_dir():
        shown = (each for each in path.iterdir() if not each.name.startswith(("_", ".")))
        inside = sorted(each.name + "/" * each.is_dir() for each in shown)
        return head + "\n".join(f"- `{each}`" for each in inside) + "\n"
    text = path.read_text(encoding="utf-8")
    if len(text) > _MOST_SHOWN:
        text = text[:_MOST_SHOWN] + "\n…\n"
    fence = "`" * (max([2, *map(len, re.findall("`+", text))]) + 1)
    return f"{head}{fence}{_LANGUAGES.get(path.suffix, 'text')}\n{text}{fence}\n"
