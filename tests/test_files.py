"""Whatever is written is whole or not there; whatever is read is checked first."""

import errno
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from refusals import refusal

import braincast
from braincast import files

SOURCE = str(Path(braincast.__file__).parent.parent)


def dies(program):
    """Run a program that ends itself with exit code 9 in the middle of a write."""
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 9


@pytest.fixture
def folder(tmp_path):
    """A finished folder with a file and a file in a folder below."""
    with files.new_folder(tmp_path / "made") as made:
        (made / "inner").mkdir()
        (made / "a.txt").write_text("first")
        (made / "inner" / "b.bin").write_bytes(bytes(range(256)))
    return tmp_path / "made"


# --- JSON and hashes


def test_canonical_json_is_the_same_text_for_the_same_value():
    assert files.canonical_json({"b": [1, 2.5, "ä"], "a": None}) == '{"a":null,"b":[1,2.5,"ä"]}'
    assert files.sha256_of_json({"b": 1, "a": 2}) == files.sha256_of_json({"a": 2, "b": 1})
    assert files.sha256_of_json({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_json_with_a_number_that_is_not_finite_is_refused(tmp_path, number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.canonical_json({"value": [number]})
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(tmp_path / "a.json", {"value": number})
    assert list(tmp_path.iterdir()) == []


def test_json_written_is_json_read(tmp_path):
    value = {"b": [1, 2.5, None], "a": "µm"}
    files.write_json(tmp_path / "deep" / "a.json", value)
    assert files.read_json(tmp_path / "deep" / "a.json") == value


def test_damaged_or_missing_json_is_a_coded_error(tmp_path):
    (tmp_path / "cut.json").write_text('{"a": ')
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    refusal("E403", files.read_json, tmp_path / "cut.json")
    refusal("E403", files.read_json, tmp_path / "binary.json")
    refusal("E405", files.read_json, tmp_path / "none.json")


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path):
    data = os.urandom((1 << 20) + 17)
    (tmp_path / "a").write_bytes(data)
    assert files.sha256_of_file(tmp_path / "a") == hashlib.sha256(data).hexdigest()


# --- one file, replaced


def test_an_error_while_writing_keeps_the_earlier_file(tmp_path):
    path = tmp_path / "a.txt"
    files.write_text(path, "earlier")
    with pytest.raises(RuntimeError), files.replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise RuntimeError
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_process_that_dies_while_writing_keeps_the_earlier_file(tmp_path):
    path = tmp_path / "a.txt"
    files.write_text(path, "earlier")
    dies(f"""
import os, pathlib
from braincast import files
with files.replacing(pathlib.Path({str(path)!r})) as temporary:
    temporary.write_text("half of the n")
    os._exit(9)
""")
    assert path.read_text() == "earlier"


def test_text_is_written_with_the_same_bytes_on_every_system(tmp_path):
    files.write_text(tmp_path / "a.txt", "µ\nb\n")
    assert (tmp_path / "a.txt").read_bytes() == "µ\nb\n".encode()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO])
def test_a_disk_that_takes_no_more_is_a_coded_error(tmp_path, number):
    def fails():
        with files.replacing(tmp_path / "a.txt"):
            raise OSError(number, os.strerror(number))

    error = refusal("E505", fails)
    assert os.strerror(number) in error.what
    assert error.exit_code == 3
    assert list(tmp_path.iterdir()) == []


def test_an_os_error_that_is_not_about_writing_is_not_disguised(tmp_path):
    with pytest.raises(ConnectionResetError), files.replacing(tmp_path / "a.txt"):
        raise ConnectionResetError(errno.ECONNRESET, "reset")


def test_a_file_in_the_place_of_a_parent_folder_is_a_coded_error(tmp_path):
    (tmp_path / "file").write_text("x")
    refusal("E505", files.write_text, tmp_path / "file" / "a.txt", "text")
    refusal("E505", files.write_text, tmp_path / "file" / "deeper" / "a.txt", "text")


# --- a folder, finished by its manifest


def test_a_finished_folder_has_a_manifest_of_all_its_files(folder):
    listed = json.loads((folder / files.MANIFEST).read_text())["files"]
    assert set(listed) == {"a.txt", "inner/b.bin"}
    assert listed["a.txt"] == {"bytes": 5, "sha256": hashlib.sha256(b"first").hexdigest()}
    files.check_manifest(folder)


def test_an_existing_folder_is_refused_and_untouched(folder):
    def write():
        with files.new_folder(folder, what="fit") as made:
            (made / "a.txt").write_text("second")

    error = refusal("E501", write)
    assert "fit" in error.what
    assert error.exit_code == 2
    assert (folder / "a.txt").read_text() == "first"


def test_force_replaces_a_folder_whole(folder):
    with files.new_folder(folder, force=True) as made:
        (made / "c.txt").write_text("second")
        assert (folder / "a.txt").read_text() == "first"
    assert {p.name for p in folder.iterdir()} == {"c.txt", files.MANIFEST}
    assert list(folder.parent.iterdir()) == [folder]


def test_an_error_while_replacing_a_folder_keeps_the_earlier_one(folder):
    with pytest.raises(KeyboardInterrupt), files.new_folder(folder, force=True) as made:
        (made / "c.txt").write_text("second")
        raise KeyboardInterrupt
    files.check_manifest(folder)
    assert (folder / "a.txt").read_text() == "first"
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("moment", ["in the block", "before the manifest", "at the exchange"])
def test_a_process_that_dies_while_replacing_a_folder_keeps_the_earlier_one(folder, moment):
    dies(f"""
import os, pathlib
from braincast import files
moment = {moment!r}
def die(*arguments): os._exit(9)
if moment == "before the manifest": files.write_manifest = die
if moment == "at the exchange": files._exchange = die
with files.new_folder(pathlib.Path({str(folder)!r}), force=True) as made:
    (made / "c.txt").write_text("second")
    if moment == "in the block": die()
""")
    files.check_manifest(folder)
    assert (folder / "a.txt").read_text() == "first"


def test_an_interruption_between_the_renames_puts_the_earlier_folder_back(folder, monkeypatch):
    monkeypatch.setattr(files, "_exchange", lambda new, path: False)
    rename = Path.replace

    def interrupted(self, target):
        if self.suffix == ".part" and Path(target) == folder:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt), files.new_folder(folder, force=True) as made:
        (made / "c.txt").write_text("second")
    files.check_manifest(folder)
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_is_replaced_also_where_the_system_cannot_exchange(folder, monkeypatch):
    monkeypatch.setattr(files, "_exchange", lambda new, path: False)
    with files.new_folder(folder, force=True) as made:
        (made / "c.txt").write_text("second")
    files.check_manifest(folder)
    assert (folder / "c.txt").read_text() == "second"
    assert list(folder.parent.iterdir()) == [folder]


def test_leftovers_of_a_process_that_died_are_swept_and_nothing_else(folder):
    dies(f"""
import os, pathlib
from braincast import files
folder = pathlib.Path({str(folder)!r})
with files.new_folder(folder / "inner" / "more"), files.replacing(folder / "a.txt") as temporary:
    temporary.write_text("half")
    os._exit(9)
""")
    assert len(list(folder.rglob("*.part"))) == 2
    (folder / "mine.part").write_text("not ours")
    files.remove_leftovers(folder)
    kept = {p.relative_to(folder).as_posix() for p in folder.rglob("*")}
    assert kept == {"a.txt", "inner", "inner/b.bin", files.MANIFEST, "mine.part"}


def test_a_tree_that_is_not_there_is_no_error_to_remove(folder):
    files.remove_tree(folder)
    files.remove_tree(folder)
    assert not folder.exists()


# --- a folder, checked before it is read


def damage(folder, how):
    """Hurt a finished folder in a named way; the code of the error that must follow."""
    manifest = folder / files.MANIFEST
    if how == "flipped bit":
        data = bytearray((folder / "inner" / "b.bin").read_bytes())
        data[100] ^= 1
        (folder / "inner" / "b.bin").write_bytes(bytes(data))
    elif how == "cut short":
        (folder / "a.txt").write_text("firs")
    elif how == "missing file":
        (folder / "a.txt").unlink()
    elif how == "extra file":
        (folder / "inner" / "c.txt").write_text("")
    elif how == "no manifest":
        manifest.unlink()
    elif how == "manifest cut short":
        manifest.write_text(manifest.read_text()[:-9])
    elif how == "manifest is a list":
        manifest.write_text("[]")
    elif how == "manifest without sizes":
        manifest.write_text('{"files": {"a.txt": {}}}')
    elif how == "a link to a file":
        (folder / "a.txt").unlink()
        (folder / "a.txt").symlink_to(folder / "inner" / "b.bin")
    elif how == "a link to a folder":
        (folder / "link").symlink_to(folder.parent)
    elif how == "a pipe":
        os.mkfifo(folder / "pipe")


@pytest.mark.parametrize(
    ("how", "code", "where"),
    [
        ("flipped bit", "E210", "b.bin"),
        ("cut short", "E210", "a.txt"),
        ("missing file", "E203", "a.txt"),
        ("extra file", "E203", "inner/c.txt"),
        ("no manifest", "E202", "made"),
        ("manifest cut short", "E403", files.MANIFEST),
        ("manifest is a list", "E202", files.MANIFEST),
        ("manifest without sizes", "E202", files.MANIFEST),
        ("a link to a file", "E213", "a.txt"),
        ("a link to a folder", "E213", "link"),
        ("a pipe", "E213", "pipe"),
    ],
)
def test_a_damaged_folder_is_refused_by_name(folder, how, code, where):
    if how == "a pipe" and not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this system")
    damage(folder, how)
    assert where in refusal(code, files.check_manifest, folder).where


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    refusal("E201", files.check_manifest, tmp_path / "none")


# --- the lock


def test_a_second_writer_is_refused_at_once_and_the_first_keeps_the_lock(tmp_path):
    place = tmp_path / "run"
    with files.lock(place):
        refusal("E504", files.lock(place).__enter__)
        refusal("E504", files.lock(place).__enter__)
    with files.lock(place):
        pass


def test_another_process_is_refused_while_the_lock_is_held(tmp_path):
    program = f"""
import os, pathlib
from braincast import files
from braincast.errors import BraincastError
try:
    with files.lock(pathlib.Path({str(tmp_path / "run")!r})): pass
except BraincastError as error:
    os._exit(9 if error.code == "E504" else 1)
os._exit(5)
"""
    with files.lock(tmp_path / "run"):
        dies(program)
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 5


def test_the_lock_of_a_process_that_died_is_free(tmp_path):
    dies(f"""
import os, pathlib
from braincast import files
with files.lock(pathlib.Path({str(tmp_path / "run")!r})): os._exit(9)
""")
    with files.lock(tmp_path / "run"):
        pass
