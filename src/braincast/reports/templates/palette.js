// Colours of the maps, taken from the style sheet, so that light and dark have one source.

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const colour = name => parsedColour(style.getPropertyValue(name).trim());
  return { stops: ["--s0", "--s1", "--s2", "--s3", "--s4"].map(colour), nothing: colour("--void") };
}

function parsedColour(hex) {
  return [1, 3, 5].map(start => parseInt(hex.slice(start, start + 2), 16));
}

// A colour between the stops; share runs from 0 to 1.
function shade(palette, share) {
  const place = Math.min(Math.max(share, 0), 1) * (palette.stops.length - 1);
  const below = Math.min(Math.floor(place), palette.stops.length - 2);
  return palette.stops[below].map((from, i) => Math.round(from + (palette.stops[below + 1][i] - from) * (place - below)));
}

function predictedShade(atlas, palette, logOdds) {
  const [low, high] = atlas.scale;
  return shade(palette, (logOdds - low) / (high - low));
}

// Three steps of evidence for a response, one for none.
function measuredShade(atlas, palette, cell) {
  if (atlas.trials[cell] === 0) return palette.nothing;
  if (!atlas.responds[cell]) return shade(palette, 0.16);
  return shade(palette, atlas.q[cell] < 0.001 ? 1 : atlas.q[cell] < 0.01 ? 0.82 : 0.64);
}

function css(colour) {
  return `rgb(${colour.join(" ")})`;
}
