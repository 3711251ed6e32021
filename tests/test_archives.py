"""What `files.read_member` promises: bytes of an archive, checked, never unpacked."""

import zipfile

import pytest
from refusals import refusal

from braincast import files


@pytest.fixture
def archive(tmp_path):
    """A zip with a stored text and a compressed megabyte of zeros."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        opened.writestr("data/text.txt", "some text that is not compressed")
        opened.writestr("data/zeros.bin", bytes(1 << 20), compress_type=zipfile.ZIP_DEFLATED)
    return tmp_path / "a.zip"


def test_a_member_is_read_without_unpacking(archive):
    assert files.read_member(archive, "data/text.txt") == b"some text that is not compressed"
    assert list(archive.parent.iterdir()) == [archive]


def test_a_member_that_would_fill_the_memory_is_refused_before_it_is_read(archive):
    assert archive.stat().st_size < 1 << 12
    error = refusal("E403", files.read_member, archive, "data/zeros.bin", largest=(1 << 20) - 1)
    assert "1048576" in error.what
    assert len(files.read_member(archive, "data/zeros.bin", largest=1 << 20)) == 1 << 20


def test_a_member_that_is_not_there_is_refused_by_name(archive):
    assert "data/none.txt" in refusal("E406", files.read_member, archive, "data/none.txt").where


def test_a_member_whose_bytes_changed_is_refused(archive):
    data = archive.read_bytes()
    archive.write_bytes(data.replace(b"some text", b"same text"))
    refusal("E403", files.read_member, archive, "data/text.txt")


@pytest.mark.parametrize("name", ["data/text.txt", "data/zeros.bin"])
def test_a_truncated_archive_is_refused(archive, name):
    archive.write_bytes(archive.read_bytes()[:-30])
    refusal("E403", files.read_member, archive, name)


def test_a_damaged_compressed_stream_is_refused(archive):
    data = bytearray(archive.read_bytes())
    start = data.index(b"data/zeros.bin") + len("data/zeros.bin")
    data[start : start + 40] = b"\xff" * 40
    archive.write_bytes(bytes(data))
    refusal("E403", files.read_member, archive, "data/zeros.bin")


@pytest.mark.parametrize("content", [b"", b"not a zip at all", b"PK\x03\x04" + b"\0" * 60])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    refusal("E403", files.read_member, tmp_path / "a.zip", "data/text.txt")


def test_an_archive_that_is_not_there_is_refused(tmp_path):
    refusal("E403", files.read_member, tmp_path / "none.zip", "a")


def test_an_encrypted_member_is_refused(archive):
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    archive.write_bytes(bytes(data))
    refusal("E403", files.read_member, archive, "data/text.txt")
