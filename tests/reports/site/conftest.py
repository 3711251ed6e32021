"""A site of the made-up board."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from made_board_document import board_document

from braincast.reports.site.build import build_site

# The parser of pages lies beside the tests of reports.
sys.path.insert(0, str(Path(__file__).parents[1]))


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of a site of three tasks and eight models."""
    folder = tmp_path_factory.mktemp("board") / "site"
    build_site(board_document(), folder)
    return folder
