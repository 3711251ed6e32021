"""Pictures that a browser wrote are read as the browser reads them."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from braincast.datasets.readers.png import grey_picture

_PAGE = """<style>body{margin:0;background:linear-gradient(33deg,#123,#e86,#0fa)}
div{width:50px;height:30px;border-radius:15px;background:radial-gradient(#fff,#306)}</style><div></div>"""
_PIXELS = """async (source) => {
  const image = new Image(); image.src = source; await image.decode();
  const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;
  const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
  return Array.from(context.getImageData(0, 0, image.width, image.height).data);
}"""


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 90, "height": 60}, offline=True)
    page = context.new_page()
    page.set_content(_PAGE)
    yield page
    context.close()


@pytest.mark.slow
def test_a_picture_is_read_as_the_browser_that_wrote_it_reads_it(page, tmp_path):
    content = page.screenshot(type="png")
    pixels = page.evaluate(_PIXELS, "data:image/png;base64," + base64.b64encode(content).decode())
    expected = np.array(pixels).reshape(60, 90, 4)[:, :, :3] @ [0.299, 0.587, 0.114] / 255
    (tmp_path / "screen.png").write_bytes(content)
    seen = grey_picture(tmp_path / "screen.png")
    assert np.ptp(seen) > 0.5
    np.testing.assert_allclose(seen, expected, atol=1e-9)
