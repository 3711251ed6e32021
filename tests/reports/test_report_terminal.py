import io
import re
import subprocess
import sys

import pytest
from documents import renamed, small_document
from rich.console import Console

from braincast.reports.terminal import show_comparison, show_result, show_table


def shown(document, width=140, show=show_result, **options):
    stream = io.StringIO()
    show(document, Console(file=stream, width=width, **options))
    return stream.getvalue()


def test_the_verdict_on_the_headline_model_comes_before_any_table():
    text = shown(small_document())
    assert text.index("What the wiring does for wired: helps") < text.index("95 % interval")
    assert text.index("95 % interval") < text.index("What the wiring does for weak")


@pytest.mark.parametrize("width", [80, 140])
def test_the_scoreboard_fits_the_width_and_is_complete(width):
    text = shown(small_document(), width)
    assert max(len(line) for line in text.splitlines()) <= width
    for words in ("0.733", "0.693 to 0.763", "- identity-permuted ×39", "- transposed (control)", "floor (floor)"):
        assert words in text
    assert "1.5 s" in text and "correlation" in text


def test_models_stand_best_first_with_their_nulls_below_them():
    lines = [line.strip() for line in shown(small_document()).splitlines()]
    order = [line.split()[0] for line in lines if re.match(r"(wired|weak|floor|constant) .*0\.\d", line)]
    assert order == ["wired", "floor", "weak", "constant"]
    after_wired = next(i for i, line in enumerate(lines) if re.match(r"wired .*0\.\d", line)) + 1
    assert lines[after_wired].startswith("- identity-permuted")


def test_there_is_no_colour_in_a_file_and_colour_on_a_terminal():
    assert "\x1b" not in shown(small_document())
    assert "\x1b[" in shown(small_document(), force_terminal=True, color_system="standard")


@pytest.mark.parametrize("name", ["[bold]loud[/bold]", "[/]", ":smile:", "[link=https://x.org]x[/link]"])
def test_markup_in_a_name_is_shown_and_not_obeyed(name):
    text = shown(renamed(small_document(), "wired", name), width=200, force_terminal=True, color_system=None)
    assert name in text
    assert "\x1b]8" not in text


def test_escape_sequences_in_a_name_do_not_reach_the_terminal():
    assert "\x1b" not in shown(renamed(small_document(), "wired", "\x1b[2J\x1b]0;owned\x07"))


def test_undefined_values_are_dashes():
    document = small_document()
    for score in document["models"]["weak"]["metrics"].values():
        score.update(value=None, ci=None, skill=None, ceiling_share=None)
    line = next(line for line in shown(document).splitlines() if line.startswith(" weak"))
    assert line.count("–") >= 8
    assert "None" not in shown(document) and "nan" not in shown(document)


def test_a_bare_scorecard_without_run_or_verdict_is_shown():
    document = {key: small_document()[key] for key in ("task", "version", "task_hash", "baseline", "primary", "models")}
    assert "wired leads" in shown(document)
    assert shown({**document, "models": {}})


def test_the_path_of_the_report_is_on_one_line_however_long():
    path = "/tmp/" + "x" * 200 + "/report.html"
    assert path in shown(small_document() | {"files": {"report": path}}, width=80)


def test_a_comparison_says_who_is_ahead_only_when_the_interval_leaves_zero_out():
    pair = {"a": "one", "b": "two", "metric": "auroc", "difference": 0.05, "ci": [0.02, 0.09], "p": 0.002}
    assert "one is ahead of two by 0.050" in shown({"comparisons": [pair]}, show=show_comparison)
    assert "two is ahead of one" in shown({"comparisons": [pair | {"metric": "log_loss"}]}, show=show_comparison)
    unsure = shown({"comparisons": [pair | {"ci": [-0.02, 0.09]}]}, show=show_comparison)
    assert "No difference can be seen" in unsure and "-0.020 to +0.090" in unsure
    undefined = shown({"comparisons": [pair | {"difference": None, "ci": None, "p": None}]}, show=show_comparison)
    assert "cannot be compared" in undefined


def test_a_table_shows_numbers_text_and_what_is_missing():
    def table(_, console):
        show_table("[b]Datasets", ("name", "n", "ok"), [("a [i]b", 23902, True), ("c", None, False)], console)

    text = shown(None, show=table)
    assert all(words in text for words in ("[b]Datasets", "a [i]b", "23,902", "yes", "–"))


def test_an_empty_table_says_so():
    assert "nothing to show" in shown(None, show=lambda _, console: show_table("Tasks", ("name",), [], console))


def test_a_listing_does_not_wait_for_heavy_packages():
    code = "import sys, braincast.reports.terminal; print(*{'numba', 'pandas', 'xarray', 'jax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("width", [80, 140])
def test_a_forecast_run_shows_error_skill_both_ends_of_the_leads_and_its_blocks(width):
    from forecast_documents import forecast_document

    document = forecast_document()
    text = shown(document, width)
    assert max(len(line) for line in text.splitlines()) <= width
    told = " ".join(text.split())
    score = document["models"]["pooled-linear"]["metrics"]["mae"]
    low, high = score["ci"]
    for words in (
        f"pooled-linear: Mean absolute error {score['value']:.3f} (95 % {low:.3f} to {high:.3f})",
        f"skill {score['skill']:+.3f} over persistence (difference -0.052, 95 % -0.091 to -0.020)",
        f"{score['by_lead'][0]:.3f} {score['by_lead'][-1]:.3f}",
        "persistence (floor)",
        "the best simple model is ar, chosen on validation",
        "within this one animal; 9 blocks of 24 frames; on surrogates such intervals hold the mean in 93 % of cases",
    ):
        assert words in told, words


def test_intervals_of_forecasts_that_cover_too_seldom_are_flagged_on_the_terminal():
    from forecast_documents import forecast_document

    document = forecast_document()
    document["intervals"] |= {"flag": True, "within_one_animal": False, "n_animals": 7}
    told = " ".join(shown(document).split())
    assert "7 animals; 9 blocks" in told and "too seldom, read them with caution" in told


def test_losses_out_of_distribution_and_conditions_with_few_blocks_stand_on_the_terminal():
    from forecast_documents import forecast_document

    told = " ".join(shown(forecast_document()).split())
    assert "0.512 0.691 +0.179 (+0.118 to +0.251) +0.151 -0.120 (-0.181 to -0.048)" in told
    assert "3 conditions, of 3 to 9 blocks; intervals hold too seldom in taxis (81 %)" in told


def test_an_average_over_conditions_says_so_beside_the_one_over_windows():
    from forecast_documents import forecast_document

    document = forecast_document()
    assert "over conditions" not in shown(document)
    entry = document["models"]["pooled-linear"]
    entry["groups"]["average"] = {"windows": entry["metrics"]["mae"] | {"value": 0.4321}}
    told = " ".join(shown(document).split())
    assert "Average over conditions, which count alike; over all windows pooled-linear has MAE 0.432" in told
