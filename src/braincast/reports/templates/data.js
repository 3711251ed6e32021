// The run's maps, unpacked as braincast.reports.packing wrote them. Rows are stimulated neurons, columns responding ones.

function readAtlas() {
  const block = document.getElementById("data-atlas");
  return block === null ? null : unpack(JSON.parse(block.textContent));
}

function unpack(packed) {
  const trials = bytesOf(packed.trials);
  const nColumns = packed.neurons.length;
  const responds = new Uint8Array(trials.length);
  const q = new Float32Array(trials.length).fill(NaN);
  const mean = new Float32Array(trials.length).fill(NaN);
  const qCodes = new DataView(bytesOf(packed.q.codes).buffer);
  const meanCodes = new DataView(bytesOf(packed.mean.codes).buffer);
  const firstResponding = Math.ceil(-Math.log10(packed.alpha) / packed.q.step);
  for (let cell = 0, measured = 0; cell < trials.length; cell++) {
    if (trials[cell] === 0) continue;
    const qCode = qCodes.getUint16(2 * measured, true);
    const meanCode = meanCodes.getInt16(2 * measured, true);
    q[cell] = 10 ** (-qCode * packed.q.step);
    responds[cell] = qCode >= firstResponding ? 1 : 0;
    if (meanCode !== -32768) mean[cell] = meanCode * packed.mean.step;
    measured++;
  }
  const models = packed.models.map(model => ({ name: model.name, logOdds: logOddsOf(model) }));
  return { ...packed, nColumns, nRows: packed.stimulated.length, trials, responds, q, mean, models };
}

function logOddsOf(model) {
  return Float32Array.from(bytesOf(model.codes), code => model.low + code * model.step);
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}

function probabilityOf(logOdds) {
  return 1 / (1 + Math.exp(-logOdds));
}

// What a reader is told of one pair, in words.
function pairInWords(atlas, model, row, column) {
  const stimulated = atlas.stimulated[row];
  const names = `${placed(atlas, stimulated)} stimulated, ${placed(atlas, column)} responding`;
  if (stimulated === column) return `${names}: the stimulated neuron itself`;
  const cell = row * atlas.nColumns + column;
  const p = probabilityOf(model.logOdds[cell]);
  return `${names}: ${measuredInWords(atlas, cell)}; ${model.name} predicted ${p.toFixed(p < 0.0995 ? 3 : 2)}`;
}

function placed(atlas, column) {
  return atlas.regions[column] ? `${atlas.neurons[column]} (${atlas.regions[column]})` : atlas.neurons[column];
}

function measuredInWords(atlas, cell) {
  if (atlas.trials[cell] === 0) return "not measured";
  const mean = Number.isNaN(atlas.mean[cell]) ? "no mean" : `mean ${signed(atlas.mean[cell])} ${atlas.unit}`;
  const trials = `${atlas.trials[cell]}${atlas.trials[cell] === 255 ? " or more" : ""} ${atlas.trials[cell] === 1 ? "trial" : "trials"}`;
  return `${outcome(atlas, cell)}, q ${qText(atlas.q[cell])}, ${mean}, ${trials}`;
}

function outcome(atlas, cell) {
  if (atlas.trials[cell] === 0) return "not measured";
  return atlas.responds[cell] ? "responded" : "no response";
}

function qText(q) {
  return q < 0.001 ? "< 0.001" : q.toFixed(3);
}

function signed(value) {
  return (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
}
