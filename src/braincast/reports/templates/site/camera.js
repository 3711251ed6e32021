// How the cloud is seen: turned about its middle, from a distance, in perspective. Matrices are column by column.

const FOCUS = 1.7;

function spread(aspect) {
  return [FOCUS / Math.max(aspect, 1), FOCUS * Math.min(aspect, 1)];
}

// A camera that sees all of a box, whose sides are `extent`, a little from the side and above.
function newCamera(extent, aspect) {
  const [wide, high] = spread(aspect);
  return { yaw: 0.3, pitch: 0.4, distance: Math.max(wide * extent[0], high * extent[1]) / 2 + extent[2] / 2 + 0.08 };
}

function turn(camera, dx, dy) {
  camera.yaw += dx;
  camera.pitch = Math.min(Math.max(camera.pitch + dy, -1.55), 1.55);
}

function approach(camera, factor) {
  camera.distance = Math.min(Math.max(camera.distance * factor, 0.15), 8);
}

function matrixOf(camera, aspect) {
  const [sy, cy, sp, cp] = [Math.sin(camera.yaw), Math.cos(camera.yaw), Math.sin(camera.pitch), Math.cos(camera.pitch)];
  const near = 0.02, far = 20, d = camera.distance;
  const row = [[cy, 0, sy], [sp * sy, cp, -sp * cy], [-cp * sy, sp, cp * cy]];
  const [wide, high] = spread(aspect);
  const z = (near + far) / (near - far), w = (2 * near * far) / (near - far);
  const out = new Float32Array(16);
  for (let i = 0; i < 3; i++) {
    out[4 * i] = wide * row[0][i];
    out[4 * i + 1] = high * row[1][i];
    out[4 * i + 2] = z * row[2][i];
    out[4 * i + 3] = -row[2][i];
  }
  out[14] = w - z * d;
  out[15] = d;
  return out;
}

// Where a point is seen, in units of the canvas from -1 to 1, and how deep; null behind the eye.
function projected(matrix, x, y, z) {
  const w = matrix[3] * x + matrix[7] * y + matrix[11] * z + matrix[15];
  if (w <= 0) return null;
  const at = i => (matrix[i] * x + matrix[4 + i] * y + matrix[8 + i] * z + matrix[12 + i]) / w;
  return [at(0), at(1), w];
}
