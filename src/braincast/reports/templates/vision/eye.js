// Hexagons on canvases, as sharp as the screen.

// Corners of a hexagon whose neighbours above and below are one spacing away.
const CORNERS = [0, 1, 2, 3, 4, 5].map(k => [Math.cos((k * Math.PI) / 3) / Math.sqrt(3), Math.sin((k * Math.PI) / 3) / Math.sqrt(3)]);

function readShades() {
  const style = getComputedStyle(document.documentElement);
  const colour = name => parsedColour(style.getPropertyValue(name).trim());
  const ramp = (from, to, n) => Array.from({ length: n }, (_, i) => css(from.map((c, k) => Math.round(c + ((to[k] - c) * i) / (n - 1)))));
  const [below, rest, above] = ["--below", "--rest", "--above"].map(colour);
  return {
    light: ramp([0, 0, 0], [255, 255, 255], 65),
    change: [...ramp(below, rest, 33), ...ramp(rest, above, 33).slice(1)],
    ink: style.getPropertyValue("--ink").trim(),
    muted: style.getPropertyValue("--muted").trim(),
    line: style.getPropertyValue("--line").trim(),
    model: style.getPropertyValue("--model").trim(),
  };
}

// A colour for a share from 0 to 1.
function shadeOf(ramp, share) {
  return ramp[Math.round(Math.min(Math.max(share, 0), 1) * (ramp.length - 1))];
}

// The canvas as large as its place, in pixels of the screen; drawing goes on in those of the page.
function prepared(canvas, height) {
  const width = canvas.parentNode.clientWidth, scale = Math.min(window.devicePixelRatio || 1, 2);
  const [wide, high] = [Math.round(width * scale), Math.round(height(width) * scale)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, high / scale);
  return { context, width, height: high / scale };
}

function reachOf(columns) {
  return Math.max(...columns.map(([x, y]) => Math.max(Math.abs(x), Math.abs(y)))) + 0.6;
}

// All columns about a point; colour of each by its number, `ground` between them.
function drawEye(context, columns, [left, top], spacing, colourOf, ground) {
  if (ground) drawHexagons(context, columns, [left, top], spacing, spacing * 1.06, () => ground);
  drawHexagons(context, columns, [left, top], spacing, spacing * (spacing < 6 ? 1.02 : 0.94), colourOf);
}

function drawHexagons(context, columns, [left, top], spacing, size, colourOf) {
  columns.forEach(([x, y], column) => {
    context.fillStyle = colourOf(column);
    context.beginPath();
    for (const [dx, dy] of CORNERS) context.lineTo(left + spacing * x + size * dx, top - spacing * y + size * dy);
    context.fill();
  });
}
