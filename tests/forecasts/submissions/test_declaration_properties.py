"""Declarations of every kind, and what is none: read back equal, or refused, and never another error."""

from hypothesis import given
from hypothesis import strategies as st
from made_declarations import GOOD, TEXT, problems

from braincast.forecasts.submissions.declaration import Submission, declaration_text, read_declaration

PHRASES = (
    "Ada",
    "李明",
    "p < 0.05",
    "α = 1",
    '"quoted"',
    '""" ends',
    "it's",
    "R² = 0.9",
    "é",
    "🎉",
    "# none",
    "[x]",
    "",
)


def decent(separators):
    """Texts that may stand in a submission: phrases that the rules allow, joined."""
    joined = st.builds(
        lambda between, phrases: between.join(phrases), st.sampled_from(separators), st.lists(PHRASE, max_size=12)
    )
    return joined.map(lambda text: f"A: {text}.")


PHRASE = st.sampled_from(PHRASES)
LINE = decent((" ", ", ", " – "))
NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}(\.[a-z0-9]{1,5})?", fullmatch=True)


@given(
    st.builds(
        dict,
        model=NAMES,
        authors=st.lists(LINE, min_size=1, max_size=3, unique_by=str.casefold),
        description=decent((" ", "\n", "\n\n")),
        training_data=st.lists(LINE, min_size=1, max_size=3, unique_by=str.casefold),
        seeds=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=20, unique=True),
        nulls=st.dictionaries(NAMES, st.integers(1, 100), max_size=3),
        parameters=st.integers(0, 10**15),
        hours=st.floats(0, 1e9),
        hardware=LINE,
        packages=st.dictionaries(NAMES, NAMES, min_size=1, max_size=5),
    )
)
def test_what_is_written_reads_back_equal(values):
    compute = {"hardware": values.pop("hardware"), "hours": values.pop("hours")}
    submission = Submission.model_validate({**GOOD, **values, "compute": compute})
    assert read_declaration(declaration_text(submission).encode(), None) == (submission, [])


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    problems(content)


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 8), st.binary(max_size=4)), max_size=6))
def test_any_damage_is_read_or_refused(damages):
    content = TEXT
    for place, length, inserted in damages:
        content = content[:place] + inserted + content[place + length :]
    problems(content)
