"""Persistence, answered without braincast: python persistence_numpy.py TASK_FILES SUBMISSION (numpy and zarr)."""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import zarr

files, submission = Path(sys.argv[1]), Path(sys.argv[2])  # made by `braincast task files TASK --out TASK_FILES`
task = json.loads((files / "task.json").read_text(encoding="utf-8"))
axes = {"case": task["cases"], "lead": task["leads"], "neuron": task["neurons"]}
answer = np.load(files / "contexts.npy")[:, -1:].repeat(len(task["leads"]), axis=1)  # nothing changes

store = submission / "seed-0.zarr"
zarr.create_group(store, zarr_format=3, attributes={"format": 1, "axes": axes})
form = {"compressors": zarr.codecs.ZstdCodec(checksum=True), "config": {"write_empty_chunks": True}}
zarr.create_array(store, name="activity", data=answer, chunks=answer.shape, dimension_names=list(axes), **form)
written = {path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*") if path.is_file()}
listed = {n: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for n, content in written.items()}
(store / "manifest.json").write_text(json.dumps({"format": 1, "files": listed}))  # the last file: now it is complete
about = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")  # who, what, under which licence
(submission / "submission.toml").write_text(f'task = "{task["name"]}"\ntask_hash = "{task["hash"]}"\n{about}')
