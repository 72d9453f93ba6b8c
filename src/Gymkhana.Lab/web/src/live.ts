import { answered, unanswered } from './connection';
import { parseJson, writeJson } from './seeds';

export interface LiveHandlers {
  opened?: () => void;
  text: (message: unknown) => void;
  binary?: (frame: ArrayBuffer) => void;
  refused?: (reason: string) => void;
}

const firstPause = 500;
const longestPause = 8000;
const tooMany = 1013;

/** A WebSocket that comes back: after a break it tries again, first after 0.5 s, then at most every 8 s, at the path of then. */
export class LiveSocket {
  #socket: WebSocket | null = null;
  #pause = firstPause;
  #timer = 0;
  #closed = false;

  constructor(private readonly path: string | (() => string), private readonly handlers: LiveHandlers, signal: AbortSignal) {
    signal.addEventListener('abort', () => this.close(), { once: true });
    if (signal.aborted) this.#closed = true;
    else this.#connect();
  }

  send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(writeJson(message));
  }

  close(): void {
    this.#closed = true;
    window.clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
    answered(this);
  }

  #connect(): void {
    const path = typeof this.path === 'string' ? this.path : this.path();
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#pause = firstPause;
      answered(this);
      this.handlers.opened?.();
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (this.#closed) return;
      if (typeof event.data === 'string') this.handlers.text(parseJson(event.data));
      else this.handlers.binary?.(event.data);
    };
    socket.onclose = (event) => {
      if (this.#closed) return;
      if (event.code === tooMany) {
        this.close();
        this.handlers.refused?.('The lab serves as many live views as it can. Close another tab, then reload this page.');
        return;
      }
      unanswered(this);
      this.#timer = window.setTimeout(() => this.#connect(), this.#pause);
      this.#pause = Math.min(longestPause, this.#pause * 2);
    };
    this.#socket = socket;
  }
}
