import { getLab, runPath, startRun } from './api';
import { openDialog, field } from './dialog';
import { button, el, fill, setText } from './dom';
import { duration, withUnit } from './format';
import { go } from './router';
import { seedField } from './seeds';
import type { Algorithm, Lab, StartRequest } from './types';

export function openStartDialog(signal: AbortSignal): void {
  getLab(signal).then((lab) => build(lab), () => undefined);
}

function build(lab: Lab): void {
  const algorithms = lab.algorithms.filter((a) => !a.needsData);
  const algorithm = el('select', {}, ...algorithms.map((a) => el('option', { value: a.name }, a.name)));
  const world = el('select', {});
  const preset = el('select', {});
  const summary = el('span', {});
  const about = el('span', {});
  const seed = seedField();
  seed.required = true;
  const minutes = el('input', { type: 'number', min: 0, step: 'any', placeholder: 'no limit of its own' });
  const rows = el('div', { class: 'setting-rows' });
  const chosen = (): Algorithm | undefined => algorithms.find((a) => a.name === algorithm.value);
  const settings = new Map<HTMLElement, () => [string, string]>();

  const showPreset = (): void => {
    const one = chosen()?.worlds.find((w) => w.id === world.value)?.presets.find((p) => p.name === preset.value);
    setText(about, one ? `${one.description}${one.minutes ? ` About ${duration(one.minutes * 60)}.` : ''}` : 'Every setting at its default.');
  };
  const showWorld = (): void => {
    const presets = chosen()?.worlds.find((w) => w.id === world.value)?.presets ?? [];
    fill(preset, ...presets.map((p) => el('option', { value: p.name }, p.name)), el('option', { value: '' }, '(none)'));
    showPreset();
  };
  const showAlgorithm = (): void => {
    setText(summary, chosen()?.summary ?? '');
    const before = world.value;
    fill(world, ...(chosen()?.worlds ?? []).map((w) => el('option', { value: w.id }, w.id)));
    if (chosen()?.worlds.some((w) => w.id === before)) world.value = before;
    settings.clear();
    fill(rows);
    showWorld();
  };
  const addSetting = (): void => {
    const known = chosen()?.settings ?? [];
    const key = el('select', { 'aria-label': 'Setting' }, ...known.map((s) => el('option', { value: s.key }, s.key)));
    const value = el('input', { type: 'text', 'aria-label': 'Value', spellcheck: 'false', autocomplete: 'off' });
    const hint = el('p', { class: 'hint' });
    const row = el('div', { class: 'setting-row' });
    const show = (): void => {
      const setting = known.find((s) => s.key === key.value);
      value.placeholder = setting ? setting.default : '';
      setText(hint, setting ? `${setting.meaning} Expected: ${withUnit(setting.expected, setting.unit)}; default ${setting.default || 'empty'}.` : '');
    };
    key.addEventListener('change', show);
    const drop = button('Remove', () => {
      settings.delete(row);
      row.remove();
    }, { kind: 'small' });
    fill(row, el('div', { class: 'setting-line' }, key, el('span', { 'aria-hidden': 'true' }, '='), value, drop), hint);
    settings.set(row, () => [key.value, value.value.trim()]);
    show();
    rows.append(row);
    key.focus();
  };
  algorithm.addEventListener('change', showAlgorithm);
  world.addEventListener('change', showWorld);
  preset.addEventListener('change', showPreset);
  showAlgorithm();

  openDialog({
    title: 'Start a training',
    body: [
      field('Algorithm', algorithm, summary),
      field('World', world),
      field('Preset', preset, about),
      el('div', { class: 'field-pair' }, field('Seed', seed), field('Minutes at most', minutes)),
      el('fieldset', {}, el('legend', {}, 'Further settings'), rows, button('Add a setting', addSetting, { kind: 'small' })),
    ],
    action: 'Start',
    run: async () => {
      const request: StartRequest = { algorithm: algorithm.value, environment: world.value, seed: seed.value.trim() };
      request.preset = preset.value || 'none';
      if (minutes.value) request.minutes = Number(minutes.value);
      const given = [...settings.values()].map((read) => read()).filter(([, value]) => value !== '');
      if (given.length > 0) request.settings = Object.fromEntries(given);
      go(runPath(await startRun(request)));
    },
  });
}
