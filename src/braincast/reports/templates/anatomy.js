// One stimulated neuron's answers drawn where the neurons lie: two views, and both again where neurons are crowded.

const SVG = "http://www.w3.org/2000/svg";
const CROWDED_SHARE = 0.5;

function makeAnatomy(atlas, onPoint) {
  const views = viewsOf(atlas);
  for (const kind of ["measured", "predicted"]) {
    const place = document.getElementById(`body-${kind}`);
    place.replaceChildren(...views.map(view => panelOf(atlas, view, kind, onPoint)));
  }
}

// The long axis runs across; each of the other two gives a view from the side of the third.
function viewsOf(atlas) {
  const known = counting(atlas.nColumns).filter(column => atlas.position_um[column].every(value => value !== null));
  if (known.length === 0) return [];
  const across = longAxis(atlas);
  const words = JSON.parse(document.getElementById("data-views").textContent);
  const whole = [2, 1, 0].filter(up => up !== across).map(up => ({
    across, up, columns: known, words: words.axes[up], sign: words.turned[up] ? -1 : 1,
  }));
  const crowd = crowdedColumns(atlas, known, across);
  const near = crowd === null ? [] : whole.map(view => ({ ...view, columns: crowd, near: true }));
  return [...whole, ...near].map(view => ({ ...view, ends: words.ends }));
}

// The columns in the shortest stretch that holds most neurons, when it is a small part of the whole.
function crowdedColumns(atlas, known, axis) {
  const places = known.map(column => atlas.position_um[column][axis]).sort((a, b) => a - b);
  const n = Math.ceil(CROWDED_SHARE * places.length);
  const starts = counting(places.length - n + 1);
  const length = start => places[start + n - 1] - places[start];
  const best = starts.reduce((a, b) => (length(b) < length(a) ? b : a), 0);
  if (length(best) > 0.3 * (places.at(-1) - places[0])) return null;
  const inside = value => value >= places[best] && value <= places[best + n - 1];
  return known.filter(column => inside(atlas.position_um[column][axis]));
}

function panelOf(atlas, view, kind, onPoint) {
  const [left, right] = rangeOf(atlas, view, view.across, 1), [low, high] = rangeOf(atlas, view, view.up, view.sign);
  const unit = (right - left) / 100, pad = 2.2 * unit;
  const panel = element("svg", {
    viewBox: [left - pad, -high - pad, right - left + 2 * pad, high - low + 2 * pad].map(v => v.toFixed(2)).join(" "),
    role: "img", class: "body",
    "aria-label": `${kind}, ${view.words}${view.near ? ", enlarged" : ""}; the same as a table below`,
  });
  const radius = (view.near ? 0.95 : 0.62) * unit;
  for (const column of view.columns) {
    const place = atlas.position_um[column];
    const centre = { cx: place[view.across], cy: -view.sign * place[view.up] };
    const dot = element("circle", { ...centre, r: radius.toFixed(3), "data-column": column });
    dot.addEventListener("pointerenter", () => onPoint(column));
    panel.append(dot);
  }
  const words = document.createElement("p");
  words.className = "view-name";
  words.textContent = view.near ? `${view.words}: the most crowded stretch, enlarged` : `${view.words}; ${view.ends}`;
  const part = document.createElement("div");
  part.append(words, panel);
  return part;
}

function rangeOf(atlas, view, axis, sign) {
  const places = view.columns.map(column => sign * atlas.position_um[column][axis]);
  return [Math.min(...places), Math.max(...places)];
}

function drawAnatomy(atlas, state, palette) {
  for (const dot of document.querySelectorAll(".body circle")) {
    const column = Number(dot.dataset.column), cell = state.row * atlas.nColumns + column;
    const measured = dot.closest("#body-measured") !== null;
    const silent = measured && atlas.trials[cell] === 0;
    const colour = measured ? measuredShade(atlas, palette, cell) : predictedShade(atlas, palette, state.model.logOdds[cell]);
    dot.style.fill = silent ? "none" : css(colour);
    const own = column === atlas.stimulated[state.row];
    dot.classList.toggle("unmeasured", silent && !own);
    dot.classList.toggle("stimulated", own);
  }
  raise(".body .stimulated");
}

function pointAnatomy(column) {
  for (const dot of document.querySelectorAll(".body .pointed")) dot.classList.remove("pointed");
  if (column === null) return;
  for (const dot of document.querySelectorAll(`.body circle[data-column="${column}"]`)) dot.classList.add("pointed");
}

// Later elements lie on top.
function raise(selector) {
  for (const dot of document.querySelectorAll(selector)) dot.parentNode.append(dot);
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
