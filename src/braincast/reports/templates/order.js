// In which order the maps show their rows and columns.

const ORDERS = {
  class: atlas => byText(atlas, column => `${atlas.classes[column]}\t${atlas.neurons[column]}`),
  name: atlas => byText(atlas, column => atlas.neurons[column]),
  region: atlas => byText(atlas, column => `${atlas.regions[column] || "\uffff"}\t${atlas.neurons[column]}`),
  position: atlas => byNumber(atlas, column => atlas.position_um[column][longAxis(atlas)] ?? Infinity),
  rate: atlas => ({
    rows: sorted(atlas.nRows, row => -shareOf(atlas, row, "row")),
    columns: sorted(atlas.nColumns, column => -shareOf(atlas, column, "column")),
  }),
  predicted: (atlas, model) => ({
    rows: sorted(atlas.nRows, row => -meanOf(atlas, model, row, "row")),
    columns: sorted(atlas.nColumns, column => -meanOf(atlas, model, column, "column")),
  }),
};

function orderOf(atlas, model, kind) {
  return ORDERS[kind](atlas, model);
}

function byText(atlas, textOf) {
  const compare = (a, b) => textOf(a).localeCompare(textOf(b), "en", { numeric: true });
  return bothAxes(atlas, compare);
}

function byNumber(atlas, numberOf) {
  return bothAxes(atlas, (a, b) => numberOf(a) - numberOf(b) || a - b);
}

function bothAxes(atlas, compare) {
  return {
    rows: counting(atlas.nRows).sort((a, b) => compare(atlas.stimulated[a], atlas.stimulated[b])),
    columns: counting(atlas.nColumns).sort(compare),
  };
}

function sorted(n, keyOf) {
  const keys = counting(n).map(keyOf);
  return counting(n).sort((a, b) => keys[a] - keys[b] || a - b);
}

function counting(n) {
  return Array.from({ length: n }, (_, index) => index);
}

function cellsOf(atlas, index, axis) {
  return axis === "row"
    ? counting(atlas.nColumns).map(column => index * atlas.nColumns + column)
    : counting(atlas.nRows).map(row => row * atlas.nColumns + index);
}

// Share of the measured pairs of a row or column that responded; lines that were never measured come last.
function shareOf(atlas, index, axis) {
  const measured = cellsOf(atlas, index, axis).filter(cell => atlas.trials[cell] > 0);
  return measured.length === 0 ? -1 : measured.reduce((sum, cell) => sum + atlas.responds[cell], 0) / measured.length;
}

function meanOf(atlas, model, index, axis) {
  const cells = cellsOf(atlas, index, axis);
  return cells.reduce((sum, cell) => sum + model.logOdds[cell], 0) / cells.length;
}

// The body axis along which the neurons are spread most.
function longAxis(atlas) {
  const spread = axis => {
    const known = atlas.position_um.map(place => place[axis]).filter(value => value !== null);
    return known.length === 0 ? 0 : Math.max(...known) - Math.min(...known);
  };
  return [0, 1, 2].reduce((best, axis) => (spread(axis) > spread(best) ? axis : best), 0);
}
