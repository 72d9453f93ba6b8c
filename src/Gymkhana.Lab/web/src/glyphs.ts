import { CanvasSource } from 'pixi.js';

export interface GlyphStyle {
  font: string;
  size: number;
  capital: number;
  descent: number;
  /** By how much letters are set narrower, so that a line is no longer than the world has room for. */
  narrow: number;
  glyphs: Map<string, Glyph>;
}

export interface Glyph {
  u: number;
  v: number;
  width: number;
  height: number;
  left: number;
  above: number;
  advance: number;
}

const sizes = [10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128];
const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const space = 2;

// Worlds lay out their words for a font whose digits have this advance, in em; a heavier pen takes more.
const digitAdvance = 0.578;
const advanceOfWeight = 0.07;

/** Letters, drawn once each into one texture. Where it is full it begins anew. */
export class Glyphs {
  readonly side = 1024;
  readonly source: CanvasSource;
  readonly #context: CanvasRenderingContext2D;
  readonly #styles = new Map<string, GlyphStyle>();
  #x = space;
  #y = space;
  #row = 0;
  #dirty = false;
  #full = false;

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = this.side;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser cannot draw on a canvas.');
    this.#context = context;
    context.fillStyle = '#fff';
    this.source = new CanvasSource({ resource: canvas, alphaMode: 'premultiply-alpha-on-upload', scaleMode: 'linear' });
  }

  style(em: number, weight: number): GlyphStyle {
    const size = sizes.find((s) => s >= em * 0.98) ?? 128;
    const thickness = weight < 0.85 ? 300 : weight < 1.2 ? 400 : weight < 1.45 ? 600 : 700;
    const key = `${thickness}/${size}`;
    let style = this.#styles.get(key);
    if (!style) {
      const font = `${thickness} ${size}px ${family}`;
      this.#context.font = font;
      style = {
        font,
        size,
        glyphs: new Map(),
        capital: this.#context.measureText('H').actualBoundingBoxAscent,
        descent: this.#context.measureText('p').actualBoundingBoxDescent,
        narrow: Math.min(1, (size * (digitAdvance + advanceOfWeight * Math.max(0, weight - 1))) / this.#context.measureText('0').width),
      };
      this.#styles.set(key, style);
    }
    return style;
  }

  widthOf(text: string, style: GlyphStyle): number {
    let width = 0;
    for (const letter of text) width += this.glyph(letter, style).advance;
    return width;
  }

  glyph(letter: string, style: GlyphStyle): Glyph {
    const known = style.glyphs.get(letter);
    if (known) return known;
    const context = this.#context;
    context.font = style.font;
    const measure = context.measureText(letter);
    const left = Math.floor(-measure.actualBoundingBoxLeft) - 1;
    const above = Math.ceil(measure.actualBoundingBoxAscent) + 1;
    const width = Math.max(0, Math.ceil(measure.actualBoundingBoxRight) + 1 - left);
    const height = Math.max(0, Math.ceil(measure.actualBoundingBoxDescent) + 1 + above);
    const glyph: Glyph = { u: 0, v: 0, width: letter.trim() ? width : 0, height, left, above, advance: measure.width };
    if (glyph.width > 0) this.#place(letter, glyph);
    style.glyphs.set(letter, glyph);
    return glyph;
  }

  /** Hands new letters to the graphics card. True where the texture was full, so that the picture has to be painted once more. */
  flush(): boolean {
    if (this.#full) {
      this.#full = false;
      this.#context.clearRect(0, 0, this.side, this.side);
      this.#x = this.#y = space;
      this.#row = 0;
      for (const style of this.#styles.values()) style.glyphs.clear();
      return true;
    }
    if (this.#dirty) this.source.update();
    this.#dirty = false;
    return false;
  }

  destroy(): void {
    this.source.destroy();
  }

  #place(letter: string, glyph: Glyph): void {
    if (this.#x + glyph.width + space > this.side) {
      this.#x = space;
      this.#y += this.#row + space;
      this.#row = 0;
    }
    if (this.#y + glyph.height + space > this.side) {
      this.#full = true;
      glyph.width = 0;
      return;
    }
    this.#context.fillText(letter, this.#x - glyph.left, this.#y + glyph.above);
    glyph.u = this.#x;
    glyph.v = this.#y;
    this.#x += glyph.width + space;
    this.#row = Math.max(this.#row, glyph.height);
    this.#dirty = true;
  }
}
