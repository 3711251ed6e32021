import subprocess
import sys

from braincast.brain.specimen import Specimen
from braincast.datasets.registry import dataset_card


def test_the_card_names_every_source_and_forbids_redistribution():
    card = dataset_card("worm-atlas")
    assert card.redistribute == "no"
    assert "GPL-3.0" in card.licence
    for doi in (
        "10.1038/s41586-023-06683-4",
        "10.1098/rstb.1986.0056",
        "10.1038/s41586-021-03778-8",
        "10.1016/j.cell.2021.06.023",
        "10.1371/journal.pcbi.1005283",
        "10.1371/journal.pcbi.1007974",
    ):
        assert any(doi in reference for reference in card.citation)


def test_loading_never_imports_the_package_that_carries_the_data(worm_wheel):
    script = "import sys, braincast; braincast.load_dataset('worm-atlas'); print('wormneuroatlas' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


def test_a_specimen_survives_saving(worm_atlas, tmp_path):
    wild = worm_atlas.specimens["wt"]
    wild.save(tmp_path / "wt")
    again = Specimen.load(tmp_path / "wt")
    assert again.connectome.edges.equals(wild.connectome.edges)
    assert again.responses.responds().sum() == 1_151
    assert again.expression.genes == wild.expression.genes


def test_the_dataset_shows_itself(worm_atlas):
    assert "specimens wt, unc31" in repr(worm_atlas)
    assert "Caenorhabditis elegans" in worm_atlas._repr_html_()
