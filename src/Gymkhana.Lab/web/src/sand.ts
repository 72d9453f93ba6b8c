/** The server's grains; lengths in cells of the square. */
export interface SandPlan {
  grains: number;
  cells: number;
  side: number;
  radius: number;
  glow: number;
}

/** Tiles along each side of the square: the least that is drawn anew. */
export const tiles = 32;
const tileShift = 11;
// Places are looked up on a grid of 256 × 256, whose squares are the upper bytes of a place's coordinates.
const fine = 256;
const finePerTile = fine / tiles;
// Beside its own reach a grain's edge is smoothed over up to a pixel; in 1/65536 of the side.
const smoothing = 256;

/**
 * The grains of a race, in two words each as they come and as they are drawn: the place (x in the lower half, y in the upper) and the
 * look (red, green, blue, glow from the lowest byte).
 */
export class Sand {
  readonly grains: Uint32Array;
  /** Tiles, row by row, that have changed since somebody cleared this: 255, else 0. */
  readonly changed = new Uint8Array(tiles * tiles).fill(255);
  readonly #near = new Uint8Array(fine * fine);
  readonly #reach: number;

  constructor(readonly plan: SandPlan) {
    this.grains = new Uint32Array(2 * plan.grains);
    this.#reach = Math.ceil(((plan.radius + plan.glow) / plan.cells) * 65536) + smoothing;
  }

  /** Takes in changed grains: three words each, the number and what replaces the two. */
  change(news: Uint32Array): void {
    const { grains } = this;
    for (let k = 0; k + 2 < news.length; k += 3) {
      const at = 2 * (news[k] ?? 0);
      if (at >= grains.length) continue;
      const before = grains[at] ?? 0;
      const place = news[k + 1] ?? 0;
      this.#touch(place);
      if (before !== place) this.#touch(before);
      grains[at] = place;
      grains[at + 1] = news[k + 2] ?? 0;
    }
  }

  /** Copies the grains that reach into the tiles marked in `due`, in their order; gives how many. */
  gather(due: Uint8Array, into: Uint32Array): number {
    this.#markNear(due);
    const { grains } = this;
    const near = this.#near;
    let to = 0;
    for (let at = 0; at < grains.length; at += 2) {
      const place = grains[at] ?? 0;
      if (near[((place >>> 24) << 8) | ((place >>> 8) & 255)] === 0) continue;
      into[to++] = place;
      into[to++] = grains[at + 1] ?? 0;
    }
    return to / 2;
  }

  #touch(place: number): void {
    const x = place & 0xffff;
    const y = place >>> 16;
    const left = Math.max(0, x - this.#reach) >> tileShift;
    const right = Math.min(0xffff, x + this.#reach) >> tileShift;
    const top = (Math.max(0, y - this.#reach) >> tileShift) * tiles;
    const bottom = (Math.min(0xffff, y + this.#reach) >> tileShift) * tiles;
    this.changed[top + left] = 255;
    this.changed[top + right] = 255;
    this.changed[bottom + left] = 255;
    this.changed[bottom + right] = 255;
  }

  #markNear(due: Uint8Array): void {
    const margin = Math.ceil(this.#reach / (65536 / fine));
    this.#near.fill(0);
    for (let tile = 0; tile < due.length; tile++) {
      if (due[tile] === 0) continue;
      const left = Math.max(0, (tile % tiles) * finePerTile - margin);
      const right = Math.min(fine, (tile % tiles) * finePerTile + finePerTile + margin);
      const top = Math.max(0, Math.floor(tile / tiles) * finePerTile - margin);
      const bottom = Math.min(fine, Math.floor(tile / tiles) * finePerTile + finePerTile + margin);
      for (let row = top; row < bottom; row++) this.#near.fill(1, row * fine + left, row * fine + right);
    }
  }
}
