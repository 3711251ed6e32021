// The charts of a task page.

const task = (window.braincast ?? {}).task;
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];

if (task) {
  drawChart("leads", look => leadChart(look));
  drawChart("history", look => historyChart(look));
  drawChart("traces", look => traceChart(look));
  document.getElementById("trace-neuron")?.addEventListener("change", redraw);
}

// The best are drawn with bands, the baselines in grey; all others wait in the legend.
function leadChart(look) {
  const shown = task.entries.filter(entry => entry.byLead.length);
  if (!shown.length) return null;
  const [model, ...rest] = look.lines;
  const tones = [model, rest[0], rest[1]];
  let place = 0;
  const traces = shown.flatMap(entry => {
    if (entry.role === "baseline") {
      const dash = entry.name === task.baseline ? "dash" : "dot";
      return lineWithBand(look, task.leads, entry, { colour: rest[2], dash, width: 1.6, band: false });
    }
    const index = place++;
    const style = { colour: tones[index % 3], dash: DASHES[Math.floor(index / 3) % DASHES.length], visible: index < 4 || "legendonly", width: index ? 1.8 : 2.8 };
    return lineWithBand(look, task.leads, entry, style);
  });
  if (task.noiseFloor) traces.push({ x: task.leads, y: task.noiseFloor, name: "noise floor", mode: "lines", line: { color: look.ink, width: 1, dash: "dot" } });
  return { traces, layout: { x: "lead", y: `${task.primary.title} (${task.primary.direction} is better)`, height: 460, xaxis: { type: "category" } } };
}

function historyChart(look) {
  if (!task.history.length) return null;
  const [colour] = look.lines;
  const trace = {
    x: task.history.map(step => step.at), y: task.history.map(step => step.value), text: task.history.map(step => plain(step.name)),
    mode: "lines+markers", line: { shape: "hv", color: colour, width: 2 }, marker: { size: 8, color: colour }, showlegend: false,
    hovertemplate: "%{text}<br>%{x|%Y-%m-%d}: %{y:.4f}<extra></extra>",
  };
  return { traces: [trace], layout: { x: "", y: task.primary.title, height: 300, xaxis: { type: "date" } } };
}

function traceChart(look) {
  if (!task.traces) return null;
  const neuron = Number(document.getElementById("trace-neuron")?.value ?? 0);
  const lines = [{ x: task.traces.time, y: task.traces.truth[neuron], name: "recorded", mode: "lines", line: { color: look.ink, width: 1.6 } }];
  task.traces.forecasts.forEach((each, i) => {
    const line = { color: look.lines[i % 3], width: 1.6, dash: DASHES[1 + (i % 5)] };
    lines.push({ x: task.traces.time, y: each.values[neuron], name: plain(each.name), mode: "lines", line });
  });
  return { traces: lines, layout: { x: "time (s)", y: "activity", height: 340 } };
}
