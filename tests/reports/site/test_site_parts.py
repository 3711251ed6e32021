import base64
import json
from xml.etree import ElementTree

import numpy as np
import pytest
from made_board_document import board_document

from braincast.reports.entries import Score
from braincast.reports.site.feeds import json_feed, rss_feed
from braincast.reports.site.names import file_name
from braincast.reports.site.points import places_data, skill_data
from braincast.reports.site.reading import read_site
from braincast.reports.site.scorecards import apart, level, scorecards, skill_over, sure
from braincast.reports.site.standing import Metric


@pytest.fixture(scope="module")
def board():
    return read_site(board_document())


ERROR, SCORE, RATIO = Metric("mae", "", False), Metric("r2", "", True), Metric("spread_skill", "", True, aim=1.0)


def test_plain_names_are_kept_and_all_others_are_made_safe():
    assert file_name("worm-forecast") == "worm-forecast"
    for name in ("../../etc/passwd", "a/b", "NUL", "<svg>", "", "x" * 300, "\u202egnp", "Ä", ".", "con.txt"):
        made = file_name(name)
        assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and 0 < len(made) < 100


def test_different_names_have_different_files():
    names = [("a", "b-c"), ("a-b", "c"), ("a/b",), ("a-b",), ("A-B",), ("a b",), ("",), ("", "")]
    assert len({file_name(*parts) for parts in names}) == len(names)


def test_a_difference_is_sure_when_its_interval_leaves_out_zero():
    assert [sure({"ci": ci}, ERROR) for ci in ([-2, -1], [-1, 1], [1, 2], [0, 1])] == [1, 0, -1, 0]
    assert [sure({"ci": ci}, SCORE) for ci in ([-2, -1], [-1, 1], [1, 2])] == [-1, 0, 1]
    assert sure({"ci": [1, 2]}, RATIO) == sure({"ci": None}, ERROR) == sure(None, ERROR) == 0


def test_intervals_that_lie_apart_are_sure_and_those_that_touch_are_not():
    low, middle, high = (Score(ci=ci) for ci in ((0.1, 0.2), (0.2, 0.4), (0.3, 0.5)))
    assert [apart(low, high, ERROR), apart(high, low, ERROR), apart(low, middle, ERROR)] == [1, -1, 0]
    assert [apart(low, high, SCORE), apart(high, low, SCORE), apart(middle, high, SCORE)] == [-1, 1, 0]
    assert apart(low, high, RATIO) == apart(low, Score(), ERROR) == 0


def test_skill_is_the_share_of_the_way_to_perfection():
    assert skill_over(0.3, 0.4, ERROR) == pytest.approx(0.25)
    assert skill_over(0.7, 0.4, SCORE) == pytest.approx(0.5)
    assert skill_over(0.4, 0.4, ERROR) == 0
    assert skill_over(1.0, 0.0, ERROR) is None and skill_over(0.9, 1.1, RATIO) is None


def test_colours_deepen_with_skill():
    assert [level(skill) for skill in (None, 0.0, 0.009, 0.02, 0.1, 0.2, 0.9)] == [0, 0, 0, 1, 2, 3, 4]
    assert [level(-skill) for skill in (0.02, 0.1, 0.2, 0.9)] == [-1, -2, -3, -4]


def test_scorecards_show_every_entry_by_metric_lead_condition_region_and_activity(board):
    task = board.tasks[0]
    cards = {card.key: card for card in scorecards(task)}
    assert list(cards) == ["metric", "lead", "distribution", "condition", "region", "activity"]
    assert cards["lead"].columns[1] == "2 (1.2 s)"
    assert all(len(card.rows) == len(task.places) for card in cards.values())
    best = cards["metric"].rows[0][1][0]
    assert (best.text, best.level, best.mark) == ("0.4290", 3, "▲")
    assert cards["condition"].rows[0][1][0].mark == "△"


def test_of_many_leads_the_scorecard_shows_some_from_the_first_to_the_last():
    document = board_document(n_tasks=1)
    document["tasks"][0] |= {"leads": [str(lead) for lead in range(1, 481)], "lead_s": None}
    for entry in document["entries"]:
        entry["score"]["metrics"]["mae"]["by_lead"] = [0.001 * lead for lead in range(1, 481)]
    by_lead = {card.key: card for card in scorecards(read_site(document).tasks[0])}["lead"]
    assert by_lead.columns[0] == "1" and by_lead.columns[-1] == "480" and len(by_lead.columns) == 16
    assert by_lead.rows[0][1][-1].text == "0.4800"


def test_places_and_skills_survive_their_packing(board):
    task = board.tasks[0]
    packed = places_data(task)
    codes = np.frombuffer(base64.b64decode(packed["codes"]), "<u2").reshape(-1, 3)
    truth = np.array(task.told["positions_um"])
    assert np.abs(codes / 65535 * packed["side"] + truth.min(axis=0) - truth).max() <= packed["side"] / 65535
    entry = task.places[0].entry
    bytes_ = np.frombuffer(base64.b64decode(skill_data(entry)), "u1").astype(int)
    assert bytes_[0] == 0
    assert np.abs((bytes_[1:] - 128) / 127 - np.array(entry.skills[1:])).max() <= 0.5 / 127 + 1e-9


def test_neurons_without_a_place_are_left_out(board):
    document = board_document(n_tasks=1)
    document["tasks"][0]["positions_um"][3] = None
    packed = places_data(read_site(document).tasks[0])
    assert packed["hidden"] == [3]


def test_the_json_feed_holds_what_version_1_1_asks_for(board, site):
    feed = json_feed(board)
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["title"]
    assert [item["date_published"] for item in feed["items"]] == sorted(
        (item["date_published"] for item in feed["items"]), reverse=True
    )
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"]) == 18
    for item in feed["items"]:
        assert item["content_text"] and (site / item["url"]).is_file()
    assert json.loads((site / "feed.json").read_text(encoding="utf-8")) == feed


def test_the_rss_feed_is_xml_whatever_names_hold():
    document = board_document(n_tasks=1)
    document["entries"][2]["model"] = "]]></title><script>\u0000\ufffe\ud800"
    channel = ElementTree.fromstring(rss_feed(read_site(document)).encode("utf-8", "strict")).find("channel")
    titles = [item.findtext("title") for item in channel.findall("item")]
    assert any(title.startswith("]]></title><script>") for title in titles)
    assert all(item.findtext("pubDate").endswith("GMT") for item in channel.findall("item"))
