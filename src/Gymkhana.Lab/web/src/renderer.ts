import 'pixi.js/unsafe-eval';
import { Buffer, BufferUsage, Container, Geometry, RenderContainer, type Renderer, Shader, State, UniformGroup, WebGLRenderer } from 'pixi.js';
import { Batch, floatsPerVertex } from './batch';
import type { Frame } from './frame';
import { Glyphs } from './glyphs';
import { Painter } from './painter';
import { program } from './shader';

/** Draws frames on a canvas of its own: one batch of triangles a frame, in one draw call. */
export class SceneRenderer {
  readonly #renderer = new WebGLRenderer();
  readonly #batch = new Batch();
  readonly #glyphs = new Glyphs();
  readonly #painter = new Painter(this.#batch, this.#glyphs);
  readonly #stage = new Container();
  readonly #vertices = new Buffer({ data: this.#batch.floats, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
  readonly #indices = new Buffer({ data: this.#batch.indices, usage: BufferUsage.INDEX | BufferUsage.COPY_DST, shrinkToFit: false });
  readonly #geometry: Geometry;
  readonly #shader: Shader;
  readonly #size = new UniformGroup({ uSize: { value: new Float32Array([1, 1]), type: 'vec2<f32>' } });
  readonly #state = State.for2d();

  private constructor() {
    const stride = floatsPerVertex * 4;
    this.#geometry = new Geometry({
      attributes: {
        aPlace: { buffer: this.#vertices, format: 'float32x2', stride, offset: 0 },
        aLocal: { buffer: this.#vertices, format: 'float32x2', stride, offset: 8 },
        aShape: { buffer: this.#vertices, format: 'float32x4', stride, offset: 16 },
        aColour: { buffer: this.#vertices, format: 'unorm8x4', stride, offset: 32 },
      },
      indexBuffer: this.#indices,
    });
    this.#shader = new Shader({ glProgram: program(), resources: { uGlyphs: this.#glyphs.source, scene: this.#size } });
    this.#state.blendMode = 'normal';
    this.#stage.addChild(new RenderContainer((renderer: Renderer) => this.#draw(renderer)));
  }

  static async create(canvas: HTMLCanvasElement): Promise<SceneRenderer> {
    const scene = new SceneRenderer();
    await scene.#renderer.init({
      canvas, width: canvas.width, height: canvas.height, resolution: 1, antialias: true, backgroundAlpha: 1, skipExtensionImports: true,
      powerPreference: 'low-power',
    });
    return scene;
  }

  resize(width: number, height: number): void {
    if (this.#renderer.width !== width || this.#renderer.height !== height) this.#renderer.resize(width, height);
  }

  render(frame: Frame): void {
    const { width, height } = this.#renderer;
    this.#painter.paint(frame, width, height);
    if (this.#glyphs.flush()) {
      this.#painter.paint(frame, width, height);
      this.#glyphs.flush();
    }
    this.#vertices.setDataWithSize(this.#batch.floats, this.#batch.vertexCount * floatsPerVertex, true);
    this.#indices.setDataWithSize(this.#batch.indices, this.#batch.indexCount, true);
    this.#size.uniforms.uSize[0] = width;
    this.#size.uniforms.uSize[1] = height;
    this.#size.update();
    const b = frame.background;
    this.#renderer.background.color = ((b & 255) << 16) | (b & 0xff00) | ((b >> 16) & 255);
    this.#renderer.render({ container: this.#stage });
  }

  destroy(): void {
    this.#stage.destroy({ children: true });
    this.#shader.destroy();
    this.#geometry.destroy(true);
    this.#glyphs.destroy();
    this.#renderer.destroy();
  }

  #draw(renderer: Renderer): void {
    if (this.#batch.indexCount === 0 || !(renderer instanceof WebGLRenderer)) return;
    renderer.encoder.draw({ geometry: this.#geometry, shader: this.#shader, state: this.#state, topology: 'triangle-list', size: this.#batch.indexCount });
  }
}
