// Puts the parts together once the page is there. Without data there is nothing but tables to sort.

function start() {
  for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
  const atlas = readAtlas();
  if (atlas !== null && atlas.models.length > 0) explore(atlas);
}

function explore(atlas) {
  const find = id => document.getElementById(id);
  const state = { model: atlas.models[0], order: null, pair: null, row: 0, onlyMeasured: false };
  let palette = readPalette();

  function point(row, column) {
    state.pair = [row, column];
    find("readout").textContent = pairInWords(atlas, state.model, row, column);
    find("explorer").dataset.pair = `${atlas.neurons[atlas.stimulated[row]]} ${atlas.neurons[column]}`;
    showCrossHairs(atlas, state);
    pointAnatomy(row === state.row ? column : null);
  }

  function pointNeuron(column) {
    point(state.row, column);
    find("neuron-readout").textContent = find("readout").textContent;
  }

  function choose(row) {
    state.row = row;
    find("stimulus").value = String(row);
    find("explorer").dataset.stimulus = atlas.neurons[atlas.stimulated[row]];
    find("neuron-readout").textContent = "";
    forgetSorting(find("answers"));
    fillNeuronTable(atlas, state, pointNeuron);
    summariseNeuron(atlas, state);
    drawAnatomy(atlas, state, palette);
  }

  function arrange() {
    state.order = orderOf(atlas, state.model, find("order").value);
    find("explorer").dataset.order = find("order").value;
    drawMaps(atlas, state, palette);
    showGroups(atlas, state, find("order").value);
    showCrossHairs(atlas, state);
  }

  function change() {
    state.model = atlas.models[Number(find("model").value)];
    state.onlyMeasured = find("only-measured").checked;
    find("predicted-name").textContent = state.model.name;
    arrange();
    choose(state.row);
  }

  atlas.models.forEach((model, index) => find("model").add(new Option(model.name, String(index))));
  for (const row of ORDERS.name(atlas).rows) {
    find("stimulus").add(new Option(atlas.neurons[atlas.stimulated[row]], String(row)));
  }
  state.row = ORDERS.rate(atlas).rows[0];
  makeMaps(atlas, state, point, choose);
  makeAnatomy(atlas, pointNeuron);
  find("order").addEventListener("change", arrange);
  find("model").addEventListener("change", change);
  find("only-measured").addEventListener("change", change);
  find("stimulus").addEventListener("change", event => choose(Number(event.target.value)));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    palette = readPalette();
    change();
  });
  showScale(atlas);
  find("explorer").hidden = false;
  change();
}

// Probabilities at five places of the colour scale.
function showScale(atlas) {
  const [low, high] = atlas.scale;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(share => probabilityOf(low + share * (high - low)));
  const places = document.querySelectorAll("#scale span");
  ticks.forEach((p, index) => { places[index].textContent = p.toPrecision(p < 0.1 ? 1 : 2); });
}

start();
