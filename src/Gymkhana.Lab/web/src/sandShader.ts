import { GlProgram } from 'pixi.js';

// What is drawn stays within the tiles that are due.
const dueOnly = `uniform sampler2D uDue;
uniform vec4 uMap;
uniform vec2 uSize;
bool isDue() {
  vec2 place = (vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y) - uMap.zw) / uMap.xy;
  ivec2 tiles = textureSize(uDue, 0);
  return texelFetch(uDue, clamp(ivec2(floor(place * vec2(tiles))), ivec2(0), tiles - 1), 0).r > 0.5;
}`;

const onMap = `uniform vec4 uMap;
uniform vec2 uSize;
vec4 onMap(vec2 square) {
  vec2 place = square * uMap.xy + uMap.zw;
  return vec4(2.0 * place.x / uSize.x - 1.0, 1.0 - 2.0 * place.y / uSize.y, 0.0, 1.0);
}`;

const grainVertex = `#version 300 es
in vec2 aPlace;
in vec4 aLook;
uniform vec2 uRadius;
${onMap}
out vec3 vColour;
out float vRadius;
void main() {
  vRadius = uRadius.x + uRadius.y * aLook.a;
  vColour = aLook.rgb;
  gl_PointSize = 2.0 * vRadius + 1.0;
  gl_Position = onMap(aPlace);
}`;

const grainFragment = `#version 300 es
in vec3 vColour;
in float vRadius;
${dueOnly}
out vec4 finalColor;
void main() {
  if (!isDue()) discard;
  finalColor = vec4(vColour, 1.0) * clamp(vRadius + 0.5 - length(gl_PointCoord - 0.5) * (2.0 * vRadius + 1.0), 0.0, 1.0);
}`;

// The ground is laid tile by tile.
const groundVertex = `#version 300 es
in vec2 aPlace;
uniform float uTile;
${onMap}
void main() {
  gl_PointSize = uTile;
  gl_Position = onMap(aPlace);
}`;

const groundFragment = `#version 300 es
${dueOnly}
uniform vec3 uGround;
out vec4 finalColor;
void main() {
  if (!isDue()) discard;
  finalColor = vec4(uGround, 1.0);
}`;

// One triangle that covers everything: a part of the sand's picture.
const windowVertex = `#version 300 es
in vec2 aCorner;
uniform vec4 uWindow;
out vec2 vPlace;
void main() {
  vPlace = vec2(0.0, 1.0) + vec2(1.0, -1.0) * (uWindow.xy + uWindow.zw * vec2(0.5 + 0.5 * aCorner.x, 0.5 - 0.5 * aCorner.y));
  gl_Position = vec4(aCorner, 0.0, 1.0);
}`;

const windowFragment = `#version 300 es
in vec2 vPlace;
uniform sampler2D uPicture;
out vec4 finalColor;
void main() {
  finalColor = texture(uPicture, vPlace);
}`;

const precision = { preferredFragmentPrecision: 'highp', preferredVertexPrecision: 'highp' } as const;
export const grainProgram = (): GlProgram => GlProgram.from({ name: 'grains', vertex: grainVertex, fragment: grainFragment, ...precision });
export const groundProgram = (): GlProgram => GlProgram.from({ name: 'ground', vertex: groundVertex, fragment: groundFragment, ...precision });
export const windowProgram = (): GlProgram => GlProgram.from({ name: 'window', vertex: windowVertex, fragment: windowFragment, ...precision });
