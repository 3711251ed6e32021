import numpy as np
import pandas as pd
import pytest
from made_sessions import smooth
from refusals import refused

from braincast.datasets.readers.reading import read

NAMES = ["a", "b", "c"]
TIME = np.arange(80) * 0.25


@pytest.fixture
def wide():
    """A column of times and one for each neuron."""
    return pd.DataFrame({"time_s": TIME, **dict(zip(NAMES, smooth(80, 3).astype(np.float64).T, strict=True))})


def only(findings):
    (recording,) = findings.recordings.values()
    return recording


def same(recording, wide):
    np.testing.assert_array_equal(np.asarray(recording.activity), wide[NAMES].to_numpy())
    assert recording.neurons == tuple(NAMES)


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_with_a_column_for_each_neuron(tmp_path, wide, separator):
    wide.to_csv(tmp_path / "a.csv", sep=separator, index=False)
    recording = only(read(tmp_path / "a.csv"))
    same(recording, wide)
    np.testing.assert_array_equal(recording.time_s, TIME)


def test_csv_with_an_index_and_missing_values(tmp_path, wide):
    wide.loc[3, "b"] = np.nan
    wide.drop(columns="time_s").to_csv(tmp_path / "a.csv")
    found = read(tmp_path / "a.csv")
    same(only(found), wide)
    assert any("0.42% of the values are missing" in note for note in found.notes)
    assert any("counts the rows" in note for note in found.notes)


def test_csv_of_bare_numbers_numbers_its_neurons(tmp_path, wide):
    wide[NAMES].to_csv(tmp_path / "a.csv", index=False, header=False)
    recording = only(read(tmp_path / "a.csv"))
    np.testing.assert_array_equal(np.asarray(recording.activity), wide[NAMES].to_numpy())
    assert recording.neurons == ("n0001", "n0002", "n0003")


def test_csv_with_a_row_for_each_neuron_is_turned(tmp_path, wide):
    wide.set_index("time_s").T.to_csv(tmp_path / "a.csv", index_label="neuron")
    recording = only(read(tmp_path / "a.csv"))
    same(recording, wide)
    np.testing.assert_array_equal(recording.time_s, TIME)


def test_parquet_wide_and_long_are_the_same_recording(tmp_path, wide):
    wide.to_parquet(tmp_path / "wide.parquet")
    long = wide.melt("time_s", var_name="neuron", value_name="value").sample(frac=1, random_state=0)
    long.to_parquet(tmp_path / "long.parquet", index=False)
    same(only(read(tmp_path / "wide.parquet")), wide)
    found = only(read(tmp_path / "long.parquet"))
    order = [found.neurons.index(name) for name in NAMES]
    np.testing.assert_array_equal(np.asarray(found.activity)[:, order], wide[NAMES].to_numpy())
    np.testing.assert_array_equal(found.time_s, TIME)


def test_a_value_that_occurs_twice_is_refused(tmp_path, wide):
    long = wide.melt("time_s", var_name="neuron", value_name="value")
    pd.concat([long, long.tail(1)]).to_csv(tmp_path / "a.csv", index=False)
    with refused("E104", "occurs twice"):
        read(tmp_path / "a.csv")


def test_text_among_numbers_is_refused_with_its_place(tmp_path, wide):
    wide.astype({"b": object}).replace({"b": {wide["b"][4]: "lost"}}).to_csv(tmp_path / "a.csv", index=False)
    with refused("E107", "'b', row 5", "lost"):
        read(tmp_path / "a.csv")


def test_time_that_counts_rows_counts_frames(tmp_path, wide):
    wide.assign(time_s=np.arange(80)).rename(columns={"time_s": "time"}).to_csv(tmp_path / "a.csv", index=False)
    assert only(read(tmp_path / "a.csv")).time_s is None


def test_a_sidecar_says_what_the_file_does_not(tmp_path, wide):
    wide.rename(columns={"time_s": "t"}).assign(t=TIME * 1000).to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "a.csv.toml").write_text(
        'species = "Danio rerio"\nunit = "dF/F"\nindicator = "GCaMP6f"\ntime_unit = "ms"\nlicence = "CC0"\n'
        'citation = "One A (2024) A title. A journal. doi:10.1/2"\nanimal = "fish 3"\nneurons = ["x", "y", "z"]\n'
        '[[conditions]]\nname = "dark"\nstart = 0\nstop = 10\n[[conditions]]\nname = "light"\nstart = 10\nstop = 99\n'
    )
    found = read(tmp_path / "a.csv")
    recording = only(found)
    np.testing.assert_allclose(recording.time_s, TIME)
    assert (recording.unit, recording.indicator, recording.neurons) == ("dF/F", "GCaMP6f", ("x", "y", "z"))
    assert recording.conditions.values.tolist() == [["dark", 0, 40], ["light", 40, 80]]
    assert (found.origin.species, found.origin.animal, found.origin.licence) == ("Danio rerio", "fish 3", "CC0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('specis = "a"', ("specis", "Did you mean 'species'")),
        ("rate_hz = -1", ("rate_hz", "greater than 0")),
        ("rate_hz = 1.0\ndt_s = 1.0", ("both rate_hz and dt_s",)),
        ("species = [", ("not TOML",)),
        ('[[conditions]]\nname = "x"\nbegin = 0', ("conditions.0",)),
        ('axes = ["pre", "post"]', ("axes",)),
    ],
)
def test_a_wrong_sidecar_is_refused(tmp_path, wide, text, words):
    wide.to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "a.toml").write_text(text)
    with refused("E123", *words):
        read(tmp_path / "a.csv")


def test_two_sidecars_are_refused(tmp_path, wide):
    wide.to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "a.toml").write_text("")
    (tmp_path / "a.json").write_text("{}")
    with refused("E123", "a.json and a.toml"):
        read(tmp_path / "a.csv")
