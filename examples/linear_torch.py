"""A linear forecaster in PyTorch, without braincast: python linear_torch.py TASK_FILES SUBMISSION [SEEDS].

One layer, shared by all neurons, from a neuron's context to its change at every lead. It learns from the training
series of each fold, stops when the validation windows get no better, and answers the cases of that fold; several seeds
are several stores of one submission. Needs torch, numpy and zarr; TASK_FILES is made by `braincast task files TASK`.
"""

import hashlib
import importlib.metadata
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import zarr

BATCH, PATIENCE, MOST_EPOCHS = 64, 5, 60
CASES_AT_ONCE = 256


class Linear(torch.nn.Module):
    """[case, context, neuron] to [case, lead, neuron]."""

    def __init__(self, context, horizon):
        super().__init__()
        self.change = torch.nn.Linear(context, horizon)
        torch.nn.init.normal_(self.change.weight, std=1e-3)
        torch.nn.init.zeros_(self.change.bias)

    def forward(self, past):
        return past[:, -1:] + self.change((past - past[:, -1:]).transpose(1, 2)).transpose(1, 2)


def training_windows(fold, context, horizon):
    """Every window of the fold's training series, [case, context + horizon, neuron]."""
    every = []
    for entry in json.loads((fold / "series.json").read_text()):
        series = torch.from_numpy(np.load(fold / entry["file"]))
        if len(series) >= context + horizon:
            every.append(series.unfold(0, context + horizon, 1).transpose(1, 2))
    return torch.cat(every)


def learn(fold, context, horizon, seed):
    """The model that was best on the validation windows."""
    torch.manual_seed(seed)
    windows = training_windows(fold, context, horizon)
    held = torch.from_numpy(np.load(fold / "validation-contexts.npy"))
    truth = torch.from_numpy(np.load(fold / "validation-targets.npy"))
    model = Linear(context, horizon)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    best, kept, waited = float("inf"), None, 0
    for _ in range(MOST_EPOCHS):
        for rows in torch.randperm(len(windows)).split(BATCH):
            optimiser.zero_grad()
            loss = (model(windows[rows, :context]) - windows[rows, context:]).abs().mean()
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            error = (model(held) - truth).abs().nanmean().item()
        if error < best:
            best, kept, waited = error, {k: v.clone() for k, v in model.state_dict().items()}, 0
        elif (waited := waited + 1) == PATIENCE:
            break
    model.load_state_dict(kept)
    return model


def write_store(store, axes, contexts, models):
    """One answer, written part by part; the manifest is written last and says that it is complete."""
    group = zarr.create_group(store, zarr_format=3, attributes={"format": 1, "axes": axes, "writer": "linear_torch.py"})
    array = group.create_array(
        "activity",
        shape=tuple(len(labels) for labels in axes.values()),
        dtype="float32",
        chunks=(min(CASES_AT_ONCE, len(axes["case"])), len(axes["lead"]), len(axes["neuron"])),
        compressors=zarr.codecs.ZstdCodec(checksum=True),
        dimension_names=list(axes),
        config={"write_empty_chunks": True},
    )
    for first in range(0, len(contexts), CASES_AT_ONCE):
        rows = np.arange(first, min(first + CASES_AT_ONCE, len(contexts)))
        past = torch.from_numpy(contexts[rows])
        answer = np.empty((len(rows), *array.shape[1:]), dtype=np.float32)
        for model, asked in models:
            mine = np.isin(rows, asked)
            with torch.no_grad():
                answer[mine] = model(past[mine])
        array[first : first + len(rows)] = answer
    files = {path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*") if path.is_file()}
    listed = {n: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for n, content in files.items()}
    (store / "manifest.json").write_text(json.dumps({"format": 1, "files": listed}))


def main(task_files, submission, n_seeds):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    began = time.perf_counter()
    task = json.loads((task_files / "task.json").read_text(encoding="utf-8"))
    axes = {"case": task["cases"], "lead": task["leads"], "neuron": task["neurons"]}
    contexts = np.load(task_files / "contexts.npy", mmap_mode="r")
    folds = [task_files / f"fold-{number}" for number in range(len(task["folds"]))]
    for seed in range(n_seeds):
        learned = [learn(fold, task["context"], task["horizon"], seed) for fold in folds]
        models = [(model, np.load(fold / "asked.npy")) for model, fold in zip(learned, folds, strict=True)]
        write_store(submission / f"seed-{seed}.zarr", axes, contexts, models)
    facts = {
        "task": task["name"],
        "task_hash": task["hash"],
        "seeds": list(range(n_seeds)),
        "parameters": sum(weights.numel() for weights in learned[0].parameters()),
    }
    top = "".join(f"{key} = {json.dumps(value)}\n" for key, value in facts.items())
    about = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    hours = (time.perf_counter() - began) / 3600
    compute = f'\n[compute]\nhardware = "one CPU core"\nhours = {hours:.4f}\n\n[packages]\n'
    packages = "".join(f'{name} = "{importlib.metadata.version(name)}"\n' for name in ("torch", "numpy", "zarr"))
    (submission / "submission.toml").write_text(top + about + compute + packages, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 3)
