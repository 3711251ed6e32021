"""How long a whole fly takes to load, and in how much memory: `python benchmarks/fly_loading.py [--write]`.

The synthetic fly is written in the layouts of the published v783 files and of a Codex download, each is read in a
process of its own, and the highest memory of that process is taken, Python and all libraries included. Results in
results/fly_loading.json; `--write` puts the table into docs/guides/fly-data.md, `--table` the figures recorded last.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from pages import put_between_markers

from braincast.brain.connectome import Connectome
from braincast.datasets.synthetic.fly import synthetic_fly

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "fly_loading.json", HERE.parent / "docs" / "guides" / "fly-data.md"
N_RUNS = 2  # the quickest counts, as other work on the machine only slows; of memory the most
FIRST_ID = 720_575_940_596_125_868  # as FlyWire numbers its neurons

STEPS = {
    "published, as a connectome": "from braincast.datasets.fly import read_wiring\ndone = read_wiring(place)",
    "published, as a network of the engine": (
        "from braincast.datasets.fly import read_wiring\nfrom braincast.dynamics.spiking import Network\n"
        "done = Network.from_connectome(read_wiring(place))"
    ),
    "Codex, connections.csv.gz": "from braincast.datasets.fly import read_wiring\ndone = read_wiring(place)",
    "generated": (
        "from braincast.datasets.synthetic.fly import synthetic_fly\n"
        "synthetic_fly(100, 500)  # compiles\nnow, used = time.perf_counter(), time.process_time()\n"
        "done = synthetic_fly()"
    ),
}
CHILD = """
import json, sys, time
import numpy, pandas, pyarrow.parquet, scipy.sparse
place = sys.argv[1]
now, used = time.perf_counter(), time.process_time()
{work}
seconds, used = time.perf_counter() - now, time.process_time() - used
# Not getrusage: what it tells begins with the memory of the process that started this one.
lines = dict(line.split(":", 1) for line in open("/proc/self/status", encoding="utf-8"))
peak = int(lines["VmHWM"].split()[0]) / 1024
print(json.dumps({{"seconds": round(seconds, 2), "processor_s": round(used, 2), "peak_mb": round(peak)}}))
"""


def main() -> None:
    """Measure, record, and print the table."""
    if "--table" not in sys.argv:
        RESULT.write_text(json.dumps(_measured(), indent=1) + "\n", encoding="utf-8")
    figures = json.loads(RESULT.read_text(encoding="utf-8"))
    if {"--write", "--table"} & set(sys.argv):
        put_between_markers(PAGE, table(figures), "loading")
    print(table(figures))


def table(figures: dict[str, Any]) -> str:
    """Seconds and memory of each way to a whole fly."""
    head = f"{figures['neurons']:,} neurons, {figures['edges']:,} edges"
    rows = [
        f"| {step} | {taken['seconds']:.1f} | {taken['processor_s']:.1f} | {taken['peak_mb']:,} |"
        for step, taken in figures["steps"].items()
    ]
    return "\n".join([f"| {head} | seconds | of processor | highest memory, MB |", "|---|---|---|---|", *rows])


def _measured() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        places = {name: Path(folder) / name for name in ("published", "codex")}
        fly = synthetic_fly()
        for name, write in (("published", write_published), ("codex", write_codex)):
            places[name].mkdir()
            write(fly, places[name])
        sizes = {"neurons": fly.n_neurons, "edges": fly.n_edges}
        del fly
        return {**sizes, "steps": {step: _taken(step, work, places) for step, work in STEPS.items()}}


def write_published(fly: Connectome, folder: Path) -> None:
    """The two files of Shiu et al. 2024, whole numbers of 64 bits as they have them."""
    ids = FIRST_ID + 7 * np.arange(fly.n_neurons)
    pre, post, count, sign = (fly.edges[name].to_numpy().astype(np.int64) for name in ("pre", "post", "weight", "sign"))
    columns = {
        "Presynaptic_ID": ids[pre],
        "Postsynaptic_ID": ids[post],
        "Presynaptic_Index": pre,
        "Postsynaptic_Index": post,
        "Connectivity": count,
        "Excitatory": sign,
        "Excitatory x Connectivity": count * sign,
    }
    pq.write_table(pa.table(columns), folder / "Connectivity_783.parquet")
    lines = "".join(f"{number},True\n" for number in ids.tolist())
    (folder / "Completeness_783.csv").write_text(f",Completed\n{lines}", encoding="utf-8")


def write_codex(fly: Connectome, folder: Path) -> None:
    """Connections packed by gzip and the table of transmitters."""
    ids = FIRST_ID + 7 * np.arange(fly.n_neurons)
    names = np.array(fly.neurons["transmitter"], object)
    pre, post, count = (fly.edges[name].to_numpy().astype(np.int64) for name in ("pre", "post", "weight"))
    columns = {
        "pre_root_id": ids[pre],
        "post_root_id": ids[post],
        "neuropil": pa.array(["ME_R"]).take(pa.array(np.zeros(len(pre), np.int64))),
        "syn_count": count,
        "nt_type": pa.array(names).take(pa.array(pre)),
    }
    with gzip.open(folder / "connections.csv.gz", "wb", compresslevel=1) as file:
        pa_csv.write_csv(pa.table(columns), file)
    pa_csv.write_csv(pa.table({"root_id": ids, "group": names, "nt_type": names}), folder / "neurons.csv")


def _taken(step: str, work: str, places: dict[str, Path]) -> dict[str, float]:
    place = places["codex" if step.startswith("Codex") else "published"]
    command = [sys.executable, "-c", CHILD.format(work=work), str(place)]
    runs = [
        json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(N_RUNS)
    ]
    quickest = {name: min(run[name] for run in runs) for name in ("seconds", "processor_s")}
    return {**quickest, "peak_mb": max(run["peak_mb"] for run in runs)}


if __name__ == "__main__":
    main()
