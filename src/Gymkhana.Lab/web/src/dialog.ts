import { Refusal } from './api';
import { button, el, setText } from './dom';

export interface DialogOptions {
  title: string;
  body: Node[];
  action: string;
  danger?: boolean;
  /** Done when the person agrees; a refusal is shown in the dialog, which stays. */
  run: () => Promise<void>;
}

/** A modal dialog with one action and a way out. */
export function openDialog(options: DialogOptions): void {
  const problem = el('p', { class: 'problem', role: 'alert', hidden: true });
  const submit = el('button', { type: 'submit', class: `button ${options.danger ? 'danger' : 'primary'}` }, options.action);
  const title = el('h2', { id: 'dialog-title' }, options.title);
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title' });
  const form = el('form', { method: 'dialog' }, title, ...options.body, problem,
    el('div', { class: 'dialog-actions' }, button('Cancel', () => dialog.close()), submit));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit.disabled = true;
    options.run().then(
      () => dialog.close(),
      (error: unknown) => {
        setText(problem, error instanceof Refusal ? error.message : String(error));
        problem.hidden = false;
        submit.disabled = false;
      },
    );
  });
  dialog.addEventListener('close', () => dialog.remove());
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
}

let fields = 0;

/** A label above its control, with a hint below. */
export function field(label: string, control: HTMLInputElement | HTMLSelectElement, hint: Node | string = ''): HTMLDivElement {
  const id = `field-${++fields}`;
  control.id = id;
  const below = hint ? el('p', { class: 'hint', id: `${id}-hint` }, hint) : null;
  if (below) control.setAttribute('aria-describedby', below.id);
  return el('div', { class: 'field' }, el('label', { for: id }, label), control, below);
}
