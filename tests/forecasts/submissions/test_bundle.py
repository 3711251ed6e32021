"""A submission's files are seen the same way in a folder and in an archive, and no trick of either is followed."""

from __future__ import annotations

import io
import os
import socket
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_submissions import as_folder, as_zip
from refusals import refused

from braincast.errors import BraincastError
from braincast.forecasts.submissions import names, zip_directory
from braincast.forecasts.submissions.bundle import open_bundle
from braincast.forecasts.submissions.names import unfit

FILES = {"submission.toml": b"format = 1\n" * 50, "seed-0.zarr/activity/c/0/0": bytes(range(256)), "empty": b""}


def codes(path: Path) -> list[tuple[str, str]]:
    """(code, where) of a bundle's problems."""
    with open_bundle(path) as bundle:
        assert isinstance(bundle.problems, list)
        return [(problem.code, problem.where) for problem in bundle.problems]


@pytest.fixture(params=["folder", "stored", "deflated"])
def path(request, tmp_path) -> Path:
    if request.param == "folder":
        return as_folder(FILES, tmp_path / "s")
    compression = zipfile.ZIP_STORED if request.param == "stored" else zipfile.ZIP_DEFLATED
    return as_zip(FILES, tmp_path / "s.zip", compression)


def test_a_folder_and_an_archive_hold_the_same_files(path):
    with open_bundle(path) as bundle:
        assert dict(bundle.sizes) == {name: len(content) for name, content in FILES.items()}
        assert bundle.problems == []
        for name, content in FILES.items():
            assert bundle.read(name, 10_000) == content
            assert bundle.start_of(name, 7) == content[:7]


def test_no_more_is_read_than_was_asked_for(path, tmp_path):
    with open_bundle(path) as bundle, refused("E603", "submission.toml", "550 bytes, at most 549"):
        bundle.read("submission.toml", 549)


def test_a_submission_larger_than_the_task_needs_is_refused(path):
    with refused("E603", "more than"), open_bundle(path, 500):
        pass


def test_archives_written_as_a_stream_are_read(tmp_path):
    class Pipe(io.RawIOBase):
        """A stream that cannot go back, so that sizes are written behind the data."""

        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, piece) -> int:
            self.content += bytes(piece)
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    (tmp_path / "s.zip").write_bytes(pipe.content)
    with open_bundle(tmp_path / "s.zip") as bundle:
        assert {name: bundle.read(name, 10_000) for name in bundle.sizes} == FILES


def test_large_archives_and_entries_with_64_bit_sizes_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)  # an end record for large archives is written from here on
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for name, content in FILES.items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(content)
    with open_bundle(tmp_path / "s.zip") as bundle:
        assert {name: bundle.read(name, 10_000) for name in bundle.sizes} == FILES
    content = (tmp_path / "s.zip").read_bytes()
    assert b"PK\x06\x06" in content
    for at in (content.index(b"PK\x06\x06") + 32, content.index(b"PK\x06\x07") + 8):
        (tmp_path / "s.zip").write_bytes(flipped(bytearray(content), at, 1))
        with refused("E601"), open_bundle(tmp_path / "s.zip"):
            pass


@pytest.mark.slow
def test_an_archive_of_as_many_files_as_are_allowed_is_read(tmp_path):
    many = {f"f{number}": b"" for number in range(100_000)}
    with open_bundle(as_zip(many, tmp_path / "many.zip")) as bundle:
        assert set(bundle.sizes) == set(many)


def test_archives_of_other_tools_with_folders_in_them_are_read(tmp_path):
    as_folder(FILES, tmp_path / "s")
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for found in sorted((tmp_path / "s").rglob("*")):
            archive.write(found, found.relative_to(tmp_path / "s"))
    with open_bundle(tmp_path / "s.zip") as bundle:
        assert set(bundle.sizes) == set(FILES) and not bundle.problems


@pytest.mark.parametrize(
    "name",
    [
        *("../up", "a/../b", "./a", "a/./b", "/etc/passwd", "//server/share", "a//b", "a/"),
        *("C:/x", "C:x", "a\\b", "..\\up", "\\\\server\\x", "a b", "a ", "a.", "a./b", "a:b", "a*", "a?", 'a"b', "a|b"),
        *("con", "NUL", "aux.txt", "com1", "LPT9.json", "a/prn/b", "a\x00b", "a\nb", "a\x7fb", "\x1b[2J", ""),
        *("näme", "а", "a\u202eb", "a\u200bb", "ﬁ", "e\u0301", "~", "$HOME", "`ls`", "<b>", "a&b", "=1+1"),
        *("a" * 201, "a/b/c/d/e/f/g/h/i"),
    ],
)
def test_a_name_that_is_not_the_same_everywhere_is_unfit(name):
    assert unfit(name)


@pytest.mark.parametrize(
    "name", ["submission.toml", "seed-0@no-edges.zarr/activity/c/0/0/0", ".zarray", "a" * 200, "..a", "c/nul0", "__M/x"]
)
def test_a_plain_name_is_fit(name):
    assert not unfit(name)


@given(st.text(max_size=30))
@settings(max_examples=300)
def test_fit_names_are_ascii_and_stay_inside(name):
    if not unfit(name):
        assert name.isascii() and name.isprintable() and not name.startswith("/")
        assert os.path.normpath(f"/s/{name}").startswith("/s/")


@pytest.mark.parametrize("name", ["../up", "/etc/passwd", "a\\b", "C:/x", "näme", "nul"])
def test_unfit_names_in_an_archive_are_problems_and_named(tmp_path, name):
    path = as_zip(FILES | {name: b"x"}, tmp_path / "s.zip")
    assert [code for code, _ in codes(path)] == ["E602"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let such names be written")
def test_unfit_names_in_a_folder_are_problems(tmp_path):
    path = as_folder({**FILES, "a b": b"", "x:y/z": b"", "é": b""}, tmp_path / "s")
    assert codes(path) == [("E602", "a b"), ("E602", "x:y"), ("E602", "é")]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twin", ["empty", "EMPTY", "empty/below", "Seed-0.zarr/x", "submission.TOML"])
def test_two_files_of_one_name_on_some_system_are_refused(tmp_path, twin):
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for name, content in [*FILES.items(), (twin, b"")]:
            archive.writestr(name, content)
    assert codes(tmp_path / "s.zip") == [("E602", twin)]


def test_too_many_files_are_refused_while_they_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(names, "LARGEST_NUMBER", 10)
    path = as_folder({f"f{number}": b"" for number in range(12)}, tmp_path / "s")
    with refused("E603", "more than 10"), open_bundle(path):
        pass
    monkeypatch.setattr(zip_directory, "LARGEST_NUMBER", 10)
    with refused("E603", "12 files"), open_bundle(as_zip({f"f{number}": b"" for number in range(12)}, tmp_path / "z")):
        pass


def test_links_in_a_folder_are_refused(tmp_path):
    path = as_folder(FILES, tmp_path / "s")
    (tmp_path / "outside").mkdir()
    (path / "file").symlink_to(tmp_path / "s" / "empty")
    (path / "folder").symlink_to(tmp_path / "outside")
    (path / "dangling").symlink_to("/nowhere")
    assert codes(path) == [("E213", "dangling"), ("E213", "file"), ("E213", "folder")]


def test_a_hard_link_is_refused(tmp_path):
    path = as_folder(FILES, tmp_path / "s")
    (tmp_path / "outside").write_text("secret")
    (path / "inside").hardlink_to(tmp_path / "outside")
    assert codes(path) == [("E213", "inside")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_sockets_are_refused_and_never_opened(tmp_path):
    path = as_folder(FILES, tmp_path / "s")
    os.mkfifo(path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path / "socket"))
        assert codes(path) == [("E213", "pipe"), ("E213", "socket")]
    with refused("E601", "pipe", "neither a folder nor"), open_bundle(path / "pipe"):
        pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_file_that_was_exchanged_after_it_was_listed_is_not_read(tmp_path):
    path = as_folder(FILES, tmp_path / "s")
    (tmp_path / "secret").write_bytes(bytes(256))
    with open_bundle(path) as bundle:
        chunk = path / "seed-0.zarr/activity/c/0/0"
        chunk.unlink()
        for exchange in (chunk.symlink_to, chunk.hardlink_to):
            exchange(tmp_path / "secret")
            with refused("E601", "seed-0.zarr/activity/c/0/0"):
                bundle.read("seed-0.zarr/activity/c/0/0", 10_000)
            chunk.unlink()
        os.mkfifo(chunk)
        with refused("E601", "changed"):
            bundle.read("seed-0.zarr/activity/c/0/0", 10_000)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFDIR])
def test_an_archive_cannot_smuggle_a_link_or_device(tmp_path, kind):
    info = zipfile.ZipInfo("smuggled")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert codes(tmp_path / "s.zip") == [("E213", "smuggled")]


@pytest.mark.parametrize(
    "content", [b"", b"text", b"PK\x03\x04" + bytes(100), bytes(22), b"\x89HDF\r\n\x1a\n" + bytes(50)]
)
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "s.zip").write_bytes(content)
    with refused("E601", "s.zip"), open_bundle(tmp_path / "s.zip"):
        pass


def test_a_missing_path_and_one_that_cannot_exist_are_refused(tmp_path):
    for name in ("nothing", "a\x00b", "x" * 300):
        with refused("E601", "cannot be read"), open_bundle(tmp_path / name):
            pass


def archive(tmp_path: Path) -> bytearray:
    return bytearray(as_zip(FILES, tmp_path / "good.zip").read_bytes())


def central(content: bytes) -> int:
    """Where the central directory begins."""
    return struct.unpack_from("<L", content, len(content) - 6)[0]


def flipped(content: bytearray, at: int, bits: int) -> bytearray:
    content[at] ^= bits
    return content


def overlapping(content: bytearray) -> bytearray:
    """The second file's place in the directory is that of the first."""
    second = central(content) + 46 + len("submission.toml")
    struct.pack_into("<L", content, second + 42, 0)
    return content


def with_a_gap(content: bytearray) -> bytearray:
    """Bytes between the files and the directory."""
    start = central(content)
    moved = content[:start] + b"hidden" + content[start:]
    struct.pack_into("<L", moved, len(moved) - 6, start + 6)
    return moved


def with_an_inner_comment(content: bytearray) -> bytearray:
    struct.pack_into("<H", content, central(content) + 32, 5)
    return content


def fewer_entries(content: bytearray) -> bytearray:
    struct.pack_into("<2H", content, len(content) - 14, 1, 1)
    return content


BROKEN = {
    "cut at its end": lambda c: c[:-1],
    "cut at its start": lambda c: c[10:],
    "bytes before it": lambda c: b"#!/bin/sh\n" + c,
    "bytes behind it": lambda c: c + b"x",
    "an archive behind it": lambda c: c + c,
    "a comment": lambda c: c[:-2] + b"\x05\x00hello",
    "a comment of a file": with_an_inner_comment,
    "fewer entries than it has": fewer_entries,
    "a gap": with_a_gap,
    "files that overlap": overlapping,
    "another name before the data": lambda c: flipped(c, 30, 0x20),
    "another size before the data": lambda c: flipped(c, 22, 1),
    "another checksum before the data": lambda c: flipped(c, 14, 1),
    "another method before the data": lambda c: flipped(c, 8, 8),
    "another size in the directory": lambda c: flipped(c, central(c) + 24, 1),
    "encrypted": lambda c: flipped(flipped(c, 6, 1), central(c) + 8, 1),
    "an unknown method": lambda c: flipped(flipped(c, 8, 8 ^ 12), central(c) + 10, 8 ^ 12),
    "patched data": lambda c: flipped(flipped(c, 6, 32), central(c) + 8, 32),
    "several parts": lambda c: flipped(c, len(c) - 18, 1),
    "a directory far away": lambda c: flipped(c, len(c) - 3, 0x40),
    "a directory of another length": lambda c: flipped(c, len(c) - 10, 1),
    "a broken signature": lambda c: flipped(c, central(c), 1),
    "a file far away": lambda c: flipped(c, central(c) + 45, 0x40),
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_archive_that_two_readers_may_understand_differently_is_refused(tmp_path, what):
    (tmp_path / "s.zip").write_bytes(BROKEN[what](archive(tmp_path)))
    with refused("E601"), open_bundle(tmp_path / "s.zip"):
        pass


def test_data_that_do_not_inflate_or_differ_from_their_checksum_are_refused(tmp_path):
    content = archive(tmp_path)
    (tmp_path / "s.zip").write_bytes(flipped(content, 30 + len("submission.toml"), 6))
    with open_bundle(tmp_path / "s.zip") as bundle, refused("E601", "submission.toml"):
        bundle.read("submission.toml", 10_000)
    path = as_zip(FILES, tmp_path / "t.zip", zipfile.ZIP_STORED)
    path.write_bytes(flipped(bytearray(path.read_bytes()), 60, 1))
    with open_bundle(path) as bundle, refused("E601", "submission.toml", "checksum"):
        bundle.read("submission.toml", 10_000)


def test_data_that_inflate_to_more_than_they_say_are_cut_there(tmp_path):
    path = as_zip({"bomb": bytes(1 << 20)}, tmp_path / "s.zip")
    content = bytearray(path.read_bytes())
    for at in (22, central(content) + 24):
        struct.pack_into("<L", content, at, 100_000)
    path.write_bytes(content)
    with open_bundle(path) as bundle, refused("E601", "bomb"):
        bundle.read("bomb", 1 << 30)


def test_a_file_that_inflates_a_thousandfold_is_refused_unread(tmp_path):
    with (
        refused("E603", "bomb", "would inflate to 50,000,000"),
        open_bundle(as_zip({"bomb": bytes(50_000_000)}, tmp_path / "s.zip")),
    ):
        pass


def test_a_second_name_in_an_extra_field_is_refused(tmp_path):
    info = zipfile.ZipInfo("plain")
    other = b"\x01" + struct.pack("<L", zlib.crc32(b"plain")) + b"../other"
    info.extra = struct.pack("<HH", 0x7075, len(other)) + other
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as opened:
        opened.writestr(info, "x")
    with refused("E602", "plain", "second name"), open_bundle(tmp_path / "s.zip"):
        pass


@given(st.integers(0, 10_000), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_one_changed_byte_is_refused_or_changes_nothing(tmp_path_factory, at, bits):
    folder = tmp_path_factory.mktemp("changed")
    content = archive(folder)
    (folder / "s.zip").write_bytes(flipped(content, at % len(content), bits))
    try:
        with open_bundle(folder / "s.zip") as bundle:
            read = {name: bundle.read(name, 10_000) for name in bundle.sizes}
            assert bundle.problems or all(content in FILES.values() for content in read.values())
    except BraincastError as error:
        assert error.code in ("E601", "E602", "E603")


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="root may read everything")
def test_files_that_may_not_be_read_are_refused(tmp_path):
    path = as_folder(FILES, tmp_path / "s")
    (path / "empty").chmod(0)
    with open_bundle(path) as bundle, refused("E601", "empty"):
        bundle.read("empty", 10)


def test_what_the_zip_command_packs_is_read(tmp_path):
    path = as_folder(FILES, tmp_path / "s")
    try:
        subprocess.run(["zip", "-q", "-r", "../s.zip", "."], cwd=path, check=True)
    except FileNotFoundError:
        pytest.skip("there is no zip command here")
    with open_bundle(tmp_path / "s.zip") as bundle:
        assert {name: bundle.read(name, 10_000) for name in bundle.sizes} == FILES and not bundle.problems
