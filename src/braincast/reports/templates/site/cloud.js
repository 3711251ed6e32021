// A cloud of up to 100,000 points in WebGL: one buffer of places, one of colours, round points that shrink with distance.

const VERTEX = `
attribute vec3 place; attribute vec4 tone;
uniform mat4 view; uniform float size;
varying vec4 colour;
void main() {
  gl_Position = view * vec4(place, 1.0);
  gl_PointSize = clamp(size / gl_Position.w, 2.0, 64.0);
  colour = tone;
}`;
const FRAGMENT = `
precision mediump float;
varying vec4 colour;
void main() {
  vec2 at = gl_PointCoord * 2.0 - 1.0;
  float r = dot(at, at);
  if (r > 1.0 || colour.a == 0.0) discard;
  gl_FragColor = vec4(colour.rgb * (1.0 - 0.25 * r), 1.0);
}`;

function newCloud(canvas) {
  const gl = canvas.getContext("webgl", { antialias: true, preserveDrawingBuffer: true });
  if (gl === null) return null;
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  gl.useProgram(program);
  gl.enable(gl.DEPTH_TEST);
  return { gl, program, n: 0 };
}

function setBuffer(cloud, name, values, size, kind, normalised) {
  const { gl, program } = cloud;
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  const where = gl.getAttribLocation(program, name);
  gl.enableVertexAttribArray(where);
  gl.vertexAttribPointer(where, size, kind, normalised, 0, 0);
}

function setPlaces(cloud, places) {
  cloud.n = places.length / 3;
  setBuffer(cloud, "place", places, 3, cloud.gl.FLOAT, false);
}

function setTones(cloud, tones) {
  setBuffer(cloud, "tone", tones, 4, cloud.gl.UNSIGNED_BYTE, true);
}

function drawCloud(cloud, matrix, background, pointSize) {
  const { gl, program } = cloud;
  gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
  gl.clearColor(...background.map(v => v / 255), 1);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  gl.uniformMatrix4fv(gl.getUniformLocation(program, "view"), false, matrix);
  gl.uniform1f(gl.getUniformLocation(program, "size"), pointSize);
  gl.drawArrays(gl.POINTS, 0, cloud.n);
}
