/** Kinds of primitives, numbered as in docs/lab.md. */
export const Kind = { polygon: 0, polyline: 1, circle: 2, ring: 3, soft: 4, rectangle: 5, text: 6, grains: 7 } as const;
/** Flags of a primitive. */
export const Flag = { closed: 1, round: 2, additive: 4 } as const;
const version = 1;
const yUpFlag = 1;
const full = 16384;

/**
 * A decoded frame. One object is decoded into again and again: its arrays grow and are kept. Points lie in the unit square of the part
 * shown, x to the right and y down; lengths are fractions of its height.
 */
export class Frame {
  number = 0;
  episode = 0;
  step = 0;
  seconds = 0;
  return = 0;
  figures = new Float32Array(0);
  /** The part of the world that is shown: its lowest coordinates and its size. */
  lowX = 0;
  lowY = 0;
  width = 1;
  height = 1;
  /** Width of the part shown over its height. */
  aspect = 1;
  background = 0;
  count = 0;
  kinds = new Uint8Array(256);
  flags = new Uint8Array(256);
  /** Colours as red, green, blue, alpha from the lowest byte. */
  colours = new Uint32Array(256);
  radii = new Float32Array(256);
  widths = new Float32Array(256);
  starts = new Uint32Array(257);
  /** Where a primitive's grain colours begin, or which of `texts` is its own. */
  extras = new Uint32Array(256);
  points = new Float32Array(4096);
  grainColours = new Uint32Array(1024);
  texts: string[] = [];
  /** What the nodes of the network at work compute; none where there is no network. */
  activations = new Float32Array(0);

  decode(data: ArrayBuffer, from = 0): void {
    const view = new DataView(data, from);
    if (view.getUint8(0) !== version) throw new Error(`This page reads frames of version ${version}; the lab sent version ${view.getUint8(0)}. Reload the page.`);
    const yUp = (view.getUint8(1) & yUpFlag) !== 0;
    const figures = view.getUint16(2, true);
    this.number = view.getUint32(4, true);
    this.episode = view.getUint32(8, true);
    this.step = view.getUint32(12, true);
    this.seconds = view.getFloat64(16, true);
    this.return = view.getFloat32(24, true);
    if (this.figures.length !== figures) this.figures = new Float32Array(figures);
    let at = 28;
    for (let i = 0; i < figures; i++, at += 4) this.figures[i] = view.getFloat32(at, true);
    const [left, bottom, right, top] = [view.getFloat32(at, true), view.getFloat32(at + 4, true), view.getFloat32(at + 8, true), view.getFloat32(at + 12, true)];
    this.lowX = Math.min(left, right);
    this.lowY = Math.min(bottom, top);
    this.width = Math.abs(right - left) || 1;
    this.height = Math.abs(top - bottom) || 1;
    this.aspect = this.width / this.height;
    this.background = view.getUint32(at + 16, true);
    this.count = view.getUint32(at + 20, true);
    this.texts.length = 0;
    at = this.#primitives(view, at + 24, 1 / this.height, yUp ? -1 / full : 1 / full);
    const nodes = view.getUint32(at, true);
    if (this.activations.length !== nodes) this.activations = new Float32Array(nodes);
    for (let i = 0; i < nodes; i++) this.activations[i] = view.getFloat32(at + 4 + 4 * i, true);
  }

  #primitives(view: DataView, from: number, scale: number, down: number): number {
    this.#room(this.count);
    let at = from;
    let point = 0;
    let grain = 0;
    for (let i = 0; i < this.count; i++) {
      const kind = view.getUint8(at);
      this.kinds[i] = kind;
      this.flags[i] = view.getUint8(at + 1);
      this.colours[i] = view.getUint32(at + 2, true);
      this.radii[i] = view.getFloat32(at + 6, true) * scale;
      const stroke = view.getFloat32(at + 10, true);
      this.widths[i] = kind === Kind.text ? stroke : stroke * scale;
      const points = view.getUint32(at + 14, true);
      at += 18;
      this.starts[i] = point;
      if ((point + points) * 2 > this.points.length) this.points = grown(this.points, (point + points) * 2);
      for (let p = 0; p < points; p++, point++, at += 4) {
        this.points[2 * point] = 0.5 + view.getInt16(at, true) / full;
        this.points[2 * point + 1] = 0.5 + view.getInt16(at + 2, true) * down;
      }
      if (kind === Kind.grains) {
        this.extras[i] = grain;
        if (grain + points > this.grainColours.length) this.grainColours = grown(this.grainColours, grain + points);
        for (let p = 0; p < points; p++, at += 4) this.grainColours[grain++] = view.getUint32(at, true);
      } else if (kind === Kind.text) {
        const length = view.getUint16(at, true);
        this.extras[i] = this.texts.length;
        this.texts.push(decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at + 2, length)));
        at += 2 + length;
      }
    }
    this.starts[this.count] = point;
    return at;
  }

  #room(count: number): void {
    if (count <= this.kinds.length) return;
    const size = Math.max(count, this.kinds.length * 2);
    this.kinds = new Uint8Array(size);
    this.flags = new Uint8Array(size);
    this.colours = new Uint32Array(size);
    this.radii = new Float32Array(size);
    this.widths = new Float32Array(size);
    this.starts = new Uint32Array(size + 1);
    this.extras = new Uint32Array(size);
  }
}

const decoder = new TextDecoder();

function grown<T extends Float32Array | Uint32Array>(array: T, least: number): T {
  const size = Math.max(least, array.length * 2);
  const bigger = (array instanceof Float32Array ? new Float32Array(size) : new Uint32Array(size)) as T;
  bigger.set(array);
  return bigger;
}
