/** What the fragment shader makes of a vertex's shape (see shader.ts); widths of strokes are 0 or more. */
export const Shape = { fill: -1, soft: -2, glyph: -3, solid: -4 } as const;

export const floatsPerVertex = 9;

/** Vertices and indices of one picture, in painter's order; the arrays grow and are kept. */
export class Batch {
  floats = new Float32Array(floatsPerVertex * 4096);
  words = new Uint32Array(this.floats.buffer);
  indices = new Uint32Array(8192);
  vertexCount = 0;
  indexCount = 0;

  clear(): void {
    this.vertexCount = 0;
    this.indexCount = 0;
  }

  /** Adds a vertex: its place and its place within its shape in pixels, the shape's half size, corner radius and kind, and its colour. */
  vertex(x: number, y: number, u: number, v: number, halfX: number, halfY: number, radius: number, kind: number, colour: number): number {
    let at = this.vertexCount * floatsPerVertex;
    if (at + floatsPerVertex > this.floats.length) this.#moreVertices();
    const floats = this.floats;
    floats[at++] = x;
    floats[at++] = y;
    floats[at++] = u;
    floats[at++] = v;
    floats[at++] = halfX;
    floats[at++] = halfY;
    floats[at++] = radius;
    floats[at++] = kind;
    this.words[at] = colour;
    return this.vertexCount++;
  }

  triangle(a: number, b: number, c: number): void {
    if (this.indexCount + 3 > this.indices.length) {
      const bigger = new Uint32Array(this.indices.length * 2);
      bigger.set(this.indices);
      this.indices = bigger;
    }
    this.indices[this.indexCount++] = a;
    this.indices[this.indexCount++] = b;
    this.indices[this.indexCount++] = c;
  }

  /** A rounded box around (x, y) whose axis points along (ax, ay); the shader cuts its shape out of a quad one pixel larger. */
  box(x: number, y: number, ax: number, ay: number, halfX: number, halfY: number, radius: number, kind: number, colour: number): void {
    const stroke = kind > 0 ? kind / 2 : 0;
    const u = halfX + stroke + 1;
    const v = halfY + stroke + 1;
    // A soft circle's half size is free for the radius of its core.
    const shapeX = kind === Shape.soft ? radius : halfX;
    const shapeR = kind === Shape.soft ? halfX : radius;
    const a = this.vertex(x - ax * u + ay * v, y - ay * u - ax * v, -u, -v, shapeX, halfY, shapeR, kind, colour);
    const b = this.vertex(x + ax * u + ay * v, y + ay * u - ax * v, u, -v, shapeX, halfY, shapeR, kind, colour);
    const c = this.vertex(x + ax * u - ay * v, y + ay * u + ax * v, u, v, shapeX, halfY, shapeR, kind, colour);
    const d = this.vertex(x - ax * u - ay * v, y - ay * u + ax * v, -u, v, shapeX, halfY, shapeR, kind, colour);
    this.triangle(a, b, c);
    this.triangle(a, c, d);
  }

  #moreVertices(): void {
    const bigger = new Float32Array(this.floats.length * 2);
    bigger.set(this.floats);
    this.floats = bigger;
    this.words = new Uint32Array(bigger.buffer);
  }
}

/** A straight colour as a premultiplied one; light that is added has no alpha. */
export function premultiplied(colour: number, additive: boolean): number {
  const alpha = colour >>> 24;
  if (alpha === 255 && !additive) return colour;
  const red = Math.round(((colour & 255) * alpha) / 255);
  const green = Math.round((((colour >>> 8) & 255) * alpha) / 255);
  const blue = Math.round((((colour >>> 16) & 255) * alpha) / 255);
  return (red | (green << 8) | (blue << 16) | ((additive ? 0 : alpha) << 24)) >>> 0;
}
