// The player: what is chosen, which moment is shown, and whether time runs.

function play(screen) {
  const find = id => document.getElementById(`screen-${id}`);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const state = { model: 0, stimulus: 0, type: 0, time: 0, runs: false, last: null };
  const columns = screen.columns, reach = reachOf(columns);
  let shades = readShades(), tiles = [], small = { size: 0, map: null };

  const stimulus = () => screen.stimuli[state.stimulus];
  const courses = () => screen.models[state.model].courses[state.stimulus];
  const lead = () => Math.min(Math.floor(state.time), stimulus().leads - 1);

  function draw() {
    const shown = stimulus(), own = courses()[state.type];
    const at = (course, column) => courseAt(course, lead() - shown.lags[column]);
    drawOne("light", column => shadeOf(shades.light, at(shown.light, column) / 255));
    drawOne("cells", column => shadeOf(shades.change, (changeOf(at(own, column)) + 1) / 2));
    drawCourse(shown, own);
    drawSheet(at);
    find("time").value = String(lead());
    find("time").setAttribute("aria-valuetext", `${seconds(lead())} seconds`);
    find("readout").textContent = told(own);
    document.getElementById("screen").dataset.lead = String(lead());
  }

  function told(own) {
    const scale = screen.models[state.model].scale[state.type], name = screen.types[state.type];
    if (scale === 0) return `${seconds(lead())} s: ${name} does not answer`;
    const change = Math.round(100 * changeOf(own[lead()]));
    return `${seconds(lead())} s: ${name} ${change < 0 ? "−" : "+"}${Math.abs(change)} % of its largest change, ${scale}`;
  }

  function seconds(number) {
    return ((number + 1) * screen.leadStep).toFixed(2);
  }

  function drawOne(kind, colourOf) {
    const { context, width, height } = prepared(find(kind), wide => wide);
    drawEye(context, columns, [width / 2, height / 2], width / (2 * reach), colourOf, kind === "light" ? shades.muted : null);
  }

  function drawCourse(shown, own) {
    const { context, width, height } = prepared(find("course"), () => 120);
    const x = number => (width * (number + 0.5)) / shown.leads, middle = height / 2, half = height / 2 - 8;
    const line = (colour, dashes, valueOf) => {
      context.strokeStyle = colour;
      context.setLineDash(dashes);
      context.beginPath();
      for (let number = 0; number < shown.leads; number++) context.lineTo(x(number), middle - half * valueOf(number));
      context.stroke();
    };
    context.lineWidth = 1;
    line(shades.line, [], () => 0);
    context.lineWidth = 1.6;
    line(shades.muted, [5, 4], number => (2 * shown.light[number]) / 255 - 1);
    context.lineWidth = 2.2;
    line(shades.model, [], number => changeOf(own[number]));
    context.fillStyle = shades.ink;
    context.fillRect(x(lead()) - 0.75, 0, 1.5, height);
  }

  function drawSheet(at) {
    const least = 74, room = least - 10, place = find("sheet").parentNode.clientWidth;
    const across = Math.max(1, Math.floor(place / least)), down = Math.ceil(screen.types.length / across);
    const high = least + 16, { context, width, scale } = prepared(find("sheet"), () => down * high);
    const step = width / across, size = Math.round(room * scale);
    if (size !== small.size) small = { size, map: pixelMap(columns, size, reach) };
    tiles = screen.types.map((name, type) => ({ left: (type % across) * step, top: Math.floor(type / across) * high, step, high }));
    const image = context.createImageData(context.canvas.width, context.canvas.height);
    const pixels = new Uint32Array(image.data.buffer), last = shades.pixels.length - 1;
    courses().forEach((course, type) => {
      const colours = columns.map((_, column) => shades.pixels[Math.round(((changeOf(at(course, column)) + 1) / 2) * last)]);
      const start = Math.round((tiles[type].top + 5) * scale) * image.width + Math.round((tiles[type].left + (step - room) / 2) * scale);
      small.map.forEach((column, pixel) => {
        if (column >= 0) pixels[start + Math.floor(pixel / size) * image.width + (pixel % size)] = colours[column];
      });
    });
    context.putImageData(image, 0, 0);
    nameTiles(context, least);
  }

  function nameTiles(context, least) {
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "center";
    tiles.forEach(({ left, top, step }, type) => {
      const isChosen = type === state.type, middle = left + step / 2;
      context.fillStyle = isChosen ? shades.ink : shades.muted;
      context.fillText(screen.types[type], middle, top + least + 9);
      if (isChosen) context.fillRect(middle - 18, top + least + 12.5, 36, 1.5);
    });
  }

  function run(now) {
    if (!state.runs) return;
    const passed = state.last === null ? 0 : (now - state.last) / 1000;
    state.last = now;
    const before = lead();
    state.time = (state.time + (passed * Number(find("speed").value)) / screen.leadStep) % stimulus().leads;
    if (lead() !== before) draw();
    requestAnimationFrame(run);
  }

  function setRunning(runs) {
    state.runs = runs;
    state.last = null;
    find("play").textContent = runs ? "Pause" : still.matches ? "Step" : "Play";
    if (runs) requestAnimationFrame(run);
  }

  // Where motion is unwelcome, the button goes on by a twelfth of the stimulus and stands still again.
  function press() {
    if (!still.matches) return setRunning(!state.runs);
    state.time = (lead() + Math.ceil(stimulus().leads / 12)) % stimulus().leads;
    draw();
  }

  function choose(key, value) {
    state[key] = value;
    find(key).value = String(value);
    if (key === "stimulus") {
      find("time").max = String(stimulus().leads - 1);
      state.time = Math.min(state.time, stimulus().leads - 1);
    }
    find("name").textContent = screen.types[state.type];
    draw();
  }

  function pressSheet(event) {
    const box = find("sheet").getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    const type = tiles.findIndex(({ left, top, step, high }) => x >= left && x < left + step && y >= top && y < top + high);
    if (type >= 0) choose("type", type);
  }

  const lists = { model: screen.models, stimulus: screen.stimuli, type: screen.types };
  for (const [key, entries] of Object.entries(lists)) {
    entries.forEach((entry, index) => find(key).add(new Option(entry.name ?? entry.title ?? entry, String(index))));
    find(key).addEventListener("change", event => choose(key, Number(event.target.value)));
  }
  find("play").addEventListener("click", press);
  find("sheet").addEventListener("click", pressSheet);
  find("time").addEventListener("input", event => {
    setRunning(false);
    state.time = Number(event.target.value);
    draw();
  });
  still.addEventListener("change", () => setRunning(false));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { shades = readShades(); draw(); });
  document.getElementById("screen").hidden = false;
  new ResizeObserver(() => draw()).observe(document.getElementById("screen"));
  setRunning(false);
  state.type = Math.max(screen.types.indexOf("T4a"), 0);
  choose("type", state.type);
  const first = screen.stimuli.findIndex(({ angle }) => angle === 180);
  state.time = screen.stimuli[Math.max(first, 0)].leads / 2;
  choose("stimulus", Math.max(first, 0));
}
