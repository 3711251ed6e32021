import pytest
from made_sources import https_source, small_card, wheel_bytes, wheel_source
from pydantic import ValidationError

from braincast.datasets.card import DatasetCard, HttpsSource
from braincast.datasets.registry import dataset_card


def test_a_card_refuses_undeclared_fields():
    with pytest.raises(ValidationError):
        small_card(colour="blue")


def test_a_card_is_frozen():
    with pytest.raises(ValidationError):
        small_card().version = "2"


def test_a_source_must_be_https():
    good = https_source("https://example.org/a", b"x")
    with pytest.raises(ValidationError):
        HttpsSource(**(good.model_dump() | {"url": "http://example.org/a"}))


@pytest.mark.parametrize("filename", ["../a.bin", "/a.bin", "a/b.bin", ".hidden", ""])
def test_a_filename_cannot_leave_its_folder(filename):
    with pytest.raises(ValidationError):
        https_source("https://example.org/a", b"x", filename=filename)


@pytest.mark.parametrize("version", ["--index-url=https://example.org", "1.0 other", ""])
def test_a_version_cannot_smuggle_options_into_pip(version):
    good = wheel_source(wheel_bytes())
    with pytest.raises(ValidationError):
        type(good)(**(good.model_dump() | {"version": version}))


def test_the_hash_changes_with_any_word_of_the_card():
    assert small_card().hash == small_card().hash
    assert small_card().hash != small_card(traps=("beware",)).hash


def test_a_card_survives_a_round_trip_through_json():
    card = small_card()
    assert DatasetCard.model_validate_json(card.model_dump_json()).hash == card.hash


def test_the_html_card_escapes_what_it_shows():
    html = small_card(title="<script>alert(1)</script>")._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_bibtex_names_authors_title_year_and_doi():
    entry = small_card().bibtex()
    assert entry.startswith("@article{doe2020,")
    assert "author = {Doe, J and Roe, R and others}" in entry
    assert r"title = {Brains \& wires: the H. sapiens case}" in entry
    assert "journal = {Journal 1:2-3}" in entry
    assert r"doi = {10.1/a\_b}" in entry


def test_bibtex_keeps_a_reference_that_it_cannot_take_apart():
    entry = small_card(citation=("Lab notes, 2020.",)).bibtex()
    assert entry == "@misc{lab,\n  title = {Lab notes, 2020.}\n}\n"


def test_every_reference_of_the_worm_atlas_becomes_an_article_with_a_doi():
    card = dataset_card("worm-atlas")
    assert card.bibtex().count("@article{") == len(card.citation)
    assert card.bibtex().count("doi = {10.") == len(card.citation)


def test_bibtex_keys_are_ascii():
    entry = small_card(citation=("Légaré A, et al. (2025) Fish. Journal 1:2. doi:10.1/x",)).bibtex()
    assert entry.startswith("@article{legare2025,\n  author = {Légaré, A and others}")
