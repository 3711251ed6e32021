"""Recordings in files of every format, made by the formats' own libraries."""

from __future__ import annotations

import datetime
import warnings
from pathlib import Path
from typing import Any

import numpy as np


def smooth(n_frames: int = 200, n_neurons: int = 5, seed: int = 0) -> np.ndarray:
    """Activity [time, neuron] in float32 that changes slowly and never repeats."""
    noise = np.random.default_rng(seed).normal(size=(n_frames, n_neurons))
    return np.cumsum(noise, axis=0).astype(np.float32) / 10


def regular(n_frames: int, dt_s: float, jitter: float = 0.0, seed: int = 1) -> np.ndarray:
    """Times in seconds whose steps differ from `dt_s` by up to about `jitter`."""
    shift = np.random.default_rng(seed).uniform(-0.5, 0.5, n_frames) * jitter * dt_s
    return np.arange(n_frames) * dt_s + shift + 10.0


class NwbSession:
    """An NWB file of pynwb's making, filled part by part and then written."""

    def __init__(self) -> None:
        from pynwb import NWBFile
        from pynwb.file import Subject

        start = datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)
        self.file = NWBFile("a session", "made-1", start, related_publications=["doi:10.1/one"])
        self.file.subject = Subject(subject_id="fish-7", species="Danio rerio", strain="Tg(elavl3)", age="P7D", sex="U")
        self.modules: dict[str, Any] = {}

    def plane(self, *, location: str = "hindbrain", indicator: str = "GCaMP6f") -> Any:
        """An imaging plane of a made microscope."""
        from pynwb.ophys import OpticalChannel

        device = self.file.create_device(name="microscope")
        channel = OpticalChannel(name="green", description="green", emission_lambda=500.0)
        return self.file.create_imaging_plane(
            name="plane",
            optical_channel=channel,
            description="one plane",
            device=device,
            excitation_lambda=920.0,
            indicator=indicator,
            location=location,
            imaging_rate=5.0,
        )

    def segmentation(self, n_rois: int, plane: Any, **columns: list[Any]) -> Any:
        """A table of `n_rois` regions with further columns."""
        from pynwb.ophys import ImageSegmentation

        segmentation = ImageSegmentation()
        self.module("ophys").add(segmentation)
        table = segmentation.create_plane_segmentation(description="rois", imaging_plane=plane, name="Cells")
        for roi in range(n_rois):
            table.add_roi(pixel_mask=[(roi, roi, 1.0)])
        for name, values in columns.items():
            table.add_column(name=name, description=name, data=values)
        return table

    def module(self, name: str) -> Any:
        """A processing module, made on first use."""
        if name not in self.modules:
            self.modules[name] = self.file.create_processing_module(name=name, description=name)
        return self.modules[name]

    def responses(self, name: str, data: Any, region: Any, **clock: Any) -> Any:
        """A series of responses of regions of interest."""
        from pynwb.ophys import RoiResponseSeries

        return RoiResponseSeries(name=name, data=data, rois=region, unit=clock.pop("unit", "n.a."), **clock)

    def write(self, path: Path) -> Path:
        """The file on disk."""
        from pynwb import NWBHDF5IO

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pynwb remarks on what a good session should have
            with NWBHDF5IO(path, "w") as io:
                io.write(self.file)
        return path


def odd_nwb(path: Path, activity: np.ndarray, time_s: np.ndarray) -> Path:
    """A layout of nobody's: a transposed series among acquisitions, labels in a column of its own, two epochs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = NwbSession()
        n_neurons = activity.shape[1]
        labels = [f"cell {chr(97 + n)}" for n in range(n_neurons - 1)] + [""]
        table = session.segmentation(
            n_neurons,
            session.plane(),
            my_NeuroPAL_label=labels,
            cell_type=["motor", *["sensory"] * (n_neurons - 1)],
        )
        region = table.create_roi_table_region(description="all", region=list(range(n_neurons)))
        stored = ((activity - 0.5) / 2.0).astype(np.float64)
        series = session.responses(
            "weird_signals", stored, region, timestamps=time_s, conversion=2.0, offset=0.5, unit="dF/F"
        )
        session.file.add_acquisition(series)
        from pynwb import TimeSeries

        running = TimeSeries(
            name="running", data=np.arange(50.0), unit="cm/s", rate=1.0, starting_time=float(time_s[0])
        )
        session.module("behavior").add(running)
        shown = TimeSeries(name="contrast", data=np.arange(4.0), unit="a.u.", timestamps=time_s[[0, 50, 100, 150]])
        session.file.add_stimulus(shown)
        middle, end = float(time_s[120]), float(time_s[-1] + 1)
        session.file.add_epoch_column(name="what", description="what was shown")
        session.file.add_epoch(float(time_s[0]), middle, what="gratings")
        session.file.add_epoch(middle, end, what="darkness")
        return turned(session.write(path), "acquisition/weird_signals/data")


def turned(path: Path, name: str) -> Path:
    """A dataset stored with its axes swapped, as older programs did and pynwb refuses to."""
    import h5py

    with h5py.File(path, "r+") as file:
        values, attributes = file[name][()], dict(file[name].attrs)
        del file[name]
        file.create_dataset(name, data=values.T, chunks=True, compression="gzip").attrs.update(attributes)
    return path
