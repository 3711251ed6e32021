"""A benchmark that anyone can host: nobody can cheat or break it, everyone sees who leads and by how much."""

from __future__ import annotations

from typing import Any

from promises.claim import Asked, Claim, Script, Theme, Told, at_least, at_most, exactly, tests

SAME = ("wide", "narrow", "luck", "gain")


def _public(key: str) -> Any:
    return lambda found: [found[kind]["public"][key] for kind in SAME]


def _lost(found: dict[str, Any]) -> int:
    return sum(found[key] for key in ("lost", "twice", "unscored", "not_asked_for", "jobs_left", "uploads_left"))


def _killed(found: dict[str, Any]) -> list[int]:
    return [found["happened"][key] for key in ("workers_killed", "services_killed", "locks")]


THEME = Theme(
    "board",
    "A benchmark that anyone can host",
    (
        Claim(
            "example",
            "From nothing to a board and its site in one command: ≥ 4 tasks, ≥ 10 models",
            at_most(15, "minutes"),
            Told(
                "braincast board example BOARD --site SITE --data FOLDER",
                "9 tasks, 29 models, 110 entries in 7.8 minutes",
                True,
            ),
            tier="hours",
            timing=True,
        ),
        tests(
            "strangers",
            "numpy-made and PyTorch-made forecasts over HTTP, queued, scored to the same bits, on the site",
            "tests/examples/test_strangers_on_a_board.py -m slow",
        ),
        tests(
            "judging",
            "Figures of forecasts, responses and nulls equal those of `braincast score` bit for bit",
            'tests/board/test_judging.py -m "slow or not slow"',
        ),
        Claim(
            "load",
            "200 submissions from 20 clients at once",
            at_least(200),
            Script("board_load", lambda found: found["statuses"]["scored"]),
            "{} scored",
            "hours",
        ),
        Claim(
            "load-faults",
            "While they come: workers killed, services killed, database locked",
            at_least(3),
            Script("board_load", _killed),
            "{}",
            "hours",
        ),
        Claim(
            "load-lost",
            "Of these 200 lost, scored twice, unscored or left",
            exactly(0),
            Script("board_load", _lost),
            "{}",
            "hours",
        ),
        Claim(
            "backup",
            "Entries that differ between the board and its backup",
            exactly(0),
            Script("board_load", lambda found: found["backup"]["differ"]),
            "{}",
            "hours",
        ),
        tests(
            "board-faults",
            "Locked database, full disk, killed uploads and workers",
            'tests/faults/test_board_faults.py -m "slow or not slow"',
        ),
        tests(
            "migrations",
            "Backup, restore and a schema migration keep every row",
            "tests/faults/test_board_migrations.py tests/board/test_backup.py",
            but="There is one revision of the tables so far, since nothing was released; a later one is made up.",
        ),
        tests(
            "hostile",
            "The whole hostile corpus through HTTP",
            'tests/faults/test_submissions_over_http.py -m "slow or not slow"',
            but="All are sent and read by the confined reader; one of each topic goes through a real worker, as all of "
            "them would take minutes.",
        ),
        tests(
            "access",
            "No token, wrong token, another author's entry, replay, revoked",
            "tests/board/service/test_access.py",
        ),
        tests("schema", "schemathesis on the OpenAPI", "tests/board/service/test_service_schema.py -m slow"),
        tests(
            "hidden",
            "Two boards whose hidden cases are permuted with the forecasts are equal byte for byte",
            "tests/board/test_hidden_board.py -m slow",
        ),
        tests(
            "sentinel",
            "A sentinel in the truth appears nowhere; hidden scores are rounded",
            "tests/board/test_hidden_truth.py",
        ),
        Claim(
            "pairs",
            "Pairs of entries of one configuration, in each of four settings",
            at_least(100),
            Script("board_statistics", lambda found: [found[kind]["n_pairs"] for kind in SAME]),
            "{}",
            "hours",
        ),
        Claim(
            "apart",
            "Entries of one configuration are told apart in",
            at_most(0.05),
            Script("board_statistics", _public("apart")),
            "{:.1%}",
            "hours",
        ),
        Claim(
            "apart-models",
            "Two different models that are equally good are told apart in",
            Asked("5 % within the binomial interval", lambda ci: ci[0] <= 0.05 <= ci[1]),
            Script("board_statistics", lambda found: found["models"]["public"]["ci"]),
            "{:.1%}",
            "hours",
            but="6.0 % in all: the block intervals come a little short. With hidden truth it is 2.5 %.",
        ),
        Claim(
            "power",
            "A model better by 2 % is called better with power (seeds that differ by 0.3 to 0.5 %)",
            at_least(0.8),
            Script("board_statistics", lambda found: [found[kind]["public"]["power"]["0.02"] for kind in SAME[:3]]),
            "{:.0%}",
            "hours",
            but="Where seeds differ by 3.4 % it is 6 %, and 16 % for a model better by 5 %.",
        ),
        Claim(
            "seeds",
            "Ranked entries carry three seeds, or say why not",
            at_least(3),
            Told("braincast board example BOARD --site SITE", "three, or the reason", True),
            tier="hours",
        ),
        tests(
            "browser",
            "Every page in Chromium: console, sort, filter, compare, payloads inert, axe, 400 to 1,400 px",
            'tests/browser/test_site_in_browser.py -m "slow or not slow"',
            tier="hours",
        ),
    ),
)
