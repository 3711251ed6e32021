// Hexagons on canvases, as sharp as the screen.

// Corners of a hexagon whose neighbours above and below are one spacing away.
const CORNERS = [0, 1, 2, 3, 4, 5].map(k => [Math.cos((k * Math.PI) / 3) / Math.sqrt(3), Math.sin((k * Math.PI) / 3) / Math.sqrt(3)]);

function readShades() {
  const style = getComputedStyle(document.documentElement);
  const value = name => style.getPropertyValue(name).trim();
  const ramp = (from, to, n) => Array.from({ length: n }, (_, i) => from.map((c, k) => Math.round(c + ((to[k] - c) * i) / (n - 1))));
  const [below, rest, above] = ["--below", "--rest", "--above"].map(name => parsedColour(value(name)));
  const change = [...ramp(below, rest, 33), ...ramp(rest, above, 33).slice(1)];
  return {
    light: ramp([0, 0, 0], [255, 255, 255], 65).map(css),
    change: change.map(css),
    pixels: Uint32Array.from(change, pixelOf),
    ...Object.fromEntries(["ink", "muted", "line", "model"].map(name => [name, value(`--${name}`)])),
  };
}

// A colour as one number, as an image has it in memory.
function pixelOf(colour) {
  return new Uint32Array(Uint8Array.from([...colour, 255]).buffer)[0];
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
  return { context, width, height: high / scale, scale };
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

// For each pixel of a small square eye the column that is seen there, -1 around it: many small eyes are drawn by it.
function pixelMap(columns, size, reach) {
  const map = new Int16Array(size * size).fill(-1), spacing = size / (2 * reach), own = 0.58 * spacing;
  columns.forEach(([x, y], column) => {
    const [left, top] = [size / 2 + spacing * x, size / 2 - spacing * y], r = Math.ceil(own);
    for (let row = Math.floor(top) - r; row <= top + r; row++) {
      for (let place = Math.floor(left) - r; place <= left + r; place++) {
        const inside = row >= 0 && row < size && place >= 0 && place < size;
        if (inside && isNearest(place + 0.5 - left, row + 0.5 - top, spacing)) map[row * size + place] = column;
      }
    }
  });
  return map;
}

// Whether a point belongs to the hexagon about the origin: no farther along any of the three directions than half way.
function isNearest(x, y, spacing) {
  const [a, b] = [(Math.sqrt(3) / 2) * x, y / 2];
  return Math.max(Math.abs(y), Math.abs(a + b), Math.abs(a - b)) <= spacing / 2 + 0.01;
}
