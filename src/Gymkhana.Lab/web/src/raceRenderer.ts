import { Buffer, BufferImageSource, BufferUsage, Container, Geometry, RenderContainer, type Renderer, RenderTexture, Shader, State, UniformGroup, WebGLRenderer } from 'pixi.js';
import type { Camera } from './camera';
import type { Frame } from './frame';
import { Picture } from './picture';
import { type Sand, tiles } from './sand';
import { copyProgram, grainProgram, groundProgram } from './sandShader';

// The ground below the sand, as the server's films have it.
const ground = [0x1b, 0x20, 0x28] as const;

/** Draws a race: the sand into a picture of its own, of which only stale tiles are drawn anew, and upon it what walks there. */
export class RaceRenderer {
  readonly #renderer = new WebGLRenderer();
  readonly #picture = new Picture();
  readonly #stage = new Container();
  readonly #sandStage = new Container();
  readonly #sandPicture = RenderTexture.create({ width: 16, height: 16, resolution: 1, antialias: false });
  readonly #stale = new Uint8Array(tiles * tiles);
  readonly #staleTiles = new BufferImageSource({ resource: this.#stale, width: tiles, height: tiles, format: 'r8unorm', scaleMode: 'nearest' });
  readonly #place = new UniformGroup({
    uMap: { value: new Float32Array(4), type: 'vec4<f32>' },
    uSize: { value: new Float32Array(2), type: 'vec2<f32>' },
    uRadius: { value: new Float32Array(2), type: 'vec2<f32>' },
    uGround: { value: new Float32Array(ground.map((part) => part / 255)), type: 'vec3<f32>' },
  });
  readonly #cover = new Geometry({ attributes: { aCorner: { buffer: new Float32Array([-1, -1, 3, -1, -1, 3]), format: 'float32x2' } } });
  readonly #groundShader = new Shader({ glProgram: groundProgram(), resources: { uStale: this.#staleTiles, sand: this.#place } });
  readonly #grainShader = new Shader({ glProgram: grainProgram(), resources: { uStale: this.#staleTiles, sand: this.#place } });
  readonly #copyShader = new Shader({ glProgram: copyProgram(), resources: { uPicture: this.#sandPicture.source } });
  readonly #over = State.for2d();
  readonly #opaque = State.for2d();
  #sand: Sand | null = null;
  #drawn = new Uint32Array(0);
  #count = 0;
  #grains = new Buffer({ data: this.#drawn, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST });
  #geometry = new Geometry();
  #looked: Camera = { x: 0, y: 0, zoom: 0 };

  private constructor() {
    this.#over.blendMode = 'normal';
    this.#opaque.blend = false;
    this.#sandStage.addChild(stage((renderer) => this.#drawSand(renderer)));
    this.#stage.addChild(stage((renderer) => {
      renderer.encoder.draw({ geometry: this.#cover, shader: this.#copyShader, state: this.#opaque, topology: 'triangle-list', size: 3 });
      this.#picture.draw(renderer);
    }));
  }

  static async create(canvas: HTMLCanvasElement): Promise<RaceRenderer> {
    const race = new RaceRenderer();
    await race.#renderer.init({
      canvas, width: canvas.width, height: canvas.height, resolution: 1, antialias: true, backgroundAlpha: 1, skipExtensionImports: true,
      clearBeforeRender: false, powerPreference: 'low-power',
    });
    race.#sandPicture.resize(canvas.width, canvas.height);
    return race;
  }

  resize(width: number, height: number): void {
    if (this.#renderer.width === width && this.#renderer.height === height) return;
    this.#renderer.resize(width, height);
    this.#sandPicture.resize(width, height);
    this.#looked.zoom = 0;
  }

  render(sand: Sand, frame: Frame, camera: Camera): void {
    if (sand !== this.#sand) this.#begin(sand);
    const { width, height } = this.#renderer;
    const left = camera.x * camera.zoom * width - width / 2;
    const top = camera.y * camera.zoom * height - height / 2;
    this.#renderSand(sand, frame, camera, left, top);
    this.#picture.take(frame, width, height, camera.zoom, left, top);
    this.#renderer.render({ container: this.#stage });
  }

  destroy(): void {
    this.#stage.destroy({ children: true });
    this.#sandStage.destroy({ children: true });
    this.#picture.destroy();
    for (const shader of [this.#groundShader, this.#grainShader, this.#copyShader]) shader.destroy();
    this.#geometry.destroy(true);
    this.#cover.destroy(true);
    this.#staleTiles.destroy();
    this.#sandPicture.destroy(true);
    this.#renderer.destroy();
  }

  #begin(sand: Sand): void {
    this.#sand = sand;
    this.#looked.zoom = 0;
    this.#geometry.destroy(true);
    this.#drawn = new Uint32Array(sand.grains.length);
    this.#grains = new Buffer({ data: this.#drawn, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
    this.#geometry = new Geometry({
      attributes: {
        aPlace: { buffer: this.#grains, format: 'unorm16x2', stride: 8, offset: 0 },
        aLook: { buffer: this.#grains, format: 'unorm8x4', stride: 8, offset: 4 },
      },
    });
  }

  #renderSand(sand: Sand, frame: Frame, camera: Camera, left: number, top: number): void {
    const { width, height } = this.#renderer;
    const { side, cells, radius, glow } = sand.plan;
    const across = (side / frame.width) * camera.zoom * width;
    const down = (side / frame.height) * camera.zoom * height;
    const fromLeft = (-frame.lowX / frame.width) * camera.zoom * width - left;
    const fromTop = (-frame.lowY / frame.height) * camera.zoom * height - top;
    const moved = camera.x !== this.#looked.x || camera.y !== this.#looked.y || camera.zoom !== this.#looked.zoom;
    this.#looked = { ...camera };
    if (moved) {
      sand.touchAll();
      this.#count = sand.gatherWithin(-fromLeft / across, -fromTop / down, (width - fromLeft) / across, (height - fromTop) / down, this.#drawn);
    } else {
      this.#count = sand.gatherStale(this.#drawn);
    }
    const { uMap, uSize, uRadius } = this.#place.uniforms;
    uMap.set([across, down, fromLeft, fromTop]);
    uSize.set([width, height]);
    uRadius.set([(radius / cells) * across, (glow / cells) * across]);
    this.#place.update();
    this.#stale.set(sand.stale);
    this.#staleTiles.update();
    if (this.#count > 0) this.#grains.setDataWithSize(this.#drawn, 2 * this.#count, true);
    this.#renderer.render({ container: this.#sandStage, target: this.#sandPicture, clear: false });
    sand.clean();
  }

  #drawSand(renderer: WebGLRenderer): void {
    renderer.encoder.draw({ geometry: this.#cover, shader: this.#groundShader, state: this.#opaque, topology: 'triangle-list', size: 3 });
    if (this.#count > 0) renderer.encoder.draw({ geometry: this.#geometry, shader: this.#grainShader, state: this.#over, topology: 'point-list', size: this.#count });
  }
}

function stage(draw: (renderer: WebGLRenderer) => void): RenderContainer {
  return new RenderContainer((renderer: Renderer) => {
    if (renderer instanceof WebGLRenderer) draw(renderer);
  });
}
