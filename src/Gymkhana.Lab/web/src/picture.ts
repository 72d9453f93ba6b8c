import 'pixi.js/unsafe-eval';
import { Buffer, BufferUsage, Geometry, Shader, State, UniformGroup, type WebGLRenderer } from 'pixi.js';
import { Batch, floatsPerVertex } from './batch';
import type { Frame } from './frame';
import { Glyphs } from './glyphs';
import { Painter } from './painter';
import { program } from './shader';

/** A frame as one batch of triangles, drawn in one call. */
export class Picture {
  readonly #batch = new Batch();
  readonly #glyphs = new Glyphs();
  readonly #painter: Painter;
  readonly #vertices = new Buffer({ data: this.#batch.floats, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
  readonly #indices = new Buffer({ data: this.#batch.indices, usage: BufferUsage.INDEX | BufferUsage.COPY_DST, shrinkToFit: false });
  readonly #place = new UniformGroup({ uSize: { value: new Float32Array([1, 1]), type: 'vec2<f32>' }, uCorner: { value: new Float32Array(2), type: 'vec2<f32>' } });
  readonly #state = State.for2d();
  readonly #geometry: Geometry;
  readonly #shader: Shader;

  /** `feathered`: polygons get soft edges of their own, for a canvas that does not smooth them. */
  constructor(options: { feathered: boolean }) {
    this.#painter = new Painter(this.#batch, this.#glyphs, options.feathered);
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
    this.#shader = new Shader({ glProgram: program(), resources: { uGlyphs: this.#glyphs.source, scene: this.#place } });
    this.#state.blendMode = 'normal';
  }

  /** Takes a frame in, for a window of `width` × `height` pixels onto the frame's picture, which is `zoom` times as large; `left` and `top` are the window's corner on it. */
  take(frame: Frame, width: number, height: number, zoom = 1, left = 0, top = 0): void {
    this.#painter.paint(frame, width * zoom, height * zoom);
    if (this.#glyphs.flush()) {
      this.#painter.paint(frame, width * zoom, height * zoom);
      this.#glyphs.flush();
    }
    this.#vertices.setDataWithSize(this.#batch.floats, this.#batch.vertexCount * floatsPerVertex, true);
    this.#indices.setDataWithSize(this.#batch.indices, this.#batch.indexCount, true);
    this.#place.uniforms.uSize.set([width, height]);
    this.#place.uniforms.uCorner.set([left, top]);
    this.#place.update();
  }

  draw(renderer: WebGLRenderer): void {
    if (this.#batch.indexCount === 0) return;
    renderer.encoder.draw({ geometry: this.#geometry, shader: this.#shader, state: this.#state, topology: 'triangle-list', size: this.#batch.indexCount });
  }

  destroy(): void {
    this.#shader.destroy();
    this.#geometry.destroy(true);
    this.#glyphs.destroy();
  }
}
