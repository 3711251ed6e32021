// The list of answers to one stimulated neuron: the same as the drawing, for keyboards and screen readers.

function fillNeuronTable(atlas, state, onPoint) {
  const body = document.querySelector("#answers tbody");
  const columns = counting(atlas.nColumns).filter(column => column !== atlas.stimulated[state.row]);
  const cellOf = column => state.row * atlas.nColumns + column;
  columns.sort((a, b) => state.model.logOdds[cellOf(b)] - state.model.logOdds[cellOf(a)]);
  body.replaceChildren(...columns.map(column => answerRow(atlas, state.model, column, cellOf(column), onPoint)));
  document.getElementById("answers-caption").textContent =
    `When ${atlas.neurons[atlas.stimulated[state.row]]} is stimulated: forecast of ${state.model.name} and what was measured`;
}

function answerRow(atlas, model, column, cell, onPoint) {
  const p = probabilityOf(model.logOdds[cell]), seen = atlas.trials[cell] > 0;
  const row = document.createElement("tr");
  row.className = outcome(atlas, cell).replace(" ", "-");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = atlas.neurons[column];
  row.append(
    head,
    tableCell(atlas.regions[column] || "–"),
    tableCell(p.toFixed(3), p),
    tableCell(outcome(atlas, cell), seen ? atlas.responds[cell] : -1, "text"),
    tableCell(seen ? qText(atlas.q[cell]) : "–", seen ? atlas.q[cell] : 2),
    tableCell(seen && !Number.isNaN(atlas.mean[cell]) ? signed(atlas.mean[cell]) : "–", seen ? atlas.mean[cell] : -99),
    tableCell(String(atlas.trials[cell]), atlas.trials[cell]),
  );
  row.addEventListener("pointerenter", () => onPoint(column));
  return row;
}

function tableCell(words, value = null, kind = "number") {
  const cell = document.createElement("td");
  cell.textContent = words;
  if (value !== null) cell.dataset.value = value;
  if (value !== null && kind === "number") cell.className = "number";
  return cell;
}

function summariseNeuron(atlas, state) {
  const cells = cellsOf(atlas, state.row, "row").filter(cell => atlas.trials[cell] > 0);
  const found = cells.filter(cell => atlas.responds[cell]);
  const order = [...cells].sort((a, b) => state.model.logOdds[b] - state.model.logOdds[a]);
  const hits = order.slice(0, found.length).filter(cell => atlas.responds[cell]).length;
  const name = atlas.neurons[atlas.stimulated[state.row]];
  const plain = `${name}: ${cells.length} neurons measured, ${found.length} responded.`;
  const rank = `Among the ${found.length} that ${state.model.name} ranks highest, ${hits} did.`;
  document.getElementById("neuron-summary").textContent = found.length > 0 ? `${plain} ${rank}` : plain;
}
