"""What scripts may say to each command, whatever it does."""

import pytest
import typer
from typer.testing import CliRunner

from braincast.cli.main import app


def leaves(command, path=()):
    inner = getattr(command, "commands", None)
    if inner is None:
        return [(" ".join(path), command)]
    return [leaf for name, one in inner.items() for leaf in leaves(one, (*path, name))]


COMMANDS = dict(leaves(typer.main.get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_understands_the_options_of_all_and_says_in_a_whole_sentence_what_it_does(name):
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert {"--json", "--quiet", "-q", "--offline", "--force"} <= options
    assert not COMMANDS[name].get_short_help_str(65).endswith("...")


def test_an_option_that_changes_nothing_is_taken_and_not_shown(tmp_path):
    told = CliRunner().invoke(app, ["board", "create", str(tmp_path / "board"), "-q", "--offline", "--force"])
    assert told.exit_code == 0 and "is a board without tasks" in told.stdout
    assert "--force" not in CliRunner().invoke(app, ["board", "create", "--help"]).stdout


def test_offline_sends_nothing_to_an_address(tmp_path, monkeypatch):
    monkeypatch.setenv("BRAINCAST_OFFLINE", "")  # so that what the command sets is undone
    asked = ["board", "submit", "https://board.example.org", "worm-forecast", str(tmp_path), "--offline"]
    error = CliRunner().invoke(app, asked).exception
    assert getattr(error, "code", None) == "E401" and "offline was asked for" in str(error)
