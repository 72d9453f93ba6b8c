import { LiveSocket } from './live';
import { Stage } from './stage';
import { calm } from './theme';
import type { Refusal } from './types';

interface Renderer {
  resize: (width: number, height: number) => void;
  destroy: () => void;
}

/**
 * Something that happens in the server, on a canvas here: the socket that feeds it, what a person may ask of it, and what draws it. Frames are
 * acknowledged when they have been drawn; where the canvas cannot be seen none are, and the server waits.
 */
export abstract class LiveView<R extends Renderer, Message extends { type: string }> {
  protected readonly stage: Stage;
  #socket: LiveSocket | null = null;
  #closing = new AbortController();
  #renderer: R | null = null;
  #speed = 1;
  #paused = calm();

  protected constructor(private readonly pausing: ((paused: boolean) => void) | undefined, signal: AbortSignal) {
    this.stage = new Stage({ draw: () => this.#draw(), resize: (width, height) => this.#resize(width, height) }, signal);
    signal.addEventListener('abort', () => {
      this.#closing.abort();
      this.#renderer?.destroy();
      this.#renderer = null;
    }, { once: true });
  }

  get element(): HTMLElement {
    return this.stage.element;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Whether something has been drawn on the canvas, or is about to be. */
  protected get ready(): boolean {
    return this.#renderer !== null;
  }

  /** What the server has to say, but for refusals. */
  protected abstract told(message: Message): void;

  /** Takes a frame in; `stage.ask` asks for its picture. */
  protected abstract take(data: ArrayBuffer): void;

  /** Forgets the frames that were taken in and not drawn. */
  protected abstract forget(): void;

  /** Draws the newest there is; tells the number of the frame, or null where it is none that the server waits for. */
  protected abstract picture(): Promise<number | null>;

  /** A frame has been drawn and acknowledged. */
  protected abstract drawn(): void;

  /** Draws what was drawn last once more, in another size. */
  protected abstract again(renderer: R): void;

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#pace();
    this.pausing?.(paused);
  }

  speed(speed: number): void {
    this.#speed = speed;
    this.#pace();
  }

  step(): void {
    if (!this.#paused) this.pause(true);
    this.send({ type: 'step' });
  }

  restart(seed: string): void {
    this.send({ type: 'restart', seed });
  }

  drive(action: readonly number[]): void {
    this.send({ type: 'drive', action });
  }

  /** Leaves the picture as it is. */
  freeze(): void {
    this.#closing.abort();
    this.forget();
  }

  /** A line in the picture's place. */
  fail(text: string): void {
    this.freeze();
    this.stage.say(text);
  }

  /** Listens to a path of the server, which has a query, instead of what was listened to before. What is paused begins at rest. */
  protected open(path: string, opened?: () => void): void {
    this.freeze();
    this.#closing = new AbortController();
    this.#socket = new LiveSocket(() => (this.#paused ? `${path}&paused=true` : path), {
      opened: () => {
        this.#pace();
        opened?.();
      },
      text: (data) => {
        const message = data as Message | Refusal;
        if (isRefusal(message)) this.fail(message.error);
        else this.told(message);
      },
      binary: (data) => this.take(data),
      refused: (reason) => this.stage.say(reason),
    }, this.#closing.signal);
  }

  protected send(message: object): void {
    this.#socket?.send(message);
  }

  /** What draws: made when it is first needed; null where the page was left meanwhile. */
  protected async renderer(load: () => Promise<{ create: (canvas: HTMLCanvasElement) => Promise<R> }>): Promise<R | null> {
    if (this.#renderer) return this.#renderer;
    const kind = await load();
    this.#renderer = await this.stage.renderer((canvas) => kind.create(canvas));
    return this.#renderer;
  }

  #pace(): void {
    this.send({ type: 'pace', speed: this.#speed, paused: this.#paused });
  }

  async #draw(): Promise<void> {
    let frame: number | null;
    try {
      frame = await this.picture();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      return;
    }
    if (frame === null) return;
    this.send({ type: 'drawn', frame });
    this.stage.say('');
    this.drawn();
  }

  #resize(width: number, height: number): void {
    if (!this.#renderer) {
      this.stage.canvas.width = width;
      this.stage.canvas.height = height;
      return;
    }
    this.#renderer.resize(width, height);
    this.again(this.#renderer);
  }
}

function isRefusal(message: { type: string }): message is Refusal {
  return message.type === 'error';
}
