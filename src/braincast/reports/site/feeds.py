"""What is new on the board, as a JSON Feed 1.1 and as RSS 2.0. Links are relative, so that they work from disk."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from braincast.reports.numbers import decimal, interval, printable
from braincast.reports.site.reading import Site
from braincast.reports.site.standing import BoardEntry

_MOST_ITEMS = 50


def json_feed(site: Site) -> dict[str, Any]:
    """The newest scored entries as a JSON Feed (jsonfeed.org, version 1.1)."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": printable(site.board["title"]),
        "description": printable(site.board.get("about") or ""),
        "language": "en",
        "items": [_item(site, entry) for entry in site.newest[:_MOST_ITEMS]],
    }


def rss_feed(site: Site) -> str:
    """The same as RSS 2.0."""
    root = ElementTree.Element("rss", {"version": "2.0"})
    channel = ElementTree.SubElement(root, "channel")
    about = printable(site.board.get("about") or "New entries of a board")
    for name, text in (("title", printable(site.board["title"])), ("link", "index.html"), ("description", about)):
        ElementTree.SubElement(channel, name).text = text
    for item in json_feed(site)["items"]:
        element = ElementTree.SubElement(channel, "item")
        parts = {"title": item["title"], "link": item["url"], "description": item["content_text"]}
        for name, text in parts.items():
            ElementTree.SubElement(element, name).text = text
        ElementTree.SubElement(element, "guid", {"isPermaLink": "false"}).text = item["id"]
        ElementTree.SubElement(element, "pubDate").text = _mail_date(item["date_published"])
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _item(site: Site, entry: BoardEntry) -> dict[str, Any]:
    task = site.task(str(entry.told["task"]))
    where = "" if task is None else f" on {task.title}"
    said = ""
    if task is not None:
        score, digits = entry.score(task.primary.key), task.primary.digits
        said = f"{task.primary.title} {decimal(score.value, digits)}, 95 % interval {interval(score.ci, digits)}"
    return {
        "id": f"entry-{entry.id}",
        "url": f"models/{entry.page}.html",
        "title": printable(f"{entry.model} by {entry.author}{where}"),
        "content_text": printable(said),
        "date_published": _rfc3339(str(entry.told.get("scored_at") or entry.told.get("submitted_at") or "")),
        "tags": [printable(entry.told["task"])],
    }


def _parsed(stamp: str) -> datetime:
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _rfc3339(stamp: str) -> str:
    return _parsed(stamp).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _mail_date(stamp: str) -> str:
    return format_datetime(_parsed(stamp), usegmt=True)
