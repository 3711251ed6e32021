"""The only writer: whatever reaches the disk is written beside its place, hashed and renamed into it."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import secrets
import shutil
import stat
import sys
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from braincast.errors import BraincastError

MANIFEST = "manifest.json"
Entry = dict[str, Any]  # what a manifest says of a file: "bytes" and "sha256"
_CHUNK = 1 << 20
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_LARGEST_MANIFEST_BYTES = 256 << 20
_DISK_ERRORS = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
        *(errno.EROFS, errno.EACCES, errno.EPERM),
        *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EBUSY),
    }
)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, no spaces and no NaN: the same text for the same value, fit for hashing."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256_of_json(value: Any) -> str:
    """SHA-256 (hex) of `canonical_json(value)`."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name in the same folder; renamed to `path` when the block ends well, removed when it does not."""
    with disk_errors(path), _beside(path) as temporary:
        yield temporary


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically.

    Under a locale without UTF-8, Python hands out a path's letters as surrogates; they become the letters again.
    """
    restored = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    with replacing(path) as temporary:
        temporary.write_text(restored, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes atomically, in a folder that is made if it is not there."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON atomically; NaN and infinity are refused."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file; a damaged one is E403, a missing one E405."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BraincastError("E405", str(path), "there is no such file", "Check the path") from error
    except (ValueError, RecursionError) as error:  # also not UTF-8, whole numbers of thousands of digits, too deep
        raise BraincastError("E403", str(path), f"this is not JSON ({error})", "Make the file again") from error


def real_path(path: Path) -> Path:
    """The path without links or dots; a link that leads to itself stays (`Path.resolve` fails there in Python 3.11)."""
    return Path(os.path.realpath(path))


def home_expanded(path: str | Path, where: str = "") -> Path:
    """A path whose `~` or `~name` is a home folder; E405 where nobody is called so."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        what = f"{str(path)!r} begins with the home folder of nobody"
        raise BraincastError("E405", where or str(path), what, "Write the whole path") from error


def require_free(path: Path, *, force: bool = False, what: str = "output", replaceable: bool = True) -> None:
    """Refuse an existing `path` (E501) unless `force`; best asked before the work is done, not after it."""
    if os.path.lexists(path) and not force:  # also a link that leads nowhere
        fix = "Choose another name or add --force" if replaceable else "Choose another name"
        raise BraincastError("E501", str(path), f"this {what} exists already", fix)


@contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """A hidden new folder beside `path`, removed when the block ends unless it was renamed."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with disk_errors(path):
        try:
            temporary.mkdir(parents=True)
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def new_folder(path: Path, *, force: bool = False, what: str = "output") -> Iterator[Path]:
    """A temporary sibling folder that gets a manifest and becomes `path` when the block ends well.

    An existing `path` is E501 unless `force`; it stays as it was until the new folder is complete.
    """
    require_free(path, force=force, what=what)
    with scratch_folder(path) as temporary:
        yield temporary
        write_manifest(temporary)
        replace_folder(temporary, path)


def write_zip(folder: Path, path: Path) -> None:
    """The files of a folder as a zip archive, atomically; the same files give the same bytes. Nothing is compressed."""
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _NO_DATE)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.file_size = file.stat().st_size
            with file.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target, _CHUNK)


@contextmanager
def resumable_folder(path: Path, *, keep: bool, force: bool = False, what: str = "output") -> Iterator[Path]:
    """A hidden sibling folder in which `path` is made, to be gone on with after a kill; held for this process.

    The block makes the result, with its manifest, as `path.name` inside the folder; it becomes `path` when the block
    ends well. With `keep`, what an exception or a kill leaves is there again the next time; without, it is removed.
    An existing `path` is E501 unless `force`; while another process is at work here it is E504.
    """
    require_free(path, force=force, what=what)
    work = path.with_name(f".{path.name}.part")
    try:
        with lock(work / path.name), disk_errors(path):
            try:
                require_free(path, force=force, what=what)  # another process may just have finished it
                if not keep:
                    keep_only(work, [_lock_file(work / path.name).name])
                yield work
                replace_folder(work / path.name, path)
                keep = False
            finally:
                if not keep:
                    shutil.rmtree(work, ignore_errors=True)
    finally:
        with suppress(OSError):  # not empty: it is kept, or another process is at work in it
            work.rmdir()


def add_file(path: Path, content: bytes) -> Entry:
    """Write bytes atomically into a folder that is being made; what its manifest will say of the file comes back."""
    with _beside(path) as temporary:
        temporary.write_bytes(content)
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def append_line(path: Path, line: str) -> None:
    """Add one line to a text file, which is made with its folder where it is missing; a kill may leave a part of it."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as stream:
            stream.write(f"{line}\n".encode())


def write_at(path: Path, at: int, content: bytes) -> None:
    """Write bytes into a file that is there, from byte `at` on; a kill or a full disk may leave a part of them."""
    with disk_errors(path), path.open("r+b", buffering=0) as stream:
        stream.seek(at)
        rest = memoryview(content)
        while rest:
            rest = rest[stream.write(rest) :]


def keep_only(folder: Path, names: Collection[str]) -> None:
    """Remove every file below `folder`, if there is one, whose relative name is not among `names`."""
    for path in folder.rglob("*"):
        is_file = path.is_symlink() or not path.is_dir()
        if is_file and path.relative_to(folder).as_posix() not in names:
            path.unlink()


def write_manifest(folder: Path, known: Mapping[str, Entry] | None = None) -> None:
    """List every file of `folder` with size and SHA-256 in `manifest.json`; written last, so it means "complete".

    Files whose entry is `known`, from `add_file`, are not read again.
    """
    files = {n: (known or {}).get(n) or _flushed_entry(folder / n) for n in sorted(_regular_files(folder))}
    write_json(folder / MANIFEST, {"format": 1, "files": files})


def is_intact(path: Path, entry: Entry) -> bool:
    """Whether a file has the size and SHA-256 that a manifest says."""
    return path.is_file() and path.stat().st_size == entry["bytes"] and sha256_of_file(path) == entry["sha256"]


def check_manifest(folder: Path) -> None:
    """Compare a folder with its manifest before anything in it is read: E201, E202, E203, E210 or E213."""
    again = "Write it again from its source"
    if not folder.is_dir():
        raise BraincastError("E201", str(folder), "there is no such folder", "Check the path")
    if not (folder / MANIFEST).is_file():
        raise BraincastError("E202", str(folder), f"{MANIFEST} is missing, so writing never finished", again)
    listed = _manifest_files(folder)
    found = _regular_files(folder)
    for name in sorted(set(listed) - found):
        raise BraincastError("E203", f"{folder}/{name}", "the manifest lists this file, but it is missing", again)
    for name in sorted(found - set(listed)):
        raise BraincastError("E203", f"{folder}/{name}", "the manifest does not list this file", again)
    for name, entry in sorted(listed.items()):
        if not is_intact(folder / name, entry):
            raise BraincastError("E210", str(folder / name), "its bytes differ from the manifest's SHA-256", again)


def remove_tree(folder: Path) -> None:
    """Remove a folder that braincast wrote; one that is not there is no error."""
    with disk_errors(folder):
        shutil.rmtree(folder, ignore_errors=not folder.exists())


def replace_folder(new: Path, path: Path) -> None:
    """Rename the complete folder `new` to `path`; an old `path` stands until then, and is removed afterwards."""
    with disk_errors(path):
        if not path.exists():
            new.replace(path)
        elif _exchange(new, path):
            shutil.rmtree(new, ignore_errors=True)
        else:
            _rename_twice(new, path)


def remove_leftovers(folder: Path) -> None:
    """Remove what processes that were killed left half-written inside `folder`; only while holding its `lock`."""
    for path in sorted(folder.rglob(".*.part")) + sorted(folder.rglob(".*.old")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process; a second writer gets E504 at once. The lock file lies beside the folder."""
    if not folder.name:
        raise BraincastError("E505", str(folder), "this is no place for results", "Name a folder of its own")
    with disk_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(_lock_file(folder))
        try:
            held.acquire(timeout=0)
        except Timeout as error:
            if not Path(held.lock_file).exists():
                fix = "Choose a place where you may write"
                raise BraincastError("E505", str(folder), "nothing can be written here", fix) from error
            what, fix = "another process is writing here", "Wait for it to end or choose another --out"
            raise BraincastError("E504", str(folder), what, fix) from error
    try:
        yield
    finally:
        held.release()


def read_member(archive: Path, name: str, *, largest: int = 1 << 30) -> bytes:
    """The bytes of one regular file inside a zip archive, CRC-checked and never unpacked to disk."""
    broken = "Get it again: braincast data get, with --force"
    try:
        with zipfile.ZipFile(archive) as opened:
            info = opened.getinfo(name)
            if info.file_size > largest:
                raise BraincastError("E403", f"{archive}:{name}", f"it claims {info.file_size} bytes", broken)
            return opened.read(info)
    except KeyError as error:
        raise BraincastError("E406", f"{archive}:{name}", "this file is not in the archive", broken) from error
    # RuntimeError is an encrypted member, NotImplementedError a compression that zipfile does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise BraincastError("E403", str(archive), f"the archive cannot be read ({error})", broken) from error


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _lock_file(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")


def _flushed_entry(path: Path) -> Entry:
    _flush(path)
    return {"bytes": path.stat().st_size, "sha256": sha256_of_file(path)}


def _manifest_files(folder: Path) -> dict[str, Entry]:
    if (folder / MANIFEST).stat().st_size > _LARGEST_MANIFEST_BYTES:
        raise BraincastError("E202", f"{folder}/{MANIFEST}", "the manifest is too large", "Write it again")
    manifest = read_json(folder / MANIFEST)
    files = manifest.get("files") if isinstance(manifest, dict) else None
    good = isinstance(files, dict) and all(
        isinstance(e, dict) and isinstance(e.get("bytes"), int) and isinstance(e.get("sha256"), str)
        for e in files.values()
    )
    if not good:
        raise BraincastError("E202", f"{folder}/{MANIFEST}", "the manifest has no list of files", "Write it again")
    return files  # pyright: ignore[reportReturnType]


def _regular_files(folder: Path) -> set[str]:
    """Relative names of all files but the manifest; a link or special file is E213."""
    names = set()
    for path in folder.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BraincastError("E213", str(path), "only regular files may stand here", "Remove it")
        if path.is_file():
            names.add(path.relative_to(folder).as_posix())
    return names - {MANIFEST}


def _exchange(new: Path, path: Path) -> bool:
    """Swap two names in one step, so that not even a kill can come between; False, with nothing done, where it cannot.

    Linux has renameat2(2) for this, which Python does not offer.
    """
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of <fcntl.h> and <linux/fs.h>
    return rename(here, os.fsencode(new), here, os.fsencode(path), exchange) == 0


def _rename_twice(new: Path, path: Path) -> None:
    """Move an old `path` aside, `new` into its place; whatever stops the second move undoes the first."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.old")
    path.replace(aside)
    try:
        new.replace(path)
    except BaseException:
        aside.replace(path)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full or read-only disk, or a file in the place of a folder, into E505."""
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_ERRORS:
            fix = "Free some space or choose another place"
            raise BraincastError("E505", str(path), f"cannot write here ({error.strerror})", fix) from error
        raise
