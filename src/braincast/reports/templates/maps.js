// The two linked maps. Each canvas has one pixel for each pair; the style sheet makes it as large as its place.

function makeMaps(atlas, state, onPoint, onChoose) {
  const canvases = ["measured", "predicted"].map(kind => document.getElementById(`map-${kind}`));
  for (const canvas of canvases) {
    canvas.width = atlas.nColumns;
    canvas.height = atlas.nRows;
    canvas.addEventListener("pointermove", event => onPoint(...pairAt(canvas, state, event)));
    canvas.addEventListener("pointerdown", event => onPoint(...pairAt(canvas, state, event)));
    canvas.addEventListener("click", event => onChoose(pairAt(canvas, state, event)[0]));
    canvas.addEventListener("keydown", event => moveByKey(atlas, state, event, onPoint, onChoose));
    canvas.addEventListener("focus", () => onPoint(...(state.pair ?? [state.order.rows[0], state.order.columns[0]])));
  }
  return canvases;
}

function drawMaps(atlas, state, palette) {
  const { model, onlyMeasured } = state;
  drawMap("measured", atlas, state, cell => measuredShade(atlas, palette, cell), palette);
  const predicted = cell => predictedShade(atlas, palette, model.logOdds[cell]);
  const shown = cell => (onlyMeasured && atlas.trials[cell] === 0 ? palette.nothing : predicted(cell));
  drawMap("predicted", atlas, state, shown, palette);
}

function drawMap(kind, atlas, { order }, colourOf, palette) {
  const canvas = document.getElementById(`map-${kind}`);
  const image = new ImageData(atlas.nColumns, atlas.nRows);
  order.rows.forEach((row, y) => order.columns.forEach((column, x) => {
    const own = atlas.stimulated[row] === column;
    const colour = own ? palette.nothing : colourOf(row * atlas.nColumns + column);
    image.data.set([...colour, 255], 4 * (y * atlas.nColumns + x));
  }));
  canvas.getContext("2d").putImageData(image, 0, 0);
  canvas.dataset.firstRow = atlas.neurons[atlas.stimulated[order.rows[0]]];
  canvas.dataset.firstColumn = atlas.neurons[order.columns[0]];
}

function pairAt(canvas, { order }, event) {
  const box = canvas.getBoundingClientRect();
  const at = (place, start, length, n) => Math.min(Math.max(Math.floor(((place - start) / length) * n), 0), n - 1);
  const x = at(event.clientX, box.left, box.width, canvas.width);
  const y = at(event.clientY, box.top, box.height, canvas.height);
  return [order.rows[y], order.columns[x]];
}

function moveByKey(atlas, state, event, onPoint, onChoose) {
  const [row, column] = state.pair ?? [state.order.rows[0], state.order.columns[0]];
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    onChoose(row);
  }
  if (!(event.key in steps)) return;
  event.preventDefault();
  const [down, right] = steps[event.key].map(step => step * (event.shiftKey ? 10 : 1));
  const y = clamped(state.order.rows.indexOf(row) + down, atlas.nRows);
  const x = clamped(state.order.columns.indexOf(column) + right, atlas.nColumns);
  onPoint(state.order.rows[y], state.order.columns[x]);
}

function clamped(index, n) {
  return Math.min(Math.max(index, 0), n - 1);
}

// Cross hairs over both maps; gone when no pair is pointed at.
function showCrossHairs(atlas, { order, pair }) {
  for (const frame of document.querySelectorAll(".map-frame")) {
    frame.classList.toggle("pointed", pair !== null);
    if (pair === null) continue;
    const [y, x] = [order.rows.indexOf(pair[0]), order.columns.indexOf(pair[1])];
    const across = frame.querySelector(".across"), down = frame.querySelector(".down");
    across.style.top = `${(100 * y) / atlas.nRows}%`;
    across.style.height = `${100 / atlas.nRows}%`;
    down.style.left = `${(100 * x) / atlas.nColumns}%`;
    down.style.width = `${100 / atlas.nColumns}%`;
  }
}

// Names of the regions above the columns, where the order keeps a region together and there is room.
function showGroups(atlas, { order }, kind) {
  const groups = kind === "region" ? runsOf(order.columns.map(column => atlas.regions[column])) : [];
  for (const place of document.querySelectorAll(".groups")) {
    place.hidden = groups.length === 0;
    place.replaceChildren(...groups.map(group => groupLabel(group, atlas.nColumns)));
    const longest = Math.max(...[...place.children].map(label => label.textContent.length), 0);
    place.style.height = `${Math.min(0.42 * longest + 0.8, 9)}rem`;
  }
}

function runsOf(names) {
  const starts = counting(names.length).filter(index => index === 0 || names[index] !== names[index - 1]);
  return starts.map((start, k) => ({ name: names[start], start, end: starts[k + 1] ?? names.length }));
}

function groupLabel({ name, start, end }, n) {
  const label = document.createElement("span");
  label.style.left = `${(100 * start) / n}%`;
  label.style.width = `${(100 * (end - start)) / n}%`;
  if (end - start >= 0.03 * n) label.textContent = name || "unknown";
  return label;
}
