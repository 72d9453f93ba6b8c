import { GlProgram } from 'pixi.js';

// What is drawn into the picture of the sand stays within the tiles that are stale.
const staleOnly = `uniform sampler2D uStale;
uniform vec4 uMap;
uniform vec2 uSize;
bool isStale() {
  vec2 place = (vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y) - uMap.zw) / uMap.xy;
  ivec2 tiles = textureSize(uStale, 0);
  return texelFetch(uStale, clamp(ivec2(floor(place * vec2(tiles))), ivec2(0), tiles - 1), 0).r > 0.5;
}`;

const grainVertex = `#version 300 es
in vec2 aPlace;
in vec4 aLook;
uniform vec4 uMap;
uniform vec2 uSize;
uniform vec2 uRadius;
out vec3 vColour;
out float vRadius;
void main() {
  vec2 place = aPlace * uMap.xy + uMap.zw;
  vRadius = uRadius.x + uRadius.y * aLook.a;
  vColour = aLook.rgb;
  gl_PointSize = 2.0 * vRadius + 1.0;
  gl_Position = vec4(2.0 * place.x / uSize.x - 1.0, 1.0 - 2.0 * place.y / uSize.y, 0.0, 1.0);
}`;

const grainFragment = `#version 300 es
in vec3 vColour;
in float vRadius;
${staleOnly}
out vec4 finalColor;
void main() {
  float coverage = clamp(vRadius + 0.5 - length(gl_PointCoord - 0.5) * (2.0 * vRadius + 1.0), 0.0, 1.0);
  if (coverage == 0.0 || !isStale()) discard;
  finalColor = vec4(vColour, 1.0) * coverage;
}`;

// One triangle that covers everything.
const coverVertex = `#version 300 es
in vec2 aCorner;
void main() {
  gl_Position = vec4(aCorner, 0.0, 1.0);
}`;

const groundFragment = `#version 300 es
${staleOnly}
uniform vec3 uGround;
out vec4 finalColor;
void main() {
  if (!isStale()) discard;
  finalColor = vec4(uGround, 1.0);
}`;

const copyFragment = `#version 300 es
uniform sampler2D uPicture;
out vec4 finalColor;
void main() {
  finalColor = texelFetch(uPicture, ivec2(gl_FragCoord.xy), 0);
}`;

const precision = { preferredFragmentPrecision: 'highp', preferredVertexPrecision: 'highp' } as const;
export const grainProgram = (): GlProgram => GlProgram.from({ name: 'grains', vertex: grainVertex, fragment: grainFragment, ...precision });
export const groundProgram = (): GlProgram => GlProgram.from({ name: 'ground', vertex: coverVertex, fragment: groundFragment, ...precision });
export const copyProgram = (): GlProgram => GlProgram.from({ name: 'copy', vertex: coverVertex, fragment: copyFragment, ...precision });
