"""Pictures of the reports for the documents: `python benchmarks/report_pictures.py [--size REPORT] [--eye REPORT]`.

They show runs on made-up brains, so that no dataset's truth is in them. Needs the packages of the `test` extra and
Chromium. `--size` only prints what the parts of a report weigh; `--eye` only photographs the report of a run of
fly-motion, whose facts may be shown.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Page, sync_playwright
from scipy.signal import lfilter

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT / "tests"))

from made_brains import made_brain, made_card  # noqa: E402
from made_recordings import made_dataset, made_recording  # noqa: E402
from made_sources import small_card  # noqa: E402

from braincast.brain.connectome import Connectome  # noqa: E402
from braincast.brain.specimen import Specimen  # noqa: E402
from braincast.experiments.run import configure, run  # noqa: E402
from braincast.reports.html import write_report  # noqa: E402
from braincast.tasks.forecasting.build import Design, build  # noqa: E402
from braincast.tasks.forecasting.task import ForecastTask  # noqa: E402
from braincast.tasks.task import Task  # noqa: E402

N_CLASSES = 48
REGIONS, NEURONS_PER_REGION = ("pallium", "thalamus", "tectum", "hindbrain"), 20
FORECASTERS = ("ar", "var", "pooled-linear", "nlinear", "dlinear")
# Section, width in pixels, colour scheme, height in pixels.
SHOTS = (
    ("top", 1400, "light", 980),
    ("top", 400, "dark", 1150),
    ("scoreboard", 1400, "light", 720),
    ("wiring", 1400, "dark", 900),
    ("curves", 1400, "light", 820),
    ("atlas", 1400, "dark", 950),
    ("atlas", 400, "light", 1350),
    ("neuron", 1400, "light", 1050),
    ("neuron", 400, "dark", 1250),
)
FORECAST_SHOTS = (
    ("top", 1400, "light", 1000),
    ("leads", 1400, "light", 1050),
    ("outside", 1400, "dark", 1150),
    ("neurons", 1400, "light", 900),
    ("traces", 1400, "light", 1000),
    ("leads", 400, "dark", 1150),
)


SIMULATION_SHOTS = (
    ("top", 1400, "light", 1000),
    ("spikes", 1400, "dark", 1000),
    ("where", 1400, "light", 1000),
    ("top", 400, "dark", 1150),
)
SIMULATION, FLY = ("--trials", "3"), ("--neurons", "5000")
SCREEN_SHOTS = (("wirings", 1400, "light", 900),)
EYE_SHOTS = (
    ("movies", 1400, "light", 1330),
    ("movies", 400, "dark", 1250),
    ("tuning", 1400, "dark", 1020),
    ("types", 1400, "light", 900),
)


def main() -> None:
    """Run the made tasks, write their reports, photograph them."""
    if "--size" in sys.argv:
        print_sizes(Path(sys.argv[-1]))
        return
    if "--eye" in sys.argv:
        print(*photograph(Path(sys.argv[-1]).resolve(), EYE_SHOTS, "report-eye"), sep="\n")
        return
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        responses, forecasts = Path(folder) / "responses.html", Path(folder) / "forecasts.html"
        make_report(responses)
        make_forecast_report(forecasts)
        simulation, screen = simulate_fly(Path(folder), *SIMULATION), screen_fly(Path(folder))
        for picture in (
            *photograph(responses, SHOTS, "report"),
            *photograph(forecasts, FORECAST_SHOTS, "report-forecast"),
            *photograph(simulation, SIMULATION_SHOTS, "simulation"),
            *photograph(screen, SCREEN_SHOTS, "screen"),
        ):
            print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")


def make_report(path: Path) -> None:
    """The report of a default run on the made-up brain."""
    brain = placed(made_brain(n_classes=N_CLASSES, strength=3.5))
    words = {
        "title": "A made-up brain: which neurons answer when one is stimulated?",
        "n_animals": "none, this brain is made up",
        "n_resamples": 400,
    }
    dataset = small_card(name="made-brain", title="A made-up brain", species="none", sources=())
    card = made_card(brain, dataset_hash=dataset.hash, **words)
    result = run(Task(card, lambda: brain), configure(card))
    write_report(path, result.to_dict(), card, dataset, "braincast run made-task", result.judged.exhibits)


def placed(brain: Specimen) -> Specimen:
    """The brain with regions and places along a bent body, most neurons at one end of it."""
    rng = np.random.default_rng(1)
    assert brain.connectome is not None
    table = brain.connectome.neurons
    n = len(table)
    along = np.repeat(np.sort(np.where(rng.random(n // 2) < 0.6, rng.beta(2, 12, n // 2), rng.random(n // 2))), 2)
    side = np.where(table["side"] == "L", 1, -1)
    places: dict[str, Any] = {
        "region": np.select([along < 0.12, along < 0.3, along < 0.85], ["nose", "neck", "trunk"], "tail"),
        "x_um": side * rng.uniform(3, 18, n),
        "y_um": 700 * along + rng.normal(0, 4, n) - 300,
        "z_um": 35 * np.cos(2.2 * np.pi * along) + rng.normal(0, 9, n),
    }
    wiring = Connectome(table.assign(**places), brain.connectome.edges, "made wiring")
    return Specimen("made", "none", connectome=wiring, responses=brain.responses, wiring="atlas")


def make_forecast_report(path: Path) -> None:
    """The report of a run on a made-up recording of three conditions, one of them held out."""
    rng = np.random.default_rng(5)
    n = len(REGIONS) * NEURONS_PER_REGION
    conditions = pd.DataFrame(
        [("rest", 0, 900), ("grating", 901, 1800), ("looming", 1801, 2400)], columns=["name", "start", "stop"]
    )
    region = np.repeat(REGIONS, NEURONS_PER_REGION)
    middle = np.repeat([60.0, 210.0, 330.0, 480.0], NEURONS_PER_REGION)
    places = {"x_um": rng.normal(0, 70, n), "y_um": middle + rng.normal(0, 35, n), "z_um": rng.normal(0, 20, n)}
    anatomy = pd.DataFrame({"region": region, **places})
    recording = made_recording(oscillations(2400, n), conditions=conditions, anatomy=anatomy)
    dataset = made_dataset(recording, "made-recording")
    words = {"title": "A made-up recording: how far ahead can it be forecast?", "n_animals": "none, it is made up"}
    card = build(dataset, "made-forecast", Design(context=32, horizon=16, held_out=("looming",)), **words)
    result = run(ForecastTask(card, lambda: dataset.specimens), configure(card, FORECASTERS))
    exhibits = result.judged.exhibits
    write_report(path, result.to_dict(), card, dataset.card, "braincast run made-forecast", exhibits)


def simulate_fly(folder: Path, *words: str) -> Path:
    """The report of `braincast simulate fly` with these words."""
    command = ["simulate", "fly", *words]
    out = folder / f"fly-{len(words)}"
    subprocess.run([sys.executable, "-m", "braincast", *command, "--out", str(out), "--quiet"], check=True)
    report = out / "report.html"
    # The pictures show the command as a reader would type it.
    report.write_text(report.read_text(encoding="utf-8").replace(f" --out {out} --quiet", ""), encoding="utf-8")
    return report


def screen_fly(folder: Path) -> Path:
    """The report of a screen against phenotypes that the synthetic fly itself has, one in eight turned round."""
    regions = ",".join(f"{kind}-{n:02d}-{side}" for kind, n in (("optic", 1), ("central", 20)) for side in "LR")
    regions += ",sensory,descending,ascending,visual_projection"
    first = simulate_fly(folder, *FLY, "--screen", "activate", "--among", regions, "--readout", regions)
    responses = pd.read_parquet(first.with_name("responses.parquet"))
    own = responses["condition"] == responses["readout"]
    word = np.where(responses["change_hz"] > 1, "active", "inactive")
    turned = np.random.default_rng(3).random(len(word)) < 1 / 8
    word[turned] = np.where(word[turned] == "active", "inactive", "active")
    table = folder / "measured.csv"
    responses.assign(expected=word)[~own][["condition", "readout", "expected"]].to_csv(table, index=False)
    return simulate_fly(folder, *FLY, "--screen", "activate", "--phenotypes", str(table))


def oscillations(n_frames: int, n_neurons: int) -> np.ndarray:
    """Neurons that follow a few noisy rotations with weights of their own, under noise that lasts [time, neuron]."""
    rng = np.random.default_rng(6)
    rotations = []
    for period in (18, 31, 57):
        turn, state = 0.985 * np.exp(2j * np.pi / period), 0j
        path = np.empty(n_frames, dtype=complex)
        for frame in range(n_frames):
            state = turn * state + 0.25 * complex(*rng.normal(size=2))
            path[frame] = state
        rotations.append(path)
    loud = rng.gamma(2.0, 0.5, n_neurons)
    weights = rng.normal(size=(3, n_neurons)) + 1j * rng.normal(size=(3, n_neurons))
    signal = np.real(np.array(rotations).T @ weights) * loud
    noise = lfilter([1.0], [1.0, -0.7], rng.normal(size=(n_frames, n_neurons)), axis=0)
    return (signal + noise).astype(np.float32)


def photograph(report: Path, shots: Sequence[tuple[str, int, str, int]], name: str) -> Iterator[Path]:
    """One picture for each of the shots."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for section, width, scheme, height in shots:
            screen = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "offline": True}
            page = browser.new_page(**screen, reduced_motion="reduce")
            page.goto(report.as_uri())
            show(page, section)
            path = PICTURES / f"{name}-{section}-{width}-{scheme}.png"
            page.screenshot(path=path)
            page.close()
            yield path
        browser.close()


def show(page: Page, section: str) -> None:
    """Bring a section into view, with something pointed at."""
    if section == "atlas":
        page.select_option("#order", "region")
        page.locator("#map-predicted").focus()
        for _ in range(3):
            page.keyboard.press("Shift+ArrowDown")
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowDown")
    place = {"top": "body", "neuron": "#explorer h3"}.get(section, f"#{section}")
    page.locator(place).evaluate("e => window.scrollTo(0, e.getBoundingClientRect().top + scrollY - 24)")


def print_sizes(report: Path) -> None:
    """What a report weighs, in kB."""
    text = report.read_text(encoding="utf-8")
    data = re.search(r'id="data-(?:atlas|screen)">(.*?)</script>', text, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    parts = {"script": script, "style sheet": style, "maps or movies": data}
    sizes = {name: len(found.group(1)) for name, found in parts.items() if found}
    for name, size in {**sizes, "whole page": len(text.encode())}.items():
        print(f"{name}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
