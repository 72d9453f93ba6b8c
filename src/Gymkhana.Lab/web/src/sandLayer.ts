import { Buffer, BufferImageSource, BufferUsage, Container, Geometry, RenderContainer, type Renderer, RenderTexture, Shader, State, UniformGroup, WebGLRenderer } from 'pixi.js';
import { type Sand, tiles } from './sand';
import { grainProgram, groundProgram } from './sandShader';

/** Where the square lies in a picture, in parts of the picture. */
export interface SquarePlace {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A part of the square, from 0 to 1. */
export interface SquarePart {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

// The ground below the sand, as the server's films have it.
export const ground = [0x1b, 0x20, 0x28] as const;
const dynamic = BufferUsage.VERTEX | BufferUsage.COPY_DST;

/** A picture of the sand at one scale that is kept: only tiles that have changed, and can be seen, are drawn anew. */
export class SandLayer {
  readonly picture = RenderTexture.create({ width: 16, height: 16, resolution: 1, antialias: false });
  readonly #stale = new Uint8Array(tiles * tiles).fill(255);
  readonly #due = new Uint8Array(tiles * tiles);
  readonly #dueTiles = new BufferImageSource({ resource: this.#due, width: tiles, height: tiles, format: 'r8unorm', scaleMode: 'nearest' });
  readonly #tilePlaces = new Uint16Array(2 * tiles * tiles);
  readonly #tilePoints = new Buffer({ data: this.#tilePlaces, usage: dynamic });
  readonly #tileGeometry = new Geometry({ attributes: { aPlace: { buffer: this.#tilePoints, format: 'unorm16x2' } } });
  readonly #drawn: Uint32Array;
  readonly #grainPoints: Buffer;
  readonly #grainGeometry: Geometry;
  readonly #place = new UniformGroup({
    uMap: { value: new Float32Array(4), type: 'vec4<f32>' },
    uSize: { value: new Float32Array(2), type: 'vec2<f32>' },
    uRadius: { value: new Float32Array(2), type: 'vec2<f32>' },
    uTile: { value: 1, type: 'f32' },
    uGround: { value: new Float32Array(ground.map((part) => part / 255)), type: 'vec3<f32>' },
  });
  readonly #groundShader = new Shader({ glProgram: groundProgram(), resources: { uDue: this.#dueTiles, sand: this.#place } });
  readonly #grainShader = new Shader({ glProgram: grainProgram(), resources: { uDue: this.#dueTiles, sand: this.#place } });
  readonly #over = State.for2d();
  readonly #opaque = State.for2d();
  readonly #stage = new Container();
  #grains = 0;
  #tiles = 0;
  #empty = true;

  constructor(private readonly sand: Sand) {
    this.#drawn = new Uint32Array(sand.grains.length);
    this.#grainPoints = new Buffer({ data: this.#drawn, usage: dynamic });
    this.#grainGeometry = new Geometry({
      attributes: {
        aPlace: { buffer: this.#grainPoints, format: 'unorm16x2', stride: 8, offset: 0 },
        aLook: { buffer: this.#grainPoints, format: 'unorm8x4', stride: 8, offset: 4 },
      },
    });
    this.#over.blendMode = 'normal';
    this.#opaque.blend = false;
    this.#stage.addChild(new RenderContainer((renderer: Renderer) => {
      if (renderer instanceof WebGLRenderer) this.#draw(renderer);
    }));
  }

  /** Some tiles have changed. */
  touch(changed: Uint8Array): void {
    for (let tile = 0; tile < changed.length; tile++) if (changed[tile] !== 0) this.#stale[tile] = 255;
  }

  /** Brings what can be seen of the picture, which is `width` × `height` pixels, up to date. */
  update(renderer: WebGLRenderer, width: number, height: number, place: SquarePlace, seen: SquarePart): void {
    if (this.picture.width !== width || this.picture.height !== height) {
      this.picture.resize(width, height);
      this.#stale.fill(255);
      this.#empty = true;
    }
    this.#choose(seen);
    if (this.#tiles === 0) return;
    const { plan } = this.sand;
    this.#grains = this.sand.gather(this.#due, this.#drawn);
    const across = place.width * width;
    const cell = across / plan.cells;
    const { uMap, uSize, uRadius } = this.#place.uniforms;
    uMap.set([across, place.height * height, place.left * width, place.top * height]);
    uSize.set([width, height]);
    uRadius.set([plan.radius * cell, plan.glow * cell]);
    // A tile at the square's edge has grains that reach out of it.
    this.#place.uniforms.uTile = Math.ceil(across / tiles + 2 * (plan.radius + plan.glow) * cell) + 2;
    this.#place.update();
    this.#dueTiles.update();
    this.#tilePoints.setDataWithSize(this.#tilePlaces, 2 * this.#tiles, true);
    if (this.#grains > 0) this.#grainPoints.setDataWithSize(this.#drawn, 2 * this.#grains, true);
    renderer.render({ container: this.#stage, target: this.picture, clear: this.#empty, clearColor: [...ground.map((part) => part / 255), 1] });
    this.#empty = false;
  }

  destroy(): void {
    this.#stage.destroy({ children: true });
    this.#groundShader.destroy();
    this.#grainShader.destroy();
    this.#tileGeometry.destroy(true);
    this.#grainGeometry.destroy(true);
    this.#dueTiles.destroy();
    this.picture.destroy(true);
  }

  /** Due is what is stale and can be seen. */
  #choose(seen: SquarePart): void {
    const within = (at: number): number => Math.min(tiles - 1, Math.max(0, Math.floor(at * tiles)));
    const [left, right, top, bottom] = [within(seen.left), within(seen.right), within(seen.top), within(seen.bottom)];
    this.#due.fill(0);
    this.#tiles = 0;
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const tile = row * tiles + column;
        if (this.#stale[tile] === 0) continue;
        this.#stale[tile] = 0;
        this.#due[tile] = 255;
        this.#tilePlaces[2 * this.#tiles] = ((column + 0.5) / tiles) * 65535;
        this.#tilePlaces[2 * this.#tiles + 1] = ((row + 0.5) / tiles) * 65535;
        this.#tiles++;
      }
    }
  }

  #draw(renderer: WebGLRenderer): void {
    renderer.encoder.draw({ geometry: this.#tileGeometry, shader: this.#groundShader, state: this.#opaque, topology: 'point-list', size: this.#tiles });
    if (this.#grains > 0) renderer.encoder.draw({ geometry: this.#grainGeometry, shader: this.#grainShader, state: this.#over, topology: 'point-list', size: this.#grains });
  }
}
