"""Formulas between dollars become MathML when the site is built: browsers draw it by themselves, without any script."""

from __future__ import annotations

import html
import re

from math_core import LatexToMathML
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

# What pymdownx.arithmatex leaves of `$…$` and `$$…$$`.
_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
_CONVERTER = LatexToMathML(fancy_error=False)


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Every formula of a page as MathML; one that cannot be read ends the build."""
    return _FORMULA.sub(_drawn, content)


def _drawn(match: re.Match[str]) -> str:
    tag, opening, formula = match.groups()
    drawn = _CONVERTER.convert_with_local_state(html.unescape(formula).strip(), displaystyle=opening == "[")
    return f'<{tag} class="formula">{drawn}</{tag}>'
