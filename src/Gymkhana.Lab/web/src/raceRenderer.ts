import { Container, Geometry, RenderContainer, type Renderer, Shader, State, UniformGroup, WebGLRenderer } from 'pixi.js';
import { type Camera, closeness } from './camera';
import type { Frame } from './frame';
import { Picture } from './picture';
import type { Sand } from './sand';
import { SandLayer } from './sandLayer';
import { windowProgram } from './sandShader';

// From here on the close picture of the sand is looked at.
const near = Math.sqrt(closeness);
const longestSide = 4096;

/** Draws a race: a window onto a picture of the sand, which is kept, and upon it what walks there. */
export class RaceRenderer {
  readonly #renderer = new WebGLRenderer();
  readonly #picture = new Picture({ feathered: true });
  readonly #stage = new Container();
  readonly #cover = new Geometry({ attributes: { aCorner: { buffer: new Float32Array([-1, -1, 3, -1, -1, 3]), format: 'float32x2' } } });
  readonly #window = new UniformGroup({ uWindow: { value: new Float32Array(4), type: 'vec4<f32>' } });
  readonly #opaque = State.for2d();
  #sand: Sand | null = null;
  #layers: { layer: SandLayer; shader: Shader; scale: number }[] = [];
  #looking = 0;

  private constructor() {
    this.#opaque.blend = false;
    this.#stage.addChild(new RenderContainer((renderer: Renderer) => {
      const shader = this.#layers[this.#looking]?.shader;
      if (!shader || !(renderer instanceof WebGLRenderer)) return;
      renderer.encoder.draw({ geometry: this.#cover, shader, state: this.#opaque, topology: 'triangle-list', size: 3 });
      this.#picture.draw(renderer);
    }));
  }

  static async create(canvas: HTMLCanvasElement): Promise<RaceRenderer> {
    const race = new RaceRenderer();
    await race.#renderer.init({
      canvas, width: canvas.width, height: canvas.height, resolution: 1, antialias: false, backgroundAlpha: 1, skipExtensionImports: true,
      clearBeforeRender: false, powerPreference: 'low-power',
    });
    return race;
  }

  resize(width: number, height: number): void {
    if (this.#renderer.width !== width || this.#renderer.height !== height) this.#renderer.resize(width, height);
  }

  render(sand: Sand, frame: Frame, camera: Camera): void {
    if (sand !== this.#sand) this.#begin(sand);
    const { width, height } = this.#renderer;
    // The window's corner and size, in parts of the picture of all that is shown.
    const left = camera.x - 0.5 / camera.zoom;
    const top = camera.y - 0.5 / camera.zoom;
    const size = 1 / camera.zoom;
    this.#look(sand, frame, camera.zoom, left, top, size);
    this.#window.uniforms.uWindow.set([left, top, size, size]);
    this.#window.update();
    this.#picture.take(frame, width, height, camera.zoom, left * camera.zoom * width, top * camera.zoom * height);
    this.#renderer.render({ container: this.#stage });
  }

  destroy(): void {
    this.#stage.destroy({ children: true });
    this.#drop();
    this.#picture.destroy();
    this.#cover.destroy(true);
    this.#renderer.destroy();
  }

  #begin(sand: Sand): void {
    this.#drop();
    this.#sand = sand;
    this.#layers = [1, closeness].map((scale) => {
      const layer = new SandLayer(sand);
      return { layer, scale, shader: new Shader({ glProgram: windowProgram(), resources: { uPicture: layer.picture.source, window: this.#window } }) };
    });
  }

  #drop(): void {
    for (const { layer, shader } of this.#layers) {
      shader.destroy();
      layer.destroy();
    }
    this.#layers = [];
  }

  #look(sand: Sand, frame: Frame, zoom: number, left: number, top: number, size: number): void {
    for (const { layer } of this.#layers) layer.touch(sand.changed);
    sand.changed.fill(0);
    this.#looking = zoom < near ? 0 : 1;
    const looking = this.#layers[this.#looking];
    if (!looking) return;
    const { width, height } = this.#renderer;
    const scale = Math.min(looking.scale, longestSide / Math.max(width, height));
    const { side } = sand.plan;
    const place = { left: -frame.lowX / frame.width, top: -frame.lowY / frame.height, width: side / frame.width, height: side / frame.height };
    looking.layer.update(this.#renderer, Math.round(width * scale), Math.round(height * scale), place, {
      left: (left - place.left) / place.width, right: (left + size - place.left) / place.width,
      top: (top - place.top) / place.height, bottom: (top + size - place.top) / place.height,
    });
  }
}
