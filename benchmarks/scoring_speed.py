"""Scoring forecasts: time, share of memory bandwidth, memory. `python benchmarks/scoring_speed.py [--write|--table]`.

One forecast [64 windows, 32 leads, 71,721 neurons] in float32, arrays in memory, against xskillscore, scores and plain
xarray: mean absolute error, mean squared error and Pearson's correlation at each lead. All in one run and on the same
number of threads; all input bytes counted. Needs the peers: see README.md. Written to results/scoring_speed.json and,
with `--write`, into docs/concepts/scoring.md.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from pages import put_between_markers, rounded

from braincast.scoring.forecasting.slabs import ALLOWANCE
from braincast.scoring.forecasting.sums import Grouping, add_up
from braincast.scoring.metrics import METRICS

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "scoring_speed.json", HERE.parent / "docs" / "concepts" / "scoring.md"
SHAPE = (64, 32, 71_721)
KEYS = ("mae", "mse", "correlation")
# No powers of two: rows that lie so far apart compete for places in the cache (a third more time at 16,384).
SIZES = (1_000, 4_000, 16_000, 71_721)
WORKERS = (1, 2)
GROWTH_CASES = 64
_CACHE_BYTES = 128 << 20  # more than any cache of today holds
MEMORY_CASES = 150  # of a stored forecast of five times the allowance: 150 × 32 × 71,721 × 4 bytes = 1.38 GB


def main() -> None:
    """Measure everything, or with `--table` show once more what was recorded."""
    if "--peak" in sys.argv:
        print(_peak_of_this_process(Path(sys.argv[-1])))
        return
    if "--table" not in sys.argv:
        RESULT.write_text(json.dumps(measured(), indent=1) + "\n", encoding="utf-8")
    text = table(json.loads(RESULT.read_text(encoding="utf-8")))
    if {"--write", "--table"} & set(sys.argv):
        put_between_markers(PAGE, text)
    print(text)


def measured() -> dict[str, Any]:
    """All figures of one run."""
    forecast, truth = _arrays(SHAPE)
    threads = {str(n): _on_threads(forecast, truth, n) for n in WORKERS}
    grouping = _grouping(SHAPE)
    figures = {
        "machine": {"system": platform.system(), "python": platform.python_version(), "cores": os.cpu_count()},
        "versions": _versions(),
        "shape": list(SHAPE),
        "threads": threads,
        "with_groups_and_neurons_s": _best(lambda: add_up(forecast, truth, grouping, workers=WORKERS[-1])),
        "equal_bits": _equal_bits(forecast[:10], truth[:10]),
        "sizes": {str(n): _of_size(n) for n in SIZES},
    }
    del forecast, truth
    return rounded({**figures, "memory": _memory()})


def scores_by_lead(forecast: np.ndarray, truth: np.ndarray, workers: int) -> dict[str, np.ndarray]:
    """The common set of metrics at each lead, as braincast computes it."""
    sums = {k: v.sum(axis=0) for k, v in add_up(forecast, truth, active_above=None, workers=workers).by_case.items()}
    return {key: METRICS[key].of_sums(sums) for key in KEYS}


def _on_threads(forecast: np.ndarray, truth: np.ndarray, n: int) -> dict[str, Any]:
    """Ours, the peers and plain reading on `n` threads, and how far the peers' values are from ours."""
    ours = scores_by_lead(forecast, truth, n)
    seconds = {"braincast": _best(lambda: scores_by_lead(forecast, truth, n))}
    read_s = _best(lambda: _read_all((forecast, truth), n))
    apart = {}
    for name, peer in _peers(forecast, truth, n).items():
        found = peer()
        apart[name] = max(float(np.abs(found[key] - ours[key]).max()) for key in KEYS)
        seconds[name] = _best(peer, times=2)
    n_bytes = forecast.nbytes + truth.nbytes
    return {
        "seconds": seconds,
        "times_slower": {name: s / seconds["braincast"] for name, s in seconds.items() if name != "braincast"},
        "largest_difference": apart,
        "read_gb_s": n_bytes / read_s / 1e9,
        "ours_gb_s": n_bytes / seconds["braincast"] / 1e9,
        "share_of_read_bandwidth": read_s / seconds["braincast"],
    }


def _peers(forecast: np.ndarray, truth: np.ndarray, n: int) -> dict[str, Callable[[], dict[str, np.ndarray]]]:
    import dask
    import scores.continuous
    import xarray as xr
    import xskillscore

    dims = ("case", "lead", "neuron")
    f, t = xr.DataArray(forecast, dims=dims), xr.DataArray(truth, dims=dims)
    over = ["case", "neuron"]

    def with_xskillscore() -> dict[str, np.ndarray]:
        return {
            "mae": xskillscore.mae(f, t, dim=over).values,
            "mse": xskillscore.mse(f, t, dim=over).values,
            "correlation": xskillscore.pearson_r(f, t, dim=over).values,
        }

    def with_scores() -> dict[str, np.ndarray]:
        return {
            "mae": scores.continuous.mae(f, t, preserve_dims="lead").values,
            "mse": scores.continuous.mse(f, t, preserve_dims="lead").values,
            "correlation": scores.continuous.correlation.pearsonr(f, t, preserve_dims="lead").values,
        }

    def with_xarray(a: Any, b: Any) -> dict[str, Any]:
        error = a - b
        return {"mae": abs(error).mean(over), "mse": (error**2).mean(over), "correlation": xr.corr(a, b, over)}

    def with_dask() -> dict[str, np.ndarray]:
        chunks = {"case": 4, "lead": SHAPE[1], "neuron": -1}
        wanted = with_xarray(f.chunk(chunks), t.chunk(chunks))
        with dask.config.set(scheduler="threads", num_workers=n):
            return {key: found.values for key, found in zip(wanted, dask.compute(*wanted.values()), strict=True)}

    plain = {"xskillscore": with_xskillscore, "scores": with_scores}
    return {**plain, "xarray": lambda: {k: v.values for k, v in with_xarray(f, t).items()}, "xarray + dask": with_dask}


def _of_size(n_neurons: int) -> dict[str, float]:
    """Seconds with groups and single neurons, and the bytes that are kept, at one number of neurons.

    Few neurons would stay in the processor's caches from one call to the next, many would not: so these are emptied.
    """
    shape = (GROWTH_CASES, SHAPE[1], n_neurons)
    forecast, truth = _arrays(shape)
    grouping = _grouping(shape)
    kept = add_up(forecast, truth, grouping)
    n_bytes = kept.errors_by_neuron.nbytes + kept.counts_by_neuron.nbytes + kept.errors_by_group.nbytes
    n_bytes += kept.counts_by_group.nbytes + sum(values.nbytes for values in kept.by_case.values())
    return {"seconds": _best(lambda: add_up(forecast, truth, grouping), times=9, cold=True), "kept_mb": n_bytes / 1e6}


def _equal_bits(forecast: np.ndarray, truth: np.ndarray) -> bool:
    """Whether three ways of cutting a store, each with 1, 2 and 4 workers, give what the plain arrays give."""
    import zarr

    expected, equal = add_up(forecast, truth).by_case, True
    for chunks in ((1, 32, 71_721), (4, 8, 10_000), (3, 32, 4_096)):
        stored = zarr.create_array(zarr.storage.MemoryStore(), data=forecast, chunks=chunks)
        for workers in (1, 2, 4):
            found = add_up(stored, truth, workers=workers).by_case
            equal &= all(np.array_equal(found[name], expected[name]) for name in expected)
    return bool(equal)


def _memory() -> dict[str, float]:
    """Peak memory of a process that scores a stored forecast five times as large as its allowance."""
    import zarr

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forecast.zarr"
        shape = (MEMORY_CASES, *SHAPE[1:])
        stored = zarr.create_array(path, shape=shape, dtype="float32", chunks=(1, 16, SHAPE[2]))
        for case in range(shape[0]):
            stored[case] = _arrays((1, *SHAPE[1:]), seed=case)[0][0]
        small = zarr.create_array(Path(folder) / "small.zarr", shape=(4, 32, 100), dtype="float32", chunks=(4, 32, 100))
        small[:] = 0.0
        peaks = [
            float(subprocess.run([sys.executable, __file__, "--peak", str(p)], capture_output=True, check=True).stdout)
            for p in (Path(folder) / "small.zarr", path)
        ]
    return {
        "allowance_mb": ALLOWANCE / 1e6,
        "forecast_mb": float(np.prod(shape)) * 4 / 1e6,
        "peak_mb": peaks[1],
        "peak_of_a_small_one_mb": peaks[0],
    }


def _peak_of_this_process(path: Path) -> float:
    import zarr

    class Zeros:
        """A truth that costs no memory of its own."""

        def __init__(self, shape: tuple[int, ...]) -> None:
            self.shape = shape

        def read(self, cases: slice, neurons: slice) -> np.ndarray:
            return np.zeros((cases.stop - cases.start, self.shape[1], neurons.stop - neurons.start), dtype=np.float32)

    stored = zarr.open_array(path, mode="r")
    add_up(stored, Zeros(stored.shape), _grouping(stored.shape))
    return _peak_mb()


def _peak_mb() -> float:
    """Peak resident memory; Linux counts that of the parent before exec into ru_maxrss, but not into VmHWM."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return float(line.split()[1]) * 1024 / 1e6
    import resource  # not there on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes on macOS


def table(figures: dict[str, Any]) -> str:
    """Times and ratios, bandwidth, memory and growth, as Markdown."""
    names = list(next(iter(figures["threads"].values()))["seconds"])
    lines = [
        f"| {' × '.join(map(str, figures['shape']))}, float32 | {' | '.join(names)} |",
        "|---" * (len(names) + 1) + "|",
    ]
    for n, found in figures["threads"].items():
        cells = [f"{s:.2f} s" for s in found["seconds"].values()]
        ratios = [f"{cell} ({found['times_slower'][k]:.0f} ×)" for k, cell in zip(names[1:], cells[1:], strict=True)]
        lines.append(f"| {n} thread{'s' * (n != '1')} | {' | '.join([cells[0], *ratios])} |")
    shares = [
        f"{found['ours_gb_s']:.1f} of {found['read_gb_s']:.1f} GB/s ({found['share_of_read_bandwidth']:.0%}) on {n}"
        for n, found in figures["threads"].items()
    ]
    memory = figures["memory"]
    lines += [
        "",
        f"Threads and bandwidth: {'; '.join(shares)}. With groups, single neurons and the active share on "
        f"{list(figures['threads'])[-1]} threads: {figures['with_groups_and_neurons_s']:.2f} s. "
        f"Three ways of cutting a store, each with 1, 2 and 4 workers: "
        f"{'the same bits' if figures['equal_bits'] else 'DIFFERENT BITS'}.",
        "",
        f"A stored forecast of {memory['forecast_mb']:.0f} MB, scored with an allowance of "
        f"{memory['allowance_mb']:.0f} MB: peak {memory['peak_mb']:.0f} MB; a tiny forecast needs "
        f"{memory['peak_of_a_small_one_mb']:.0f} MB.",
        "",
        f"| neurons ({GROWTH_CASES} windows, 32 leads) | seconds | ns per neuron, window and lead | kept, MB |",
        "|---|---|---|---|",
        *(_size_row(int(n), found) for n, found in figures["sizes"].items()),
    ]
    return "\n".join(lines)


def _size_row(n_neurons: int, found: dict[str, float]) -> str:
    each = found["seconds"] / (GROWTH_CASES * SHAPE[1] * n_neurons)
    return f"| {n_neurons:,} | {found['seconds']:.4f} | {1e9 * each:.2f} | {found['kept_mb']:.1f} |"


def _arrays(shape: tuple[int, ...], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.standard_normal(shape, dtype=np.float32)
    return truth + rng.standard_normal(shape, dtype=np.float32), truth


def _grouping(shape: tuple[int, ...]) -> Grouping:
    """Thirty regions and four activity bins."""
    neuron = np.arange(shape[2])
    return Grouping(np.ones(shape[0]), np.stack([neuron * 7 % 30, 30 + neuron * 5 % 4]), 34)


def _best(call: Callable[[], Any], times: int = 5, *, cold: bool = False) -> float:
    """The shortest of several times, after one that compiles; `cold` empties the caches before each."""
    call()
    found, other = [], np.ones(_CACHE_BYTES if cold else 0, dtype=np.uint8)
    for _ in range(times):
        other += 1
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return min(found)


def _read_all(arrays: tuple[np.ndarray, ...], n: int) -> int:
    parts = [part for array in arrays for part in np.array_split(array.reshape(-1)[: array.size // 2 * 2], 4 * n)]
    with ThreadPoolExecutor(n) as pool:
        return sum(pool.map(lambda part: _xor(part[: len(part) // 2 * 2].view(np.int64)), parts))


@njit(nogil=True)
def _xor(values):
    out = np.int64(0)
    for i in range(len(values)):
        out ^= values[i]
    return out


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("xskillscore", "scores", "xarray", "dask", "numpy", "numba")}


if __name__ == "__main__":
    main()
