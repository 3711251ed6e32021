"""Links lead somewhere: between documents, to headings in them, and from the code to documents."""

import re

import pytest
from prose import ROOT, anchors, documents, links


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_document_lead_to_files_and_headings(document):
    lost = [
        f"{target}#{anchor}" if anchor else target
        for target, anchor in links(document)
        if not (place := (document.parent / target) if target else document).exists()
        or (anchor and anchor not in anchors(place))
    ]
    assert lost == []


def test_documents_that_the_code_names_are_there():
    named = {
        (path.relative_to(ROOT), page)
        for path in (ROOT / "src").rglob("*")
        if path.suffix in {".py", ".j2", ".js", ".toml", ".json"}
        for page in re.findall(r"docs/[\w./-]+\.(?:md|ipynb)(?:#[\w-]+)?", path.read_text(encoding="utf-8"))
    }
    lost = []
    for path, page in named:
        file, _, anchor = page.partition("#")
        if not (ROOT / file).exists() or (anchor and anchor not in anchors(ROOT / file)):
            lost.append((path, page))
    assert len(named) >= 10
    assert lost == []


def test_a_lost_heading_is_found_out(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A title\n\n## What came out?\n\n```sh\n# no heading\n```\n\n## What came out?\n")
    assert anchors(page) == {"a-title", "what-came-out", "what-came-out-1"}
    page.write_text("[here](#there), [file](other.md#part), [out](https://example.org/#x)")
    assert list(links(page)) == [("", "there"), ("other.md", "part")]
