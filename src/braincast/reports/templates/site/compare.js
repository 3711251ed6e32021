// Two entries side by side. Who they are stands in the address after #, so that a comparison can be linked.

const data = window.braincast.compare;
const { drawChart, redraw, lineWithBand, plain } = window.braincastCharts;
const [first, second] = ["first", "second"].map(id => document.getElementById(id));
const entryOf = id => data.entries.find(entry => entry.id === Number(id));
const loading = new Map();

function fromAddress() {
  const [, a, b] = location.hash.match(/^#(\d+)-(\d+)$/) ?? [];
  const ids = [a, b].map(Number).filter(id => entryOf(id));
  const [one, two] = ids.length === 2 ? ids : data.entries.slice(0, 2).map(entry => entry.id);
  first.value = String(one);
  second.value = String(two ?? one);
}

function chosen() { return [entryOf(first.value), entryOf(second.value)]; }

function pairOf(a, b, metric) {
  for (const [left, right, key, difference, ci, p] of data.pairs) {
    if (key !== metric || difference === null) continue;
    if (left === a.id && right === b.id) return { difference, ci, p };
    if (left === b.id && right === a.id) return { difference: -difference, ci: ci && [-ci[1], -ci[0]], p };
  }
  return null;
}

function written(value, digits, isSigned = false) {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value).toFixed(digits);
  const sign = value < 0 && Number(text) !== 0 ? "−" : isSigned ? "+" : "";
  return sign + text;
}

function range(ci, digits, isSigned = false) {
  return ci ? `${written(ci[0], digits, isSigned)} to ${written(ci[1], digits, isSigned)}` : "–";
}

function say(a, b) {
  const metric = data.metrics.find(each => each.key === data.primary);
  const pair = pairOf(a, b, data.primary);
  const said = document.getElementById("said"), more = document.getElementById("difference");
  more.textContent = "";
  if (a === b) {
    said.textContent = "Choose two different entries.";
    return;
  }
  if (!pair?.ci) {
    said.textContent = "These two were not tested against each other.";
    return;
  }
  const isSure = pair.ci[0] > 0 || pair.ci[1] < 0;
  const isFirst = (pair.difference > 0) === metric.larger;
  said.textContent = isSure ? `${(isFirst ? a : b).name} is better.` : "They cannot be told apart.";
  more.textContent = `Paired difference in ${metric.inSentence}, first minus second: ${written(pair.difference, metric.digits, true)} (95 % ${range(pair.ci, metric.digits, true)}).`;
}

function cell(text, css = "number") {
  const made = document.createElement("td");
  made.className = css;
  made.textContent = text;
  return made;
}

function fillTable(a, b) {
  const body = document.querySelector("#metrics tbody");
  body.replaceChildren(...data.metrics.map(metric => {
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row";
    head.textContent = `${metric.title} (${metric.direction})`;
    const both = [a, b].map(entry => entry.metrics[metric.key] ?? [null, null]);
    const pair = pairOf(a, b, metric.key);
    const isSure = pair?.ci && (pair.ci[0] > 0 || pair.ci[1] < 0);
    const difference = pair?.difference ?? (both.every(([value]) => value !== null) ? both[0][0] - both[1][0] : null);
    row.append(head, ...both.map(([value, ci]) => cell(`${written(value, metric.digits)} (${range(ci, metric.digits)})`)));
    row.append(cell(written(difference, metric.digits, true), isSure ? "number strong" : "number"), cell(pair ? range(pair.ci, metric.digits, true) : "not tested"));
    return row;
  }));
}

// The primary metric in and out of distribution, by condition, region and activity.
function fillGroups(a, b) {
  const { digits } = data.metrics.find(each => each.key === data.primary);
  const labels = [...new Set([a, b].flatMap(entry => Object.keys(entry.groups)))];
  document.getElementById("parts").closest("section").hidden = labels.length === 0;
  document.querySelector("#groups-table tbody").replaceChildren(...labels.map(label => {
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row";
    head.textContent = label;
    const both = [a, b].map(entry => entry.groups[label] ?? null);
    const difference = both.includes(null) ? null : both[0] - both[1];
    row.append(head, ...both.map(value => cell(written(value, digits))), cell(written(difference, digits, true)));
    return row;
  }));
  for (const [css, entry] of [[".name-first", a], [".name-second", b]])
    for (const heading of document.querySelectorAll(css)) heading.textContent = entry.name;
}

function leadChart(look) {
  const [a, b] = chosen();
  if (!a.byLead.length && !b.byLead.length) return null;
  const traces = [...lineWithBand(look, data.leads, a, { colour: look.lines[0] }), ...lineWithBand(look, data.leads, b, { colour: look.lines[1], dash: "dash" })];
  return { traces, layout: { x: "lead", y: data.metrics.find(each => each.key === data.primary).title, xaxis: { type: "category" } } };
}

function loadSkills(entry) {
  const name = `skill-${entry.id}`;
  if (!loading.has(name)) {
    loading.set(name, new Promise(resolve => {
      const script = document.createElement("script");
      script.src = `../data/${name}.js`;
      script.onload = () => resolve(Uint8Array.from(atob(window.braincast[name]), c => c.charCodeAt(0)));
      script.onerror = () => resolve(null);
      document.head.append(script);
    }));
  }
  return loading.get(name);
}

let skills = null;
async function loadNeurons() {
  const [a, b] = chosen();
  const part = document.getElementById("neuron-part");
  part.hidden = !(a.hasNeurons && b.hasNeurons) || a === b;
  skills = null;
  if (part.hidden) return;
  const both = await Promise.all([a, b].map(loadSkills));
  if (chosen()[0] !== a || chosen()[1] !== b || both.includes(null)) return;
  const places = [...both[0].keys()].filter(i => both[0][i] !== 0 && both[1][i] !== 0);
  skills = both.map(codes => places.map(i => (codes[i] - 128) / 127));
  const better = places.filter((_, i) => skills[0][i] > skills[1][i]).length;
  document.getElementById("neuron-words").textContent = `${a.name} is better for ${better} of ${places.length} neurons.`;
  redraw();
}

function neuronChart(look) {
  if (!skills) return null;
  const [a, b] = chosen();
  const all = skills.flat(), ends = [Math.min(...all.slice(0, 1), -0.2), 1];
  for (const value of all) ends[0] = Math.min(ends[0], value);
  const traces = [
    { x: ends, y: ends, mode: "lines", line: { color: look.muted, dash: "dot", width: 1 }, hoverinfo: "skip", showlegend: false },
    { x: skills[0], y: skills[1], type: "scattergl", mode: "markers", marker: { size: 5, color: look.lines[0], opacity: 0.5 }, showlegend: false, hovertemplate: "%{x:.2f}, %{y:.2f}<extra></extra>" },
  ];
  if (skills[0].length < 4000) traces[1].type = "scatter";
  return { traces, layout: { x: `skill of ${plain(a.name)}`, y: `skill of ${plain(b.name)}`, height: 520 } };
}

function show() {
  const [a, b] = chosen();
  if (!a || !b) return;
  history.replaceState(null, "", `#${a.id}-${b.id}`);
  say(a, b);
  fillTable(a, b);
  fillGroups(a, b);
  redraw();
  loadNeurons();
}

fromAddress();
drawChart("compare-leads", leadChart);
drawChart("compare-neurons", neuronChart);
for (const select of [first, second]) select.addEventListener("change", show);
document.getElementById("swap").addEventListener("click", () => {
  [first.value, second.value] = [second.value, first.value];
  show();
});
addEventListener("hashchange", () => { fromAddress(); show(); });
show();
