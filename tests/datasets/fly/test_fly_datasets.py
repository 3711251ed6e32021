"""The datasets of flies: their cards, and their way from a user's folder into the cache."""

import pytest
from made_flies import published
from refusals import refused

from braincast.datasets.fly import brain, brain_v630
from braincast.datasets.registry import dataset_card, get, load_dataset


def test_the_larva_is_brought_from_a_folder_and_loaded(fresh_home, test_data):
    larva = load_dataset("fly-larva", from_path=test_data, offline=True).specimens["larva"]
    assert larva.connectome.n_edges == 110_677 and set(larva.connectome.edges["sign"]) == {0}
    assert [path.name for path in get("fly-larva", offline=True)] == ["edges.parquet", "neurons.parquet"]


@pytest.mark.parametrize("module", [brain, brain_v630])
def test_the_adult_brain_is_read_from_two_files_wherever_they_lie(tmp_path, module):
    version = "630" if module is brain_v630 else "783"
    connectivity, completeness = (published(tmp_path, version) / source.filename for source in module.CARD.files)
    (tmp_path / "elsewhere").mkdir()
    moved = completeness.rename(tmp_path / "elsewhere" / "neurons.csv")
    fly = module.load([connectivity, moved]).specimens["FAFB"].connectome
    assert fly.name == f"fly brain v{version}" and fly.n_edges == 5


def test_a_damaged_copy_of_the_adult_brain_never_reaches_the_cache(fresh_home, tmp_path):
    with refused("E403", "Connectivity_783.parquet", "cut short"):
        get("fly-brain", from_path=published(tmp_path))
    with refused("E401", "Connectivity_783.parquet", "--from PATH"):
        get("fly-brain", offline=True)


@pytest.mark.parametrize(
    ("name", "neurons", "licence"),
    [
        ("fly-brain", "138,639", "CC BY-NC 4.0"),
        ("fly-brain-v630", "127,400", "CC BY-NC 4.0"),
        ("fly-larva", "2,952", "none"),
    ],
)
def test_cards_state_sizes_licences_and_that_nothing_may_be_passed_on(name, neurons, licence):
    card = dataset_card(name)
    assert f"{neurons} neurons" in card.summary and card.licence.startswith(licence) and card.redistribute == "no"
    assert all("doi:" in reference for reference in card.citation)
    assert card.bibtex().count("@article") == len(card.citation)
