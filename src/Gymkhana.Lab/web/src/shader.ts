import { GlProgram } from 'pixi.js';

const vertex = `#version 300 es
in vec2 aPlace;
in vec2 aLocal;
in vec4 aShape;
in vec4 aColour;
uniform vec2 uSize;
uniform vec2 uCorner;
out vec2 vLocal;
out vec4 vColour;
flat out vec4 vShape;
void main() {
  vLocal = aLocal;
  vShape = aShape;
  vColour = aColour;
  vec2 place = aPlace - uCorner;
  gl_Position = vec4(2.0 * place.x / uSize.x - 1.0, 1.0 - 2.0 * place.y / uSize.y, 0.0, 1.0);
}`;

// A shape is (half width, half height, corner radius, kind); all lengths are pixels, so that a distance is a coverage.
const fragment = `#version 300 es
in vec2 vLocal;
in vec4 vColour;
flat in vec4 vShape;
uniform sampler2D uGlyphs;
out vec4 finalColor;
float coverage() {
  float kind = vShape.w;
  if (kind < -3.5) return 1.0;
  if (kind < -2.5) return texture(uGlyphs, vLocal / vec2(textureSize(uGlyphs, 0))).a;
  if (kind < -1.5) {
    float core = vShape.x * vShape.x;
    float rim = max(vShape.z * vShape.z, core + 1e-4);
    float fade = 1.0 - clamp((dot(vLocal, vLocal) - core) / (rim - core), 0.0, 1.0);
    return fade * fade;
  }
  vec2 q = abs(vLocal) - vShape.xy + vShape.z;
  float d = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - vShape.z;
  if (kind < -0.5) {
    // What is thinner than a pixel covers less than one.
    return min(1.0, 2.0 * min(vShape.x, vShape.y)) * clamp(0.5 - d, 0.0, 1.0);
  }
  return min(1.0, kind) * clamp(0.5 + max(kind, 1.0) / 2.0 - abs(d), 0.0, 1.0);
}
void main() {
  finalColor = vColour * coverage();
}`;

export const program = (): GlProgram => GlProgram.from({ name: 'scene', vertex, fragment, preferredFragmentPrecision: 'highp' });
