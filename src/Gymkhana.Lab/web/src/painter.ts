import { earcut } from 'pixi.js';
import { type Batch, premultiplied, Shape } from './batch';
import { Flag, type Frame, Kind } from './frame';
import type { Glyphs } from './glyphs';

const horizontal = [0, 0.5, 1, 0];

/** Turns a frame into triangles for a picture of a given size in pixels. */
export class Painter {
  #width = 0;
  #height = 0;
  #corners: number[] = [];

  constructor(private readonly batch: Batch, private readonly glyphs: Glyphs, private readonly feathered: boolean) {}

  paint(frame: Frame, width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.batch.clear();
    for (let i = 0; i < frame.count; i++) this.#primitive(frame, i);
  }

  #primitive(frame: Frame, i: number): void {
    const { batch } = this;
    const start = frame.starts[i] ?? 0;
    const end = frame.starts[i + 1] ?? 0;
    if (end <= start) return;
    const flags = frame.flags[i] ?? 0;
    const colour = premultiplied(frame.colours[i] ?? 0, (flags & Flag.additive) !== 0);
    const radius = (frame.radii[i] ?? 0) * this.#height;
    const width = (frame.widths[i] ?? 0) * this.#height;
    const x = (frame.points[2 * start] ?? 0) * this.#width;
    const y = (frame.points[2 * start + 1] ?? 0) * this.#height;
    switch (frame.kinds[i]) {
      case Kind.polygon:
        this.#polygon(frame, start, end, colour);
        break;
      case Kind.polyline:
        this.#polyline(frame, start, end, width, flags, colour);
        break;
      case Kind.circle:
        batch.box(x, y, 1, 0, radius, radius, radius, Shape.fill, colour);
        break;
      case Kind.ring:
        batch.box(x, y, 1, 0, radius, radius, radius, width, colour);
        break;
      case Kind.soft:
        batch.box(x, y, 1, 0, radius, radius, Math.min(width, radius), Shape.soft, colour);
        break;
      case Kind.rectangle:
        this.#rectangle(frame, start, radius, colour);
        break;
      case Kind.text:
        this.#text(frame, i, x, y, colour, flags);
        break;
      case Kind.grains:
        for (let p = start, c = frame.extras[i] ?? 0; p < end; p++, c++) {
          const own = premultiplied(frame.grainColours[c] ?? 0, (flags & Flag.additive) !== 0);
          batch.box((frame.points[2 * p] ?? 0) * this.#width, (frame.points[2 * p + 1] ?? 0) * this.#height, 1, 0, radius, radius, radius, Shape.fill, own);
        }
        break;
    }
  }

  #rectangle(frame: Frame, start: number, radius: number, colour: number): void {
    const left = (frame.points[2 * start] ?? 0) * this.#width;
    const top = (frame.points[2 * start + 1] ?? 0) * this.#height;
    const right = (frame.points[2 * start + 2] ?? 0) * this.#width;
    const bottom = (frame.points[2 * start + 3] ?? 0) * this.#height;
    const halfX = Math.abs(right - left) / 2;
    const halfY = Math.abs(bottom - top) / 2;
    this.batch.box((left + right) / 2, (top + bottom) / 2, 1, 0, halfX, halfY, Math.min(radius, halfX, halfY), Shape.fill, colour);
  }

  #take(frame: Frame, start: number, end: number): void {
    this.#corners.length = 0;
    for (let p = start; p < end; p++) this.#corners.push((frame.points[2 * p] ?? 0) * this.#width, (frame.points[2 * p + 1] ?? 0) * this.#height);
  }

  #polygon(frame: Frame, start: number, end: number, colour: number): void {
    const count = end - start;
    if (count < 3) return;
    this.#take(frame, start, end);
    const corners = this.#corners;
    const first = this.batch.vertexCount;
    for (let p = 0; p < count; p++) this.batch.vertex(corners[2 * p] ?? 0, corners[2 * p + 1] ?? 0, 0, 0, 0, 0, 0, Shape.solid, colour);
    if (isConvex(corners)) {
      for (let p = 2; p < count; p++) this.batch.triangle(first, first + p - 1, first + p);
    } else {
      const triangles = earcut(corners);
      for (let t = 0; t + 2 < triangles.length; t += 3) {
        this.batch.triangle(first + (triangles[t] ?? 0), first + (triangles[t + 1] ?? 0), first + (triangles[t + 2] ?? 0));
      }
    }
    if (this.feathered) this.#feather(first);
  }

  /** A rim of a pixel around the polygon at hand, whose corners are the vertices from `first`, that fades to nothing. */
  #feather(first: number): void {
    const corners = this.#corners;
    const count = corners.length / 2;
    const outward = isClockwise(corners) ? 1 : -1;
    const outer = this.batch.vertexCount;
    for (let p = 0; p < count; p++) {
      const [ix, iy] = direction(corners, (p + count - 1) % count, p);
      const [ox, oy] = direction(corners, p, (p + 1) % count);
      const length = Math.hypot(ix + ox, iy + oy) || 1;
      const [nx, ny] = [(outward * (iy + oy)) / length, (-outward * (ix + ox)) / length];
      this.batch.vertex((corners[2 * p] ?? 0) + nx, (corners[2 * p + 1] ?? 0) + ny, 0, 0, 0, 0, 0, Shape.solid, 0);
    }
    for (let p = 0; p < count; p++) {
      const q = (p + 1) % count;
      this.batch.triangle(first + p, outer + p, first + q);
      this.batch.triangle(outer + p, outer + q, first + q);
    }
  }

  #polyline(frame: Frame, start: number, end: number, width: number, flags: number, colour: number): void {
    this.#take(frame, start, end);
    const corners = this.#corners;
    if ((flags & Flag.closed) !== 0 && corners.length > 4) corners.push(corners[0] ?? 0, corners[1] ?? 0);
    const closed = (flags & Flag.closed) !== 0;
    const round = (flags & Flag.round) !== 0;
    const segments = corners.length / 2 - 1;
    const opaque = colour >>> 24 === 255;
    if (segments > 1 && !opaque) {
      this.#strip(corners, width, closed, colour);
      return;
    }
    const half = width / 2;
    for (let s = 0; s < segments; s++) {
      const ax = corners[2 * s] ?? 0;
      const ay = corners[2 * s + 1] ?? 0;
      const dx = (corners[2 * s + 2] ?? 0) - ax;
      const dy = (corners[2 * s + 3] ?? 0) - ay;
      const length = Math.hypot(dx, dy);
      if (length < 1e-6) continue;
      // Joins are round: a segment that ends in one is a capsule; a butt end is drawn as a box, which the neighbour's cap completes.
      const capped = round || (segments > 1 && (closed || (s > 0 && s < segments - 1)));
      const extent = capped ? length / 2 + half : length / 2;
      this.batch.box(ax + dx / 2, ay + dy / 2, dx / length, dy / length, extent, half, capped ? half : 0, Shape.fill, colour);
      if (!capped && s + 1 < segments) this.batch.box(ax + dx, ay + dy, 1, 0, half, half, half, Shape.fill, colour);
    }
  }

  /** A see-through stroke of several segments: one mitred strip, so that nothing is covered twice. */
  #strip(corners: number[], width: number, closed: boolean, colour: number): void {
    const count = corners.length / 2;
    const half = width / 2;
    const reach = half + 1;
    let previous = -1;
    for (let p = 0; p < count; p++) {
      const before = p > 0 ? p - 1 : closed ? count - 2 : 0;
      const after = p + 1 < count ? p + 1 : closed ? 1 : p;
      let [ix, iy] = direction(corners, before, p);
      let [ox, oy] = direction(corners, p, after);
      if (ix === 0 && iy === 0) [ix, iy] = [ox, oy];
      if (ox === 0 && oy === 0) [ox, oy] = [ix, iy];
      const length = Math.hypot(ix + ox, iy + oy) || 1;
      const tx = (ix + ox) / length;
      const ty = (iy + oy) / length;
      const mitre = Math.min(2, 1 / Math.max(0.1, tx * ox + ty * oy)) * reach;
      const x = corners[2 * p] ?? 0;
      const y = corners[2 * p + 1] ?? 0;
      const left = this.batch.vertex(x + ty * mitre, y - tx * mitre, 0, -reach, 1e6, half, 0, Shape.fill, colour);
      const right = this.batch.vertex(x - ty * mitre, y + tx * mitre, 0, reach, 1e6, half, 0, Shape.fill, colour);
      if (previous >= 0) {
        this.batch.triangle(previous, previous + 1, left);
        this.batch.triangle(previous + 1, right, left);
      }
      previous = left;
    }
  }

  #text(frame: Frame, i: number, x: number, y: number, colour: number, flags: number): void {
    const em = (frame.radii[i] ?? 0) * this.#height;
    const text = frame.texts[frame.extras[i] ?? 0] ?? '';
    const style = this.glyphs.style(em, frame.widths[i] ?? 1);
    const scale = em / style.size;
    const across = scale * style.narrow;
    const vertical = (flags >> 6) & 3;
    let pen = x - this.glyphs.widthOf(text, style) * across * (horizontal[(flags >> 4) & 3] ?? 0);
    const base = y + scale * (vertical === 1 ? style.capital : vertical === 2 ? style.capital / 2 : vertical === 3 ? -style.descent : 0);
    for (const letter of text) {
      const glyph = this.glyphs.glyph(letter, style);
      if (glyph.width > 0) {
        const left = pen + glyph.left * across;
        const top = base - glyph.above * scale;
        const right = left + glyph.width * across;
        const bottom = top + glyph.height * scale;
        const { u, v } = glyph;
        const a = this.batch.vertex(left, top, u, v, 0, 0, 0, Shape.glyph, colour);
        const b = this.batch.vertex(right, top, u + glyph.width, v, 0, 0, 0, Shape.glyph, colour);
        const c = this.batch.vertex(right, bottom, u + glyph.width, v + glyph.height, 0, 0, 0, Shape.glyph, colour);
        const d = this.batch.vertex(left, bottom, u, v + glyph.height, 0, 0, 0, Shape.glyph, colour);
        this.batch.triangle(a, b, c);
        this.batch.triangle(a, c, d);
      }
      pen += glyph.advance * across;
    }
  }
}

function direction(corners: number[], from: number, to: number): [number, number] {
  const dx = (corners[2 * to] ?? 0) - (corners[2 * from] ?? 0);
  const dy = (corners[2 * to + 1] ?? 0) - (corners[2 * from + 1] ?? 0);
  const length = Math.hypot(dx, dy);
  return length > 1e-6 ? [dx / length, dy / length] : [0, 0];
}

/** Whether corners go around clockwise, y down. */
function isClockwise(corners: number[]): boolean {
  let area = 0;
  for (let a = corners.length - 2, b = 0; b < corners.length; a = b, b += 2) {
    area += (corners[a] ?? 0) * (corners[b + 1] ?? 0) - (corners[b] ?? 0) * (corners[a + 1] ?? 0);
  }
  return area > 0;
}

/** Whether all corners turn the same way, and once around in all. */
function isConvex(corners: number[]): boolean {
  const count = corners.length / 2;
  if (count === 3) return true;
  let sign = 0;
  let turns = 0;
  let last = 0;
  for (let p = 0; p < count; p++) {
    const a = 2 * p;
    const b = 2 * ((p + 1) % count);
    const c = 2 * ((p + 2) % count);
    const x1 = (corners[b] ?? 0) - (corners[a] ?? 0);
    const y1 = (corners[b + 1] ?? 0) - (corners[a + 1] ?? 0);
    const x2 = (corners[c] ?? 0) - (corners[b] ?? 0);
    const y2 = (corners[c + 1] ?? 0) - (corners[b + 1] ?? 0);
    const cross = x1 * y2 - y1 * x2;
    if (cross !== 0) {
      if (sign !== 0 && Math.sign(cross) !== sign) return false;
      sign = Math.sign(cross);
    }
    const side = Math.sign(x1);
    if (side !== 0 && side !== last) {
      if (last !== 0) turns++;
      last = side;
    }
  }
  return turns <= 2;
}
