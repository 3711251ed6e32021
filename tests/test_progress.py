"""Progress is silent, lines or bars, and never on standard output."""

import pytest

from braincast import progress


@pytest.fixture
def log(tmp_path):
    """The file that a Lines reporter writes."""
    path = tmp_path / "log"
    with path.open("w") as stream, progress.reporting(progress.Lines(stream)):
        yield path


def test_nothing_is_shown_unless_asked_for(capsys):
    with progress.step("Fitting", 3) as advance:
        advance(3)
    assert capsys.readouterr() == ("", "")


def test_a_log_gets_one_line_at_the_start_and_one_with_the_seconds_at_the_end(log):
    with progress.step("Fitting", 3) as advance:
        advance(1)
        assert log.read_text() == "Fitting ...\n"
    first, last = log.read_text().splitlines()
    name, seconds, unit = last.rsplit(" ", 2)
    assert (first, name, unit) == ("Fitting ...", "Fitting:", "s")
    assert 0 <= float(seconds) < 5


def test_a_long_step_says_in_a_log_how_far_it_is(tmp_path):
    with (tmp_path / "log").open("w") as stream, progress.reporting(progress.Lines(stream, every_s=0.0)):
        with progress.step("Learning", 4) as advance:
            advance(1)
            advance(2, "loss 0.5")
        with progress.step("Reading") as advance:
            advance(7)
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[1:3] == ["Learning: 1 of 4", "Learning: 3 of 4, loss 0.5"] and lines[5] == "Reading: 7"


def test_a_bar_shows_the_latest_note():
    bars = progress.Bars()
    advance = bars.start("Learning", 4)
    advance(1, "loss 0.5")
    advance(1)
    assert bars._progress.tasks[0].fields["note"] == "loss 0.5" and bars._progress.tasks[0].completed == 2
    bars.finish("Learning")


def test_steps_inside_steps_end_in_their_own_order(log):
    with progress.step("outer"), progress.step("inner"):
        pass
    names = [line.split()[0] for line in log.read_text().splitlines()]
    assert names == ["outer", "inner", "inner:", "outer:"]


def test_a_step_that_fails_is_ended_too(log):
    with pytest.raises(RuntimeError), progress.step("Fitting"):
        raise RuntimeError
    assert log.read_text().splitlines()[-1].startswith("Fitting: ")


def test_the_earlier_reporter_is_back_after_the_block_also_after_an_error(log):
    with pytest.raises(RuntimeError), progress.reporting(progress.Silent()):
        raise RuntimeError
    with progress.step("seen"):
        pass
    assert "seen" in log.read_text()


def test_a_step_keeps_the_reporter_that_it_began_with(log):
    with progress.step("Fitting"), progress.reporting(progress.Silent()):
        pass
    assert len(log.read_text().splitlines()) == 2


def test_lines_go_to_standard_error(capsys):
    with progress.reporting(progress.Lines()), progress.step("Fitting"):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Fitting ...\n")


def test_bars_go_to_standard_error_and_can_be_used_again(capsys):
    bars = progress.Bars()
    with progress.reporting(bars):
        for what in ("[one]", "two"):
            with progress.step(what, 2) as advance, progress.step("inside"):
                advance(1)
                advance(1)
    assert capsys.readouterr().out == ""
    assert bars._tasks == {}


def test_a_bar_reaches_its_end():
    bars = progress.Bars()
    advance = bars.start("Fitting", 4)
    for _ in range(4):
        advance(1)
    assert bars._progress.tasks[0].finished
    bars.finish("Fitting")


@pytest.mark.parametrize("reporter", [progress.Silent(), progress.Lines(), progress.Bars()])
def test_every_reporter_is_one(reporter):
    assert isinstance(reporter, progress.Reporter)
