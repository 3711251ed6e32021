"""A run that is killed, interrupted or disturbed: there is the old result or the new, never half, and it goes on."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import numpy as np
import pytest
from command_line import one_document, with_example

from braincast.files import check_manifest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and process groups are other things there")

RUN = ("run", "made-task", "--models", "slow-weights", "--draws", 3)
PAUSE = {"MADE_PAUSE_S": "0.02"}  # 20 fits in a job: 0.4 s
PATIENCE_S = 300


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The command line on one core: no workers."""
    return with_example(tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def on_all_cores(tmp_path_factory):
    """The command line with workers, where this machine has more than one core."""
    return with_example(tmp_path_factory.mktemp("cores"), one_core=False)


@pytest.fixture(scope="module")
def undisturbed(example, tmp_path_factory):
    """The document of a run that nothing happened to."""
    return example.document(*RUN, "--out", tmp_path_factory.mktemp("undisturbed") / "run")


def without_times(document):
    """The document without its files, wall time and costs."""
    models = {name: {k: v for k, v in model.items() if k != "cost"} for name, model in document["models"].items()}
    run = {key: value for key, value in document["run"].items() if key != "wall_s"}
    return {**document, "files": None, "models": models, "run": run}


def stored(folder):
    """Finished forecasts of a run's folder, with the time they were made at."""
    manifests = folder.glob("forecasts/*/*.zarr/manifest.json")
    return {str(path.parent.relative_to(folder)): path.stat().st_mtime_ns for path in manifests}


def wait_for(condition, process):
    """Wait until something is so; the process must not end before."""
    until_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until_s
        time.sleep(0.005)


def end(process, number=signal.SIGKILL, *, whole_group=True):
    """Send a signal to a process and its workers, or to it alone; its exit code and streams."""
    (os.killpg if whole_group else os.kill)(process.pid, number)
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


@contextmanager
def begun(command_line, folder, *words, n_forecasts=1):
    """A run in progress that has made some forecasts."""
    process = command_line.fork(*RUN, "--out", folder, "--json", *words, **PAUSE)
    try:
        wait_for(lambda: len(stored(folder)) >= n_forecasts, process)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def is_group_gone(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


# --- killed


def test_a_run_killed_at_several_moments_ends_with_the_numbers_of_an_undisturbed_one(example, undisturbed, tmp_path):
    folder = tmp_path / "run"
    kept = {}
    for n_forecasts in (0, 1, 3, 7, 10):
        with begun(example, folder, n_forecasts=n_forecasts) as process:
            assert end(process)[0] == -signal.SIGKILL
        assert not (folder / "manifest.json").exists()
        now = stored(folder)
        assert kept.items() <= now.items()  # made before, not made again
        kept = now
    document = example.document(*RUN, "--out", folder)
    assert without_times(document) == without_times(undisturbed)
    assert kept.items() <= stored(folder).items()
    check_manifest(folder)
    assert not [path for path in folder.rglob("*") if path.name.endswith((".part", ".old"))]


@pytest.mark.slow
def test_a_run_killed_at_twenty_random_moments_ends_with_the_numbers_of_an_undisturbed_one(
    on_all_cores, undisturbed, tmp_path
):
    moments_s = np.random.default_rng(20).uniform(0.05, 4.0, 20)
    folder, n_killed = tmp_path / "run", 0
    for moment_s in moments_s:
        process = on_all_cores.fork(*RUN, "--out", folder, "--json", **PAUSE)
        try:
            process.wait(timeout=moment_s)
        except subprocess.TimeoutExpired:
            end(process)
            n_killed += 1
        else:
            process.communicate()
            break  # it came to its end before
    assert n_killed >= 3
    force = ["--force"] if (folder / "manifest.json").exists() else []
    document = on_all_cores.document(*RUN, "--out", folder, *force)
    assert without_times(document) == without_times(undisturbed)
    check_manifest(folder)
    assert not [path for path in folder.rglob("*") if path.name.endswith((".part", ".old"))]


@pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {}])
def test_a_run_works_where_paths_have_spaces_and_letters_of_all_kinds_whatever_the_locale(example, tmp_path, locale):
    folder = tmp_path / "ein Würmchen, zwei 線虫" / "my run"
    folder.parent.mkdir()
    words = ("run", "made-task", "--models", "constant")
    document = example.document(*words, "--out", folder, **locale)
    check_manifest(folder)
    assert document["files"]["report"].endswith("report.html") and (folder / "report.html").is_file()
    example.refusal("E501", 2, *words, "--out", folder, **locale)


def test_a_run_with_workers_that_is_killed_leaves_no_worker_behind(on_all_cores, undisturbed, tmp_path):
    with begun(on_all_cores, tmp_path / "run") as process:
        end(process, whole_group=False)
        until_s = time.monotonic() + PATIENCE_S
        while not is_group_gone(process.pid) and time.monotonic() < until_s:
            time.sleep(0.05)
        assert is_group_gone(process.pid)
    document = on_all_cores.document(*RUN, "--out", tmp_path / "run")
    assert without_times(document) == without_times(undisturbed)


def test_workers_that_are_killed_do_not_end_the_run(on_all_cores, undisturbed, tmp_path):
    document = on_all_cores.document(*RUN, "--out", tmp_path / "run", MADE_CRASH="1")
    assert without_times(document) == without_times(undisturbed)


def test_what_a_killed_write_left_behind_is_swept(example, undisturbed, tmp_path):
    with begun(example, tmp_path / "run") as process:
        end(process)
    forecast = next((tmp_path / "run").glob("forecasts/*/000.zarr"))
    shutil.copytree(forecast, forecast.with_name(".001.zarr.0badcafe.part"))
    (tmp_path / "run" / ".report.html.0badcafe.part").write_text("<html>half")
    document = example.document(*RUN, "--out", tmp_path / "run")
    assert without_times(document) == without_times(undisturbed)
    check_manifest(tmp_path / "run")
    assert not list((tmp_path / "run").rglob("*.part"))


def test_a_damaged_forecast_of_an_unfinished_run_is_made_again(example, undisturbed, tmp_path):
    folder = tmp_path / "run"
    with begun(example, folder, n_forecasts=4) as process:
        end(process)
    before = stored(folder)
    flipped, cut, *whole = sorted(before)
    for name, change in ((flipped, lambda data: data[:-1] + bytes([data[-1] ^ 1])), (cut, lambda data: data[:10])):
        chunk = max((folder / name).rglob("c/*/*/*"))
        chunk.write_bytes(change(chunk.read_bytes()))
    document = example.document(*RUN, "--out", folder)
    assert without_times(document) == without_times(undisturbed)
    after = stored(folder)
    assert {name for name in before if after[name] != before[name]} == {flipped, cut}
    assert whole


# --- interrupted


@pytest.mark.parametrize(
    ("number", "workers"),
    [
        pytest.param(signal.SIGINT, True, id="Ctrl-C, with workers"),
        pytest.param(signal.SIGTERM, False, id="terminated, alone"),
        pytest.param(signal.SIGINT, False, id="Ctrl-C, alone", marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, True, id="terminated, with workers", marks=pytest.mark.slow),
    ],
)
def test_an_interrupted_run_says_so_exits_with_4_and_goes_on_later(
    example, on_all_cores, undisturbed, tmp_path, number, workers
):
    command_line = on_all_cores if workers else example
    with begun(command_line, tmp_path / "run", n_forecasts=2) as process:
        # A terminal sends Ctrl-C to the whole group; what manages processes asks the first one.
        code, out, err = end(process, number, whole_group=number == signal.SIGINT)
    assert (code, out) == (4, "")
    assert err.splitlines()[-1].startswith("Interrupted.")
    assert "Traceback" not in err and "Error" not in err
    kept = stored(tmp_path / "run")
    assert len(kept) >= 2
    document = command_line.document(*RUN, "--out", tmp_path / "run")
    assert without_times(document) == without_times(undisturbed)
    assert kept.items() <= stored(tmp_path / "run").items()


@pytest.mark.parametrize("after_s", [0.1, 0.6])
def test_an_interruption_while_workers_start_is_answered_too(on_all_cores, tmp_path, after_s):
    process = on_all_cores.fork(*RUN, "--out", tmp_path / "run", **PAUSE)
    wait_for((tmp_path / "run" / "configuration.json").exists, process)
    time.sleep(after_s)
    code, _, err = end(process, signal.SIGINT)
    assert code == 4
    assert "Traceback" not in err


# --- two at once, or something else in the place


def test_a_second_run_in_the_same_folder_is_refused_and_the_first_is_not_disturbed(example, undisturbed, tmp_path):
    with begun(example, tmp_path / "run") as process:
        os.killpg(process.pid, signal.SIGSTOP)  # held, or it might end before the others have begun
        example.refusal("E504", 3, *RUN, "--out", tmp_path / "run")
        example.refusal("E504", 3, *RUN, "--out", tmp_path / "run", "--force")
        os.killpg(process.pid, signal.SIGCONT)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert without_times(one_document(out)) == without_times(undisturbed)


def test_a_finished_run_is_refused_without_force_and_not_a_byte_changes(example, tmp_path):
    words = ("run", "made-task", "--models", "constant", "--out", tmp_path / "run")
    example.document(*words)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")}
    assert "--force" in example.refusal("E501", 2, *words)
    example.refusal("E501", 2, *RUN, "--out", tmp_path / "run")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "run").rglob("*")} == before


def test_an_unfinished_run_of_another_configuration_is_refused_and_kept(example, undisturbed, tmp_path):
    with begun(example, tmp_path / "run", n_forecasts=3) as process:
        end(process)
    kept = stored(tmp_path / "run")
    example.refusal("E502", 2, "run", "made-task", "--models", "constant", "--out", tmp_path / "run")
    example.refusal("E502", 2, *RUN[:-1], 4, "--out", tmp_path / "run")
    assert stored(tmp_path / "run") == kept
    document = example.document(*RUN, "--out", tmp_path / "run")
    assert without_times(document) == without_times(undisturbed)


def test_force_keeps_the_old_run_until_the_new_one_is_complete(example, undisturbed, tmp_path):
    folder, sibling = tmp_path / "run", tmp_path / ".run.next"
    old = example.document("run", "made-task", "--models", "constant", "--out", folder)
    scorecard = (folder / "scorecard.json").read_bytes()
    for number in (signal.SIGKILL, signal.SIGINT):
        process = example.fork(*RUN, "--out", folder, "--force", **PAUSE)
        kept = stored(sibling)
        wait_for(lambda: len(stored(sibling)) > len(kept), process)  # noqa: B023
        end(process, number)
        check_manifest(folder)
        assert (folder / "scorecard.json").read_bytes() == scorecard
        assert kept.items() <= stored(sibling).items()
    document = example.document(*RUN, "--out", folder, "--force")
    assert without_times(document) == without_times(undisturbed) != without_times(old)
    check_manifest(folder)
    assert document["files"]["folder"] == str(folder)
    assert [path.name for path in tmp_path.iterdir() if path.name != ".run.lock"] == ["run"]


@pytest.mark.parametrize(
    "place", ["a folder", "a file", "a link", pytest.param("a folder with a finished fit", marks=pytest.mark.slow)]
)
def test_a_foreign_place_is_never_touched_not_even_with_force(example, tmp_path, place):
    mine = tmp_path / "mine"
    if place == "a folder with a finished fit":
        example.document("fit", "made-task", "constant", "--out", mine)
    elif place != "a file":
        mine.mkdir()
        (mine / "thesis.txt").write_text("years of work")
    else:
        mine.write_text("years of work")
    out = tmp_path / "out"
    out.symlink_to(mine) if place == "a link" else mine.rename(out)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    for words in ((), ("--force",)):
        assert "not a braincast run" in example.refusal("E501", 2, *RUN, "--out", out, *words)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if not path.name.endswith(".lock")}
    assert after == before


def test_an_empty_folder_is_used(example, tmp_path):
    example.document("run", "made-task", "--models", "constant", "--out", tmp_path)
    check_manifest(tmp_path)


# --- a disk that takes no more


def limited(example, limit_bytes, *words):
    """Run under a limit on the size of a file, which stops the superuser too; as a full disk would."""
    program = (
        "import resource, runpy, sys\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes}, {limit_bytes}))\n"
        f"sys.argv = {['braincast', *map(str, words)]!r}\n"
        "runpy.run_module('braincast', run_name='__main__')"
    )
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=example.environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "limit_bytes", [0, pytest.param(300, marks=pytest.mark.slow), 3_000, pytest.param(40_000, marks=pytest.mark.slow)]
)
def test_a_full_disk_is_one_coded_line_and_the_run_goes_on_when_there_is_room(
    example, undisturbed, tmp_path, limit_bytes
):
    done = limited(example, limit_bytes, *RUN, "--out", tmp_path / "run", "--quiet")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("E505 ") and done.stderr.count("\n") == 1, done.stderr
    assert not list(tmp_path.rglob("*.part"))
    document = example.document(*RUN, "--out", tmp_path / "run")
    assert without_times(document) == without_times(undisturbed)


def test_a_disk_that_fills_during_a_forced_run_keeps_the_old_one(example, tmp_path):
    words = ("run", "made-task", "--models", "constant", "--out", tmp_path / "run")
    example.document(*words)
    done = limited(example, 3_000, *words, "--force", "--quiet")
    assert done.returncode == 3 and done.stderr.startswith("E505 ")
    check_manifest(tmp_path / "run")
    assert (tmp_path / "run" / "report.html").is_file()
