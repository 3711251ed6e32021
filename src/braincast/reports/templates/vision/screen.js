// Movies of an eye, unpacked as braincast.reports.vision.movies wrote them: the central column's courses, which every
// other column follows as much later as the stimulus needs to get there.

const REST = 128, STEPS = 127;

function readScreen() {
  const block = document.getElementById("data-screen");
  return block === null ? null : unpackScreen(JSON.parse(block.textContent));
}

function unpackScreen(packed) {
  const nTypes = packed.types.length;
  const stimuli = packed.stimuli.map(stimulus => ({ ...stimulus, light: codesOf(stimulus.light), lags: lagsOf(packed, stimulus) }));
  const models = packed.models.map(model => ({ ...model, courses: split(codesOf(model.courses), stimuli, nTypes) }));
  return { ...packed, stimuli, models };
}

function codesOf(text) {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}

// By how many leads later each column sees what the central one does.
function lagsOf(packed, { angle, speed }) {
  if (speed === null) return packed.columns.map(() => 0);
  const [across, up] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return packed.columns.map(([x, y]) => (x * across + y * up) / speed / packed.leadStep);
}

// Of each stimulus the courses of all types, one after the other.
function split(codes, stimuli, nTypes) {
  let start = 0;
  return stimuli.map(({ leads }) => Array.from({ length: nTypes }, () => codes.subarray(start, (start += leads))));
}

// A course between its leads; before the first and after the last it stays.
function courseAt(course, place) {
  const inside = Math.min(Math.max(place, 0), course.length - 1);
  const below = Math.floor(inside), above = Math.min(below + 1, course.length - 1);
  return course[below] + (course[above] - course[below]) * (inside - below);
}

function changeOf(code) {
  return Math.min(Math.max((code - REST) / STEPS, -1), 1);
}
