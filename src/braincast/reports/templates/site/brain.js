// The page of a brain: choose an entry, turn the cloud, read a neuron.

const packed = window.braincast.places;
const canvas = document.getElementById("brain"), read = document.getElementById("read"), choice = document.getElementById("entry");
const cloud = newCloud(canvas);
const axes = [0, 1, 2].sort((a, b) => packed.extent[b] - packed.extent[a]);
const places = unpackPlaces(packed);
const hidden = new Set(packed.hidden);
const camera = {};
let skills = null, order = [], picked = -1, frame = 0;

// About the middle of their box; the longest axis runs from left to right, the next upwards.
function unpackPlaces({ codes, extent }) {
  const values = new Uint16Array(bytesOf(codes).buffer);
  return Float32Array.from(values, (_, i) => {
    const axis = axes[i % 3];
    return values[i - (i % 3) + axis] / 65535 - extent[axis] / 2;
  });
}

function begin() {
  Object.assign(camera, newCamera(axes.map(axis => packed.extent[axis]), canvas.clientWidth / canvas.clientHeight));
}

function tones() {
  const style = getComputedStyle(document.documentElement);
  const [worse, even, better, chosen] = ["--null", "--line", "--model", "--ink"].map(name => parsedColour(style.getPropertyValue(name).trim()));
  const out = new Uint8Array(4 * skills.length);
  for (let i = 0; i < skills.length; i++) {
    if (hidden.has(i)) continue;
    const share = skills[i] === 0 ? 0 : (skills[i] - 128) / 127;
    // The square root lets small skills be seen.
    const size = Math.sqrt(Math.abs(share)), end = share < 0 ? worse : better;
    const colour = i === picked ? chosen : even.map((from, k) => Math.round(from + (end[k] - from) * size));
    out.set([...colour, 255], 4 * i);
  }
  return out;
}

// However often it is asked for, once a frame.
function paint() {
  if (frame === 0) frame = requestAnimationFrame(paintNow);
}

function paintNow() {
  frame = 0;
  if (cloud === null || skills === null) return;
  const ratio = Math.min(devicePixelRatio, 2);
  const [wide, high] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round);
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const paper = parsedColour(getComputedStyle(document.documentElement).getPropertyValue("--paper").trim());
  const size = high * Math.min(Math.max(0.22 / Math.cbrt(cloud.n), 0.006), 0.05);
  drawCloud(cloud, matrixOf(camera, wide / high), paper, size);
}

function recolour() {
  if (cloud === null || skills === null) return;
  setTones(cloud, tones());
  paint();
}

function pick(i) {
  picked = i;
  recolour();
  const region = packed.regions[i] ? `, ${packed.regions[i]}` : "";
  const skill = skills[i] === 0 ? "no skill known" : `skill ${((skills[i] - 128) / 127).toFixed(2).replace("-", "−")}`;
  read.textContent = `${packed.names[i]}${region}: ${skill}`;
}

function nearest(clientX, clientY) {
  const box = canvas.getBoundingClientRect();
  const at = [(2 * (clientX - box.left)) / box.width - 1, 1 - (2 * (clientY - box.top)) / box.height];
  const matrix = matrixOf(camera, box.width / box.height);
  let best = -1, least = Infinity;
  for (let i = 0; i < cloud.n; i++) {
    if (hidden.has(i)) continue;
    const seen = projected(matrix, places[3 * i], places[3 * i + 1], places[3 * i + 2]);
    if (seen === null) continue;
    const [dx, dy] = [((seen[0] - at[0]) * box.width) / 2, ((seen[1] - at[1]) * box.height) / 2];
    // Within the same few pixels, the one in front.
    const far = Math.hypot(dx, dy);
    if (far > 24) continue;
    const badness = Math.round(far / 3) + seen[2] / 100;
    if (badness < least) [best, least] = [i, badness];
  }
  return best;
}

function step(by) {
  const place = order.indexOf(picked);
  pick(order[place < 0 ? 0 : (place + by + order.length) % order.length]);
}

const KEYS = {
  ArrowLeft: () => turn(camera, -0.12, 0), ArrowRight: () => turn(camera, 0.12, 0), ArrowUp: () => turn(camera, 0, -0.12),
  ArrowDown: () => turn(camera, 0, 0.12), "+": () => approach(camera, 0.88), "-": () => approach(camera, 1.14), "=": () => approach(camera, 0.88),
  0: begin, n: () => step(1), p: () => step(-1),
};

function listen() {
  const fingers = new Map();
  let moved = 0;
  canvas.addEventListener("keydown", event => {
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
    paint();
  });
  canvas.addEventListener("pointerdown", event => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    moved = 0;
  });
  canvas.addEventListener("pointermove", event => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    if (other) {
      const apart = point => Math.hypot(point[0] - other[0], point[1] - other[1]);
      approach(camera, apart(before) / Math.max(apart([event.clientX, event.clientY]), 1));
    } else turn(camera, dx / 160, dy / 160);
    moved += Math.abs(dx) + Math.abs(dy);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    paint();
  });
  const lift = event => {
    if (fingers.delete(event.pointerId) && event.type === "pointerup" && moved < 6) {
      const found = nearest(event.clientX, event.clientY);
      if (found >= 0) pick(found);
    }
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("wheel", event => {
    event.preventDefault();
    approach(camera, event.deltaY > 0 ? 1.1 : 0.91);
    paint();
  }, { passive: false });
  document.getElementById("again").addEventListener("click", () => {
    begin();
    paint();
  });
  choice.addEventListener("change", load);
  addEventListener("resize", paint);
  document.addEventListener("themed", recolour);
}

function load() {
  const name = `skill-${choice.value}`;
  const use = () => {
    skills = bytesOf(window.braincast[name]);
    order = [...skills.keys()].filter(i => skills[i] !== 0 && !hidden.has(i)).sort((a, b) => skills[b] - skills[a] || a - b);
    if (picked >= 0) pick(picked);
    recolour();
    requestAnimationFrame(() => requestAnimationFrame(() => { canvas.dataset.drawn = choice.value; }));
  };
  if (window.braincast[name]) return use();
  const script = document.createElement("script");
  script.src = `../data/${name}.js`;
  script.onload = use;
  document.head.append(script);
}

if (cloud === null) {
  canvas.hidden = true;
  read.textContent = "This browser shows no WebGL; the table below has the best and the worst neurons of each entry.";
} else {
  setPlaces(cloud, places);
  begin();
  listen();
  load();
}
