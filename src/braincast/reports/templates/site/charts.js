// Charts are drawn when they come near the window; the library is loaded with the first of them.

const here = document.currentScript.src;
const drawings = new Map();
let library = null;

function loadLibrary() {
  const load = name => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(name, here).href;
    script.onload = resolve;
    script.onerror = () => reject(new Error(name));
    document.head.append(script);
  });
  library ??= load("guest.js").then(() => load("plotly.min.js"));
  return library;
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = name => style.getPropertyValue(name).trim();
  return {
    ink: of("--ink"), muted: of("--muted"), line: of("--line"), grid: of("--grid"), paper: of("--paper"),
    lines: ["--model", "--null", "--control", "--baseline"].map(of),
  };
}

function veiled(hex, share) {
  const [r, g, b] = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${share})`;
}

function layoutOf(look, { x, y, height = 420, ...more }) {
  const axis = title => ({
    title: { text: title, standoff: 8 }, gridcolor: look.grid, linecolor: look.line, zeroline: false, automargin: true,
    tickfont: { color: look.muted }, fixedrange: true,
  });
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12.5, color: look.muted };
  return {
    font, height, paper_bgcolor: "rgba(0, 0, 0, 0)", plot_bgcolor: "rgba(0, 0, 0, 0)", margin: { l: 10, r: 10, t: 16, b: 10 },
    xaxis: { ...axis(x), ...more.xaxis }, yaxis: { ...axis(y), ...more.yaxis }, hovermode: more.hovermode ?? "closest",
    hoverlabel: { bgcolor: look.paper, bordercolor: look.line, font: { ...font, color: look.ink } },
    legend: { orientation: "h", yanchor: "top", y: -0.18, x: 0, font: { color: look.ink } }, showlegend: true,
  };
}

// A kind of chart: `make` gives its traces and layout from the present colours, or null where there is nothing to draw.
function drawChart(kind, make) {
  for (const figure of document.querySelectorAll(`[data-draw="${kind}"]`)) {
    const place = figure.querySelector(".canvas");
    const draw = async () => {
      const made = make(colours());
      figure.hidden = made === null;
      if (made === null) return;
      try {
        await loadLibrary();
      } catch {
        place.textContent = "The chart could not be loaded; the tables have the same numbers.";
        place.classList.add("failed");
        return;
      }
      await Plotly.react(place, made.traces, layoutOf(colours(), made.layout), { displayModeBar: false, responsive: true });
      place.dataset.drawn = "";
    };
    drawings.set(figure, draw);
    const near = new IntersectionObserver(seen => {
      if (!seen.some(entry => entry.isIntersecting)) return;
      near.disconnect();
      place.dataset.near = "";
      draw();
    }, { rootMargin: "400px" });
    near.observe(figure);
  }
}

function redraw() {
  for (const [figure, draw] of drawings) if ("near" in figure.querySelector(".canvas").dataset) draw();
}
document.addEventListener("themed", redraw);

// A line with its interval as a band of the same colour; `dash` tells lines apart without colour.
function lineWithBand(look, x, entry, { colour, dash = "solid", visible = true, width = 2.2, band = true }) {
  const group = `entry-${entry.id}`;
  const known = entry.byLeadCi.map((ci, i) => ci && [x[i], ...ci]).filter(Boolean);
  const area = {
    x: [...known.map(p => p[0]), ...known.map(p => p[0]).reverse()], y: [...known.map(p => p[1]), ...known.map(p => p[2]).reverse()],
    fill: "toself", fillcolor: veiled(colour, 0.14), line: { width: 0, color: "rgba(0, 0, 0, 0)" }, mode: "lines", hoverinfo: "skip", showlegend: false, legendgroup: group, visible,
  };
  const line = {
    x, y: entry.byLead, name: plain(entry.name), mode: "lines+markers", line: { color: colour, width, dash }, marker: { size: 5, color: colour },
    legendgroup: group, visible, hovertemplate: `${plain(entry.name)}<br>%{x}: %{y:.4f}<extra></extra>`,
  };
  return known.length && band ? [area, line] : [line];
}

// plotly reads a little markup and templates in texts: names are shown without what begins either.
function plain(text) {
  return text.replace(/</g, "‹").replace(/>/g, "›").replace(/&/g, "＆").replace(/%\{/g, "% {").replace(/\$/g, "＄");
}
window.braincastCharts = { drawChart, redraw, lineWithBand, plain };
