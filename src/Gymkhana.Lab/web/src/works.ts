import { getWork, Refusal, startWork, workFile } from './api';
import { el, fill, icon } from './dom';
import { bytes } from './format';
import type { Work, WorkRequest } from './types';

const pollPause = 1000;

/** Has a file made; asks how far it is once a second. */
export async function work(request: WorkRequest, signal: AbortSignal): Promise<Work> {
  let present = await startWork(request);
  while (present.state === 'working' && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, pollPause));
    if (!signal.aborted) present = await getWork(present.id, signal);
  }
  return present;
}

/** A button that has a file made, and a line beside it: that it is being made, the file, or what went wrong. */
export function workButton(control: HTMLButtonElement, line: HTMLElement, words: { working: string }, request: () => WorkRequest, signal: AbortSignal, done?: () => void): void {
  control.addEventListener('click', () => {
    control.disabled = true;
    fill(line, el('span', { class: 'working' }, words.working));
    work(request(), signal).then((made) => {
      if (signal.aborted) return;
      if (made.state === 'failed') fill(line, el('span', { class: 'problem-line' }, made.problem ?? 'It failed.'));
      else {
        fill(line, el('a', { href: workFile(made.id), download: made.name ?? '' }, icon('download'), made.name ?? 'the file'), made.bytes === null ? null : el('span', { class: 'quiet' }, bytes(made.bytes)));
        done?.();
      }
    }, (error: unknown) => {
      if (!signal.aborted) fill(line, el('span', { class: 'problem-line' }, error instanceof Refusal ? error.message : String(error)));
    }).finally(() => {
      control.disabled = false;
    });
  });
}
