"""The page of a training: both curves and where the kept network stood."""

import re

from braincast.reports.learning import learning_chart, learning_page
from braincast.training.gradient.metrics import Row


def rows(*errors: float) -> list[Row]:
    return [
        Row(step=10 * n, loss=2 * error, validation=error, gradient_norm=1.0, learning_rate=0.1)
        for n, error in enumerate(errors, start=1)
    ]


def test_a_chart_tells_where_the_kept_network_stood():
    chart = learning_chart("fold 0", rows(0.5, 0.25, 0.3))
    assert "The least error on validation windows was 0.2500 at step 20" in chart
    assert len(re.findall("<polyline", chart)) == 2 and len(re.findall("<circle", chart)) == 1


def test_a_training_of_one_evaluation_is_drawn_too():
    assert "0.5000 at step 10" in learning_chart("fold 0", rows(0.5))


def test_names_on_the_page_are_escaped_and_no_script_may_run():
    page = learning_page("<script>1</script>", {"<b>fold": rows(0.5, 0.4), "fold 1": rows(0.4)})
    assert "<script>1" not in page and "&lt;script&gt;" in page and "&lt;b&gt;fold" in page
    assert "default-src &#39;none&#39;" in page and page.count('role="img"') == 2
