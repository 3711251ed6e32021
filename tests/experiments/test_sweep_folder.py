"""The folder of a sweep: what is noted there survives a kill, and nothing else is taken for a sweep."""

import json

import pytest
from made_sweeps import Level, untimed, walks_task
from refusals import refusal, refused

from braincast.experiments.sweeps.folder import SweepFolder, reopened, sweep_folder
from braincast.experiments.sweeps.sweep import begun, sweep
from braincast.experiments.sweeps.trials import Trial, as_text, best_of, read_trials
from braincast.files import check_manifest

TRIALS = (
    Trial(0, {"a": 0.1, "b": "x"}, 0.1 + 0.2, "done", 1.5),
    Trial(1, {"a": 1, "b": "y"}, None, "failed", 0.0, "E701"),
    Trial(2, {"a": 0.1, "b": "x"}, 0.1 + 0.2, "done", 0.0, None, 0),
)
CONFIGURATION = {"model": "level", "seed": 0}


@pytest.fixture
def noted(tmp_path):
    """A folder with three trials in it, not finished."""
    with pytest.raises(KeyboardInterrupt), sweep_folder(tmp_path / "sweep", CONFIGURATION, 3) as folder:
        for trial in TRIALS:
            folder.note(trial)
        raise KeyboardInterrupt
    return tmp_path / "sweep"


def test_trials_are_read_as_they_were_noted(noted):
    assert read_trials(noted / "trials.jsonl") == TRIALS
    assert best_of(TRIALS) == TRIALS[0] and best_of(TRIALS[1:2]) is None


@pytest.mark.parametrize("n_bytes", [1, 20, 100])
def test_a_part_of_a_line_is_dropped_from_the_file_too(noted, n_bytes):
    whole = (noted / "trials.jsonl").read_bytes()
    (noted / "trials.jsonl").write_bytes(whole + whole[:n_bytes].rstrip(b"\n"))
    assert SweepFolder(noted).trials() == TRIALS
    assert (noted / "trials.jsonl").read_bytes() == whole


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        "\xff",
        '{"number": 1}',
        json.dumps({**TRIALS[1].to_dict(), "number": 5}),
        json.dumps({**TRIALS[1].to_dict(), "validation": "low"}),
        json.dumps({**TRIALS[1].to_dict(), "more": 1}),
    ],
)
def test_a_damaged_line_is_refused_with_its_number(noted, line):
    lines = as_text(TRIALS).splitlines()
    text = "\n".join([lines[0], line, lines[2]]) + "\n"
    (noted / "trials.jsonl").write_bytes(text.encode("latin-1"))
    assert "trials.jsonl:2" in str(refusal("E403", read_trials, noted / "trials.jsonl"))


def test_trainings_of_trials_that_ended_are_removed_and_the_one_in_progress_is_kept(noted):
    for number in (1, 3):
        (noted / f"trial-{number:05d}" / "fold-0").mkdir(parents=True)
    SweepFolder(noted).trials()
    assert [path.name for path in noted.glob("trial-*")] == ["trial-00003"]


def test_a_sweep_in_the_way_is_refused_without_resume(noted):
    before = (noted / "trials.jsonl").read_bytes()
    with refused("E501", "--resume"), sweep_folder(noted, CONFIGURATION, 5):
        pass
    with refused("E502", "another seed"), sweep_folder(noted, {**CONFIGURATION, "seed": 1}, 5, resume=True):
        pass
    with refused("E501", "3 trials already"), sweep_folder(noted, CONFIGURATION, 2, resume=True):
        pass
    assert (noted / "trials.jsonl").read_bytes() == before


def test_while_one_sweeps_another_is_refused(noted):
    again = sweep_folder(noted, CONFIGURATION, 5, resume=True)
    with sweep_folder(noted, CONFIGURATION, 5, resume=True), refused("E504"), again:
        pass


def test_a_folder_that_is_no_sweep_is_never_touched(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for options in ({}, {"force": True}, {"resume": True}, {"force": True, "resume": True}):
        with refused("E501", "not a braincast sweep"), sweep_folder(tmp_path / "mine", CONFIGURATION, 5, **options):
            pass
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_place_where_nothing_can_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with refused("E505"), sweep_folder(tmp_path / "file" / "sweep", CONFIGURATION, 5):
        pass


def test_force_keeps_the_old_sweep_until_the_new_one_is_finished(noted):
    with pytest.raises(KeyboardInterrupt), sweep_folder(noted, CONFIGURATION, 5, force=True) as folder:
        assert folder.path != noted and folder.trials() == ()
        folder.note(TRIALS[0])
        raise KeyboardInterrupt
    assert read_trials(noted / "trials.jsonl") == TRIALS
    with sweep_folder(noted, CONFIGURATION, 5, force=True) as folder:
        assert folder.trials() == TRIALS[:1]  # what the one before was stopped at
    assert read_trials(noted / "trials.jsonl") == TRIALS[:1]
    check_manifest(noted)
    assert [path.name for path in noted.parent.iterdir() if not path.name.endswith(".lock")] == ["sweep"]


def test_a_finished_sweep_goes_on_with_more_trials_as_one_that_had_them_from_the_beginning(tmp_path):
    task, model = walks_task(), Level()
    configuration = begun(model, task, n_trials=6, seed=2, space=None, settings=None)
    for n_trials in (6, 14):
        with sweep_folder(tmp_path / "sweep", configuration, n_trials, resume=True) as folder:
            reopened(folder)
            found = sweep(model, task, n_trials=n_trials, seed=2, folder=folder)
        check_manifest(tmp_path / "sweep")
    assert untimed(found.trials) == untimed(sweep(model, task, n_trials=14, seed=2).trials)


def test_what_a_sweep_is_of_tells_sweeps_apart():
    task, model = walks_task(), Level()
    given = {"n_trials": 6, "seed": 0, "space": None, "settings": None}
    first = begun(model, task, **given)
    assert begun(model, task, **{**given, "n_trials": 9}) == first
    for change in ({"seed": 1}, {"settings": {"step": 2}}, {"settings": {"level": 2.0}}):
        assert begun(model, task, **{**given, **change}) != first
