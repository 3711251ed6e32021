import base64
import hashlib
import re

import pytest
from documents import large_document, renamed, small_dataset, small_document, small_exhibits, small_task
from parsed_pages import PAYLOADS, Page

from braincast.reports.html import render_report, write_report


def render(document=None, card=None, dataset=None, command="braincast run tiny-perturbation", exhibits=None):
    exhibits = exhibits or small_exhibits()
    return render_report(
        document or small_document(), card or small_task(), dataset or small_dataset(), command, exhibits
    )


@pytest.fixture(scope="module")
def text():
    return render()


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_element_is_closed(page):
    assert page.open == []


def hashed(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_the_one_style_sheet_the_one_script_and_nothing_else(text, page):
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == (
        f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_loaded_and_nothing_but_the_script_is_run(page):
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "embed", "form", "base", "audio", "video", "use", "image"}
    scripts = [a for tag, a in page.elements if tag == "script"]
    assert scripts == [
        {"type": "application/json", "id": "data-atlas"},
        {"type": "application/json", "id": "data-views"},
        {},
    ]
    for tag, attributes in page.elements:
        assert not {"style", "src", "srcset"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        if tag == "link":
            assert attributes == {"rel": "icon", "href": "data:,"}


def test_the_script_makes_no_markup_and_reaches_for_nothing(text):
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval", "Function(", "import(", "fetch"):
        assert word not in script
    assert "http" not in script.replace("http://www.w3.org/2000/svg", "")


def test_the_style_sheet_loads_nothing(text):
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL).group(1)
    assert "url(" not in style and "@import" not in style and "http" not in style


def test_links_are_https_or_lead_to_places_on_the_page(page):
    targets = [a["href"] for tag, a in page.elements if tag == "a"]
    ids = {a["id"] for _, a in page.elements if "id" in a}
    assert "https://doi.org/10.1234/a_b" in targets and "https://example.org/t.bin" in targets
    for target in targets:
        assert target.startswith("https://") or target[1:] in ids


def test_a_link_that_is_not_https_is_dropped():
    reference = 'Doe J (2020) Brains. Journal 1. doi:10.1234/x" onclick="alert(1)'
    dataset = small_dataset(citation=("javascript:alert(1)", reference))
    targets = [a.get("href", "") for tag, a in Page(render(dataset=dataset)).elements if tag == "a"]
    assert all(target.startswith(("#", "https://example.org/")) for target in targets)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("place", ["wired", "identity-permuted", "2+ trials", "floor", "C03", "auroc_within_fold"])
def test_a_name_from_outside_stays_text(payload, place):
    document = renamed(small_document(), place, payload)
    clean, attacked = Page(render()), Page(render(document, small_task()))
    assert {tag for tag, _ in attacked.elements} <= {tag for tag, _ in clean.elements}
    assert {name for _, a in attacked.elements for name in a} <= {name for _, a in clean.elements for name in a}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_words_of_the_cards_and_the_command_stay_text(payload):
    dataset = small_dataset(title=payload, species=payload, licence=payload, citation=(payload,), traps=(payload,))
    words = dict.fromkeys(("title", "question", "n_animals", "fold_rule", "resampling", "ceiling"), payload)
    card = small_task(**words, dataset_hash=dataset.hash)
    document = small_document()
    document["wiring"]["wired"]["sentence"] = document["headline_rule"] = document["run"]["platform"] = payload
    document["run"]["configuration"][payload] = payload
    attacked = Page(render(document, card, dataset, payload))
    assert {tag for tag, _ in attacked.elements} <= {tag for tag, _ in Page(render()).elements}
    assert " ".join(payload.split()) in attacked.words


def test_headings_descend_one_step_at_a_time(page):
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_every_table_has_a_caption_and_every_figure_words(text, page):
    assert text.count("<table") == text.count("<caption>") > 5
    assert text.count("<figure>") == text.count("<figcaption>") > 5
    images = [a for tag, a in page.elements if tag == "svg" and a.get("role") == "img"]
    assert len(images) > 20
    assert len(re.findall(r'<svg [^>]*role="img"[^>]*><title>[^<]', text)) == len(images)


def test_every_score_of_the_document_is_on_the_page(page):
    document = small_document()
    for name, entry in document["models"].items():
        score = entry["metrics"]["auroc"]
        assert f"{score['value']:.3f}" in page.words, name
        assert f"{score['ci'][0]:.3f} to {score['ci'][1]:.3f}" in page.words, name
    for key, score in document["models"]["wired"]["metrics"].items():
        digits = 4 if key == "log_loss" else 3
        assert f"{score['value']:.{digits}f}" in page.words, key
    for verdict in document["wiring"].values():
        assert verdict["sentence"] in page.words
        for arm in verdict["compared"]:
            assert f"{arm['difference']:+.3f}".replace("-", "−") in page.words
            assert arm["p"] is None or f"{arm['p']:.3f}" in page.words


def test_every_number_in_the_scoreboard_is_one_of_the_document(text):
    document = small_document()
    rows = re.findall(r'<tr class="(?:own|arm)[^"]*">\s*<th scope="row">.*?</tr>', text, re.DOTALL)
    shown = {float(number) for row in rows for number in re.findall(r">(0\.\d{3})<", row)}
    known = {round(s["value"], 3) for e in document["models"].values() for s in e["metrics"].values()}
    assert shown and shown <= known


def test_the_verdict_stands_before_everything_else(page):
    assert "Yes: it helps wired" in page.words
    assert page.words.index("What the wiring does for wired: helps") < page.words.index("Scoreboard Best first")
    assert "Lead over the floor, floor +0.052 95 % interval +0.020 to +0.091" in page.words


def test_the_notes_name_animals_wiring_folds_and_licence(page):
    for words in (
        "seven animals",
        "The wiring is an atlas",
        "pooled over folds, even a constant falls below 0.5 (here 0.452)",
        "How often each pair was tested",
        "0.726",
        "numpy 2.4.6",
        "c" * 64,
        small_task().dataset_hash,
        "CC0.",
        "braincast run tiny-perturbation",
        "3 min 58 s",
    ):
        assert words in page.words


def test_a_dataset_card_that_is_not_the_tasks_is_pointed_out(page):
    assert "differs from the one" not in page.words
    assert "differs from the one" in Page(render(card=small_task(dataset_hash="d" * 64))).words


def test_undefined_scores_are_dashes_and_never_none():
    document = small_document()
    for entry in document["models"].values():
        for score in [*entry["metrics"].values(), *(s for g in entry["groups"].values() for s in g.values())]:
            score.update(value=None, ci=None, skill=None, ceiling_share=None)
        entry["replicates"] = [None for _ in entry["replicates"]]
    for arm in [arm for verdict in document["wiring"].values() for arm in verdict["compared"]]:
        arm.update(value=None, difference=None, ci=None, p=None)
    for verdict in document["wiring"].values():
        verdict["value"] = None
    document["ceiling"] = dict.fromkeys(document["ceiling"])
    words = Page(render(document)).words
    assert "None" not in words and "nan" not in words.lower() and "–" in words and "undefined" in words


@pytest.mark.parametrize(
    "missing",
    ["wiring", "headline", "run", "ceiling", "group_comparisons", "comparisons", "headline_rule", "curves", "measured"],
)
def test_a_document_that_lacks_a_part_is_still_a_page(missing):
    document = small_document()
    del document[missing]
    assert Page(render(document)).open == []


def test_empty_lists_make_a_page_that_says_so():
    document = small_document() | {"wiring": {}, "comparisons": [], "group_comparisons": []}
    document["models"] = {k: v | {"groups": {}} for k, v in document["models"].items() if v["of"] is None}
    words = Page(render(document)).words
    assert "This run does not say" in words and "No model of this run was compared" in words
    assert Page(render(document | {"models": {}, "headline": None})).open == []


def test_a_verdict_without_its_nulls_draws_is_still_a_page():
    document = small_document()
    document["models"] = {name: entry for name, entry in document["models"].items() if entry["of"] is None}
    assert "Yes: it helps wired" in Page(render(document)).words


@pytest.mark.parametrize("answer", ["does not", "cannot tell"])
def test_each_answer_has_its_words(answer):
    document = small_document()
    document["wiring"]["wired"]["verdict"] = answer
    begin = {"does not": "No: it does not help wired", "cannot tell": "It cannot be told for wired"}[answer]
    assert begin in Page(render(document)).words


def test_an_error_metric_says_that_left_is_better():
    document = small_document() | {"primary": "log_loss"}
    assert "To the left of zero the true wiring is better" in Page(render(document)).words


def test_the_same_run_gives_the_same_page_and_a_small_one(text):
    assert render() == text
    assert len(text.encode()) < 300_000


def test_hundreds_of_draws_keep_the_page_small():
    document = small_document()
    document["models"]["wired@identity-permuted"]["replicates"] = [0.5 + i / 10_000 for i in range(2000)]
    assert len(render(document).encode()) < 3_000_000


def test_the_page_is_written_whole(tmp_path, text):
    path = tmp_path / "report.html"
    parts = small_document(), small_task(), small_dataset()
    write_report(path, *parts, "braincast run tiny-perturbation", small_exhibits())
    assert path.read_text(encoding="utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_a_caveat_of_the_leader_stands_beside_the_verdict_and_is_escaped():
    document = small_document()
    caveat = "<b>Its features</b> were decided with a look at the test."
    warned = render({**document, "caveats": {document["headline"]: caveat}})
    assert "&lt;b&gt;Its features&lt;/b&gt; were decided" in warned
    assert "were decided" not in render(document)


def test_a_page_without_exhibits_says_so_and_has_no_data():
    text = render_report(small_document(), small_task(), small_dataset(), "braincast run")
    assert "without the forecasts of single pairs" in Page(text).words and "data-atlas" not in text.split("<script>")[0]


def test_measured_values_of_a_dataset_that_may_not_be_passed_on_are_announced():
    words = "contains measured values of a dataset that must not be redistributed"
    assert words in Page(render(dataset=small_dataset(redistribute="no"))).words
    assert words not in Page(render()).words


def test_every_stimulus_stands_in_a_table_for_readers_without_the_maps(text):
    exhibits = small_exhibits()
    table = text[text.index("Every stimulated neuron in a table") :]
    for row, column in enumerate(exhibits.stimulated):
        counts = exhibits.measured[row].sum(), exhibits.responds[row].sum()
        cells = "".join(f'<td class="number">{count}</td>' for count in counts)
        assert f"{exhibits.neurons[column]}</th><td>{exhibits.classes[column]}</td>{cells}" in table


def test_a_leader_without_nulls_still_says_by_how_much_it_leads():
    document = small_document() | {"wiring": {}}
    words = Page(render(document)).words
    assert "This run does not say" in words
    assert words.index("Lead over the floor, floor +0.052") < words.index("Scoreboard Best first")


def test_animals_and_trials_are_counted_at_the_top(page):
    counts = small_exhibits().counts()
    assert f"Pairs scored1,234; {counts['responses']} responded" in page.words
    assert f"Trials{counts['trials']}" in page.words


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_of_neurons_regions_and_models_stay_text_in_the_data(payload):
    attacked = small_exhibits(name=payload, models=(payload, "floor"), regions=(payload,) * 10, unit=payload)
    text = render(exhibits=attacked)
    clean, page = Page(render()), Page(text)
    assert {tag for tag, _ in page.elements} == {tag for tag, _ in clean.elements}
    assert len([1 for tag, _ in page.elements if tag == "script"]) == 3


def test_sixteen_models_stay_readable():
    document = large_document()
    text = render(document)
    page = Page(text)
    assert page.open == [] and len(text.encode()) < 1_500_000
    scoreboard = text[text.index('id="scoreboard"') : text.index("<details>", text.index('id="scoreboard"'))]
    assert scoreboard.count('<tr class="own') == 18 and '<tr class="arm' not in scoreboard
    assert "Every model that uses the wiring, against the nulls that decide" in page.words
    forest = text[text.index("Every model that uses the wiring") :]
    assert forest[: forest.index("</table>")].count('class="plot"') == 1 + 2 * 16


def test_nulls_are_folded_away_first_those_of_the_leader_then_all_others():
    titles = re.findall(r"<summary>(Nulls and controls[^<]*|All nulls[^<]*)</summary>", render(large_document()))
    leader = large_document()["headline"]
    assert titles == [
        f"Nulls and controls of {leader}",
        "Nulls and controls of the other models",
        "All nulls of the other models",
    ]


def test_a_model_without_nulls_has_no_row_in_the_forest():
    document = small_document()
    for verdict in document["wiring"].values():
        verdict["compared"] = [arm for arm in verdict["compared"] if not arm["decisive"]]
    assert Page(render(document)).open == []


def test_courses_after_a_stimulus_have_curves_by_time_and_single_answers_have_none(page):
    document = small_document()
    for entry in document["models"].values():
        for score in entry["metrics"].values():
            score["by_lead"] = [score["value"] + step for step in (0.0, 0.02, 0.01)]
    html = render(document, small_task(leads=("1 s", "2 s", "5 s")))
    told = Page(html)
    assert "How long after onset" in told.words and told.open == []
    assert "1 s to 5 s, which are drawn at equal distances" in told.words
    assert ">5 s</text>" in html and ">3</text>" not in html
    assert "How long after onset" not in page.words
