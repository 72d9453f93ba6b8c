import { deleteRun, Refusal, renameRun, resumeRun, runPath, stopRun } from './api';
import { openDialog, field } from './dialog';
import { button, el, type IconName } from './dom';
import { go } from './router';
import { toast } from './shell';
import type { ResumeRequest, Run } from './types';

/** What can be done with a run in its present state. On a run's own page a new name is gone to, and a deleted run is left. */
export function runActions(run: Run, own: boolean): HTMLElement[] {
  // In a table there is room for symbols only; their names are read out and shown on hover.
  const action = (text: string, icon: IconName, act: () => void, kind = ''): HTMLElement =>
    own ? button(text, act, { icon, kind }) : button('', act, { icon, kind: `small square ${kind}`, label: `${text} ${run.name}` });
  if (run.state === 'running') return [action('Stop', 'stop', () => stop(run))];
  const actions: HTMLElement[] = [];
  if (run.state !== 'broken') actions.push(action('Resume', 'play', () => resume(run)));
  actions.push(action('Rename', 'rename', () => rename(run, own)), action('Delete', 'remove', () => remove(run, own), 'danger-quiet'));
  return actions;
}

function stop(run: Run): void {
  stopRun(run.name).then(
    () => toast(`${run.name} writes a checkpoint, then ends.`),
    (error: unknown) => toast(error instanceof Refusal ? error.message : String(error)),
  );
}

function resume(run: Run): void {
  const minutes = el('input', { type: 'number', min: 0, step: 'any', placeholder: 'as before' });
  const name = run.iterationName ?? 'iteration';
  const total = el('input', { type: 'number', min: 1, step: 1, placeholder: 'as before' });
  openDialog({
    title: `Resume ${run.name}`,
    body: [
      el('p', {}, 'It goes on from its last checkpoint. The limits count the whole run, with what it has done already.'),
      field('Minutes in all', minutes, run.wallSeconds === null ? '' : `So far ${(run.wallSeconds / 60).toFixed(1)} min.`),
      field(`${name.charAt(0).toUpperCase()}${name.slice(1)}s in all`, total, `So far ${run.iteration ?? 0}.`),
    ],
    action: 'Resume',
    run: async () => {
      const request: ResumeRequest = {};
      if (minutes.value) request.minutes = Number(minutes.value);
      if (total.value) request.generations = Number(total.value);
      await resumeRun(run.name, request);
      toast(`${run.name} trains on.`);
    },
  });
}

function rename(run: Run, own: boolean): void {
  const name = el('input', { type: 'text', value: run.name, required: true, maxlength: 100, spellcheck: 'false', autocomplete: 'off' });
  openDialog({
    title: `Rename ${run.name}`,
    body: [field('New name', name, 'The name of its folder.')],
    action: 'Rename',
    run: async () => {
      const to = await renameRun(run.name, name.value.trim());
      toast(`${run.name} is now ${to}.`);
      if (own) go(runPath(to), true);
    },
  });
}

function remove(run: Run, own: boolean): void {
  openDialog({
    title: `Delete ${run.name}?`,
    body: [el('p', {}, run.hasChampion
      ? 'Its folder is deleted with all that is in it: the champion, the checkpoints, the curves, the report. This cannot be undone.'
      : 'Its folder is deleted with all that is in it: the checkpoints, the curves, the report. It has no champion. This cannot be undone.')],
    action: 'Delete for good',
    danger: true,
    run: async () => {
      await deleteRun(run.name);
      toast(`${run.name} is deleted.`);
      if (own) go('/runs', true);
    },
  });
}
