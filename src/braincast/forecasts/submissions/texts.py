"""What a text from a stranger may hold, in any language.

Texts are shown on pages, in terminals and in tables that spreadsheets open. Each such place escapes what it shows;
these rules come on top, so that one forgotten escape is not enough, and so that what a person reads is what is there.
Letters that Unicode gained after this Python was made count as unprintable.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import LiteralString, NamedTuple


class Flaw(NamedTuple):
    """Why a value is refused: a code of `braincast.errors`, what was found and expected, and what to do."""

    code: LiteralString
    what: str
    fix: str


def flaw_of_text(text: str, *, most: int, several_lines: bool = False, is_name: bool = False) -> Flaw | None:
    """The first reason to refuse a text of up to `most` characters: E607 for its length, E608 for what it holds.

    `is_name` is for texts that say who somebody is: they may not carry the letters of formulas that others may.
    """
    flaw = _flaw_of_length(text, most, several_lines)
    if flaw:
        return flaw
    for rule, fix in _RULES:
        found = rule(text, several_lines=several_lines, is_name=is_name)
        if found:
            return Flaw("E608", found, fix)
    return None


def shown(text: str, most: int = 80) -> str:
    """A text in quotes for a message: shortened, in one line, everything that cannot be seen as its code point."""
    return _shortened(repr(text), most)


def spelled(text: str, most: int = 80) -> str:
    """As `shown`, with every letter outside ASCII as its code point: for what should be in ASCII, or looks like it."""
    return _shortened(ascii(text), most)


def _shortened(quoted: str, most: int) -> str:
    return quoted if len(quoted) <= most else f"{quoted[: most - 15]}...{quoted[-12:]}"


def _flaw_of_length(text: str, most: int, several_lines: bool) -> Flaw | None:
    if len(text) > most:
        return Flaw("E607", f"it has {len(text):,} characters; at most {most:,} may be", "Shorten it")
    if not text.strip():
        return Flaw("E607", "it is empty", "Say it in words")
    if text != text.strip() and not several_lines:
        return Flaw("E607", f"{shown(text)} begins or ends with a space", "Remove the space")
    return None


# Printable to Unicode, yet nothing is seen: fillers, blanks, variation selectors, marks of replaced content.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\ufffd\U000e0100-\U000e01ef]"
)


def _hidden(text: str, *, several_lines: bool, **_: bool) -> str | None:
    lines = text.replace("\n", "") if several_lines else text
    for letter in lines:
        if not letter.isprintable() or _BLANK.match(letter):
            return f"it holds {_named(letter)}, which cannot be seen or is no plain space"
    return None


def _decomposed(text: str, **_: bool) -> str | None:
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return None
    first = next((i for i, (a, b) in enumerate(zip(text, composed, strict=False)) if a != b), len(composed))
    return f"it is not in Unicode's normal form C from character {first + 1} on: {_named(text[first])}"


_MOST_MARKS = 4


def _piled(text: str, **_: bool) -> str | None:
    """Marks that pile up, or that have no letter to sit on."""
    n_marks = _MOST_MARKS
    for letter in text:
        if unicodedata.category(letter).startswith("M"):
            n_marks += 1
        else:
            n_marks = _MOST_MARKS if letter.isspace() else 0
        if n_marks > _MOST_MARKS:
            return f"a letter carries at most {_MOST_MARKS} marks, and no mark stands alone: {_named(letter)}"
    return None


# Greek letters of formulas: all but those that look like letters of the Latin alphabet.
_OF_FORMULAS = frozenset("ΓΔΘΛΞΠΣΦΨΩαβγδεζηθκλμξπσςτφχψω")
_EAST_ASIAN = frozenset({"BOPOMOFO", "CJK", "HANGUL", "HIRAGANA", "IDEOGRAPHIC", "KATAKANA"})
# Scripts written without spaces, so that Latin words stand right within; none has letters that look Latin.
_AROUND_LATIN = frozenset({"EAST ASIAN", "KHMER", "LAO", "MYANMAR", "THAI"})
# Decompositions of letters that are others in another dress: 𝐀, Ａ, ℝ.
_DRESSES = ("<font>", "<wide>", "<narrow>")


def _mixed(text: str, *, is_name: bool, **_: bool) -> str | None:
    """A word that mixes scripts whose letters look alike, or wears letters in another dress."""
    for word in _words(text):
        if _is_mixed([letter for letter in word if is_name or letter not in _OF_FORMULAS], is_name):
            return f"the word {spelled(word)} mixes scripts or dresses of letters that look alike"
    return None


def _words(text: str) -> Iterator[str]:
    """Runs of letters, marks and digits."""
    for in_word, letters in groupby(text, lambda letter: unicodedata.category(letter)[0] in "LMN"):
        if in_word:
            yield "".join(letters)


def _is_mixed(letters: list[str], is_name: bool) -> bool:
    found = [script for script in map(_script, letters) if script]
    if "DRESSED" in found:
        return is_name or len(found) > 1
    scripts = set(found)
    return len(scripts) > 1 and not ("LATIN" in scripts and len(scripts) == 2 and scripts & _AROUND_LATIN)


def _script(letter: str) -> str:
    """The script that a letter belongs to, after its Unicode name; nothing for digits, marks and signs."""
    if unicodedata.category(letter) not in ("Lu", "Ll", "Lt", "Lo") or letter in "µªº":
        return ""
    if unicodedata.decomposition(letter).startswith(_DRESSES):
        return "DRESSED"
    script = re.split("[ -]", unicodedata.name(letter, "UNKNOWN"), maxsplit=1)[0]
    return "EAST ASIAN" if script in _EAST_ASIAN else script


_ANY_CASE = re.IGNORECASE | re.ASCII
_MARKUP = tuple(
    re.compile(pattern, _ANY_CASE)
    for pattern in (
        r"<[a-z/!?]",
        r"&\w{2,};|&#\w",
        r"[{}`\\]|\$\(",
        r"\b(?:java|vb|live)script\s*:",
        # "Data: our own" is a sentence, "data:text/html" an address.
        r"\b(?:data|file):(?=\S)",
        r"\b(?:url|expression)\(|@import|-moz-binding",
        # An event handler, but not "onset = 5 s" or "one = 1".
        r"\bon(?!(?:ce|e|es|going|line|ly|set|sets|to|togeny|tology)\s*=)[a-z]+\s*=",
        # Codes of formats and of percent-encoding, paths that climb.
        r"(?:%[-+#0-9.$*]*[a-z][ ,.|_-]?){2}|%\(\w+\)[a-z]|%[0-3][0-9a-f]",
        r"(?<!\.)\.\./",
    )
)


def _markup(text: str, **_: bool) -> str | None:
    """What a browser, a template, a style sheet, a shell or a path could act on, also in full-width letters."""
    folded = unicodedata.normalize("NFKC", text)
    for pattern in _MARKUP:
        found = pattern.search(folded)
        if found:
            return f"{shown(found.group())} could be read as markup or code"
    if html.unescape(folded) != folded:
        return "it holds a character reference of HTML"
    return None


_FORMULA = re.compile(r"[\s\"'‘’‚‛“”„‟«»‹›]*[=+@−-]")


def _formula(text: str, **_: bool) -> str | None:
    found = _FORMULA.match(unicodedata.normalize("NFKC", text))
    return found and f"it begins with {shown(found.group())}, as formulas of spreadsheets do"


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()


_RULES: tuple[tuple[Callable[..., str | None], str], ...] = (
    (_hidden, "Remove it, or put a plain space there"),
    (_decomposed, "Write letters composed with their accents: unicodedata.normalize('NFC', text)"),
    (_piled, "Remove the marks"),
    (_mixed, "Write each word in plain letters of one alphabet"),
    (_markup, "Say it in plain words; put a space after < and between a name and = or :"),
    (_formula, "Begin with a letter, a digit or a bracket"),
)
