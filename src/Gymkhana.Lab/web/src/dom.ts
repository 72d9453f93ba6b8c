type Child = Node | string | null | undefined | false;
type Handler = (event: Event) => void;
type Value = string | number | boolean | null | undefined | Handler;

/** Makes an element. `class` and attributes are set as such, `on…` as listeners; true gives an empty attribute, false and null none. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  add(element, children);
  return element;
}

export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  add(parent, children);
}

function add(parent: Element, children: Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
}

/** Sets the text where it differs, so that selections and screen readers are left alone. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const shapes = { play: 'M5 3.5v9l7.5-4.500z', pause: 'M4.5 3.500h2.500v9H4.500zM9 3.500h2.500v9H9z', step: 'M4 3.500v9l6-4.500zM10.5 3.500h2v9h-2z',
  restart: 'M8 3a5 5 0 1 0 5 5h-1.600A3.4 3.4 0 1 1 8 4.600V7l4-3.200L8 .6z', download: 'M7.2 2h1.600v6l2.1-2.1 1.1 1.100L8 11 4 7l1.1-1.100L7.2 8zM3 12.400h10V14H3z',
  copy: 'M5.5 2H13v8.500h-1.500v-7h-6zM3 5h7.500v9H3zm1.5 1.500v6H9v-6z', stop: 'M4 4h8v8H4z', spark: 'M8 1l1.7 5.300L15 8l-5.3 1.700L8 15l-1.7-5.300L1 8l5.3-1.700z',
  rename: 'M11.3 1.9l2.8 2.8-8.4 8.4-3.5.7.7-3.5zM10 4.4L4.2 10.2l-.3 1.9 1.9-.3L11.6 6z',
  dice: 'M4 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zM6.4 5.3a1.1 1.1 0 1 0-2.2 0a1.1 1.1 0 1 0 2.2 0zM9.1 8a1.1 1.1 0 1 0-2.2 0a1.1 1.1 0 1 0 2.2 0zM11.8 10.7a1.1 1.1 0 1 0-2.2 0a1.1 1.1 0 1 0 2.2 0zM11.8 5.3a1.1 1.1 0 1 0-2.2 0a1.1 1.1 0 1 0 2.2 0zM6.4 10.7a1.1 1.1 0 1 0-2.2 0a1.1 1.1 0 1 0 2.2 0z',
  film: 'M3 2.5h10a1.500 1.500 0 0 1 1.500 1.500v8a1.500 1.500 0 0 1-1.500 1.500H3a1.500 1.500 0 0 1-1.500-1.500V4A1.500 1.500 0 0 1 3 2.500zM6.500 5.200v5.600L11 8z', close: 'M4 2.900L8 6.900l4-4 1.100 1.100-4 4 4 4-1.100 1.100-4-4-4 4-1.100-1.100 4-4-4-4z',
  flag: 'M3.500 1.500H5V3h8.500l-2 3.250 2 3.250H5v5H3.500z',
  remove: 'M6 1.5h4v1.3h3.5v1.4h-11V2.8H6zM3.6 5.5h8.8l-.7 9H4.3zM6 7l.2 6h1.1L7.1 7zm2.9 0l-.2 6h1.1L10 7z' } as const;

export type IconName = keyof typeof shapes;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', shapes[name]);
  path.setAttribute('fill', 'currentColor');
  svg.append(path);
  return svg;
}

export function button(text: string, onClick: () => void, options: { icon?: IconName; kind?: string; label?: string } = {}): HTMLButtonElement {
  return el('button', { type: 'button', class: `button ${options.kind ?? ''}`.trim(), 'aria-label': options.label, title: options.label, onclick: onClick },
    options.icon ? icon(options.icon) : null, text ? el('span', {}, text) : null);
}
