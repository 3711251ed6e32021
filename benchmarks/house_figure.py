"""Draws which room of the house imports which, as counted in the source: python benchmarks/house_figure.py.

A row is a room, a column what it imports; the figure is on the page for contributors.
"""

from __future__ import annotations

import ast
from collections import Counter
from html import escape
from pathlib import Path

from braincast.files import write_text

SOURCE = Path(__file__).parent.parent / "src" / "braincast"
FIGURE = Path(__file__).parent.parent / "docs" / "figures" / "house.svg"
ROOMS = {
    "brain": "what a brain is",
    "dynamics": "how brains move",
    "datasets": "where brains come from",
    "tasks": "what is asked",
    "models": "who answers",
    "training": "how models learn",
    "forecasts": "what is answered",
    "scoring": "how good it is",
    "experiments": "what we ask of many",
    "board": "who takes part",
    "reports": "how people see it",
    "cli": "the command line",
}
_WIDTH, _LEFT, _TOP, _STEP = 860, 330, 60, 34
# Grey tones and a colour that stand out on white and on dark pages alike.
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#767676}.name{font-weight:600}"
    ".line{stroke:#8884;stroke-width:1}.import{fill:#2f7fd1}.room{fill:#76767655;stroke:#767676}"
)


def imports() -> Counter[tuple[str, str]]:
    """How many lines of each room import each other room."""
    counted: Counter[tuple[str, str]] = Counter()
    for path in SOURCE.rglob("*.py"):
        room = path.relative_to(SOURCE).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            counted.update((room, other) for other in _rooms_of(node) if other != room and room in ROOMS)
    return counted


def drawn(counted: Counter[tuple[str, str]]) -> str:
    """The figure: everything lies below the diagonal, because a room imports only rooms above it."""
    size = _STEP * len(ROOMS)
    body = []
    for number, (room, words) in enumerate(ROOMS.items()):
        y, end = _TOP + _STEP * (number + 0.5), _LEFT + _STEP * (number + 1)
        body.append(f'<text class="name" x="10" y="{y + 5:.0f}">{room}/</text>')
        body.append(f'<text x="118" y="{y + 5:.0f}">{escape(words)}</text>')
        body.append(f'<line class="line" x1="{_LEFT}" x2="{end - _STEP + 6}" y1="{y:.0f}" y2="{y:.0f}"/>')
        x, half = _LEFT + _STEP * (number + 0.5), _STEP // 2
        body.append(f'<line class="line" x1="{x:.0f}" x2="{x:.0f}" y1="{y + half - 6:.0f}" y2="{_TOP + size}"/>')
        box = f'x="{x - half + 6:.0f}" y="{y - half + 6:.0f}" width="{_STEP - 12}" height="{_STEP - 12}"'
        body.append(f'<rect class="room" {box} rx="4"/>')
        body.append(f'<text class="name" x="{x + half + 2:.0f}" y="{y - 3:.0f}">{room}</text>')
    rooms = list(ROOMS)
    for (room, other), count in sorted(counted.items()):
        if other in ROOMS:
            x, y = (_at(start, rooms.index(name)) for start, name in ((_LEFT, other), (_TOP, room)))
            radius = min(12.0, 3 + count**0.5 * 0.8)
            told = f"{room} imports {other} in {count} lines"
            body.append(f'<circle class="import" cx="{x}" cy="{y}" r="{radius:.1f}"><title>{told}</title></circle>')
    title = "A room (row) imports only rooms above it (columns); a larger dot is more lines"
    body.insert(0, f'<text class="name" x="10" y="24">{title}</text>')
    height = _TOP + size + 14
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{title}">'
    return f"{head}<style>{_STYLE}</style>{''.join(body)}</svg>\n"


def _rooms_of(node: ast.AST) -> list[str]:
    """The rooms that a statement imports from."""
    names: list[str] = []
    if isinstance(node, ast.ImportFrom) and node.module == "braincast":
        names = [f"braincast.{alias.name}" for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module]
    elif isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    return [name.split(".")[1] for name in names if name.startswith("braincast.")]


def _at(start: int, number: int) -> int:
    return round(start + _STEP * (number + 0.5))


if __name__ == "__main__":
    write_text(FIGURE, drawn(imports()))
    print(FIGURE)
