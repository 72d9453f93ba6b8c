import { Container, RenderContainer, type Renderer, WebGLRenderer } from 'pixi.js';
import type { Frame } from './frame';
import { Picture } from './picture';

/** Draws frames on a canvas of its own. */
export class SceneRenderer {
  readonly #renderer = new WebGLRenderer();
  readonly #picture = new Picture({ feathered: false });
  readonly #stage = new Container();

  private constructor() {
    this.#stage.addChild(new RenderContainer((renderer: Renderer) => {
      if (renderer instanceof WebGLRenderer) this.#picture.draw(renderer);
    }));
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
    this.#picture.take(frame, this.#renderer.width, this.#renderer.height);
    const b = frame.background;
    this.#renderer.background.color = ((b & 255) << 16) | (b & 0xff00) | ((b >> 16) & 255);
    this.#renderer.render({ container: this.#stage });
  }

  destroy(): void {
    this.#stage.destroy({ children: true });
    this.#picture.destroy();
    this.#renderer.destroy();
  }
}
