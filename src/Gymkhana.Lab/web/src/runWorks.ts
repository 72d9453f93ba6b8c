import { button, el, type IconName } from './dom';
import type { Run } from './types';
import { workButton } from './works';

const kinds: [kind: 'film' | 'report' | 'onnx', text: string, icon: IconName, working: string][] = [
  ['film', 'Make a film', 'film', 'Filming …'], ['report', 'Make the report', 'copy', 'Writing the report …'], ['onnx', 'Export ONNX', 'download', 'Exporting …'],
];

/** Buttons that have files of a run made; `made` is called when there is a new one. */
export function runWorks(name: string, made: () => void, signal: AbortSignal): { element: HTMLElement; tell: (run: Run) => void } {
  const line = el('div', { class: 'work-lines' });
  const buttons = kinds.map(([kind, text, icon, working]) => {
    const control = button(text, () => undefined, { icon, kind: 'small' });
    const word = el('p', { class: 'work-line', role: 'status' });
    line.append(word);
    workButton(control, word, { working }, () => ({ kind, run: name }), signal, made);
    return control;
  });
  const element = el('div', { class: 'run-works', hidden: true }, el('div', { class: 'actions' }, ...buttons), line);
  return {
    element,
    tell: (run) => {
      element.hidden = !run.hasChampion;
    },
  };
}
