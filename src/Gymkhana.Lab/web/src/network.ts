import { el, fill, setText } from './dom';
import { number } from './format';
import type { NetworkPlan } from './types';

const svgSpace = 'http://www.w3.org/2000/svg';
const width = 520;
const side = 146;
const rowHeight = 30;
const leastRows = 6;
const radius = 7;
const picturesPerSecond = 15;
const strongest = 5;

/** A network at work: nodes brighten with what they compute; the node that is pointed at, or has the focus, says what feeds it. */
export class NetworkView {
  readonly element = el('figure', { class: 'network', hidden: true });
  readonly #about = el('figcaption', { class: 'quiet', 'aria-live': 'polite' });
  #plan: NetworkPlan | null = null;
  #dots: SVGCircleElement[] = [];
  #lines: SVGPathElement[] = [];
  #values = new Float32Array(0);
  #node = -1;
  #written = 0;

  show(plan: NetworkPlan | null): void {
    this.#plan = plan;
    this.#node = -1;
    this.element.hidden = plan === null;
    if (!plan) return;
    const columns = new Map<number, number>();
    for (const node of plan.nodes) columns.set(node.x, (columns.get(node.x) ?? 0) + 1);
    const height = Math.max(leastRows, ...columns.values()) * rowHeight;
    const picture = shape('svg', { viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': `Network of ${plan.nodes.length} nodes and ${plan.links.length} connections` });
    const at = (node: { x: number; y: number }): [number, number] => [side + node.x * (width - 2 * side), node.y * height];
    const most = Math.max(...plan.links.map((link) => Math.abs(link.weight)), 1e-9);
    this.#lines = plan.links.map((link) => {
      const from = plan.nodes[link.from];
      const to = plan.nodes[link.to];
      const share = Math.abs(link.weight) / most;
      const [x1, y1] = from ? at(from) : [0, 0];
      const [x2, y2] = to ? at(to) : [0, 0];
      const bend = (x2 - x1) * 0.45;
      return shape('path', {
        class: link.weight >= 0 ? 'plus' : 'minus',
        d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
        'stroke-width': (0.5 + 3.5 * share).toFixed(2),
        opacity: (0.25 + 0.6 * share).toFixed(2),
      });
    });
    picture.append(...this.#lines);
    this.#dots = plan.nodes.map((node, i) => {
      const [x, y] = at(node);
      const dot = shape('circle', { cx: x, cy: y, r: radius, tabindex: 0, role: 'img', 'aria-label': this.#name(i) });
      for (const kind of ['pointerenter', 'focus']) dot.addEventListener(kind, () => this.#select(i));
      for (const kind of ['pointerleave', 'blur']) dot.addEventListener(kind, () => this.#select(-1));
      picture.append(dot);
      if (node.label) {
        const input = node.role === 'input';
        const label = shape('text', { x: x + (input ? -14 : 14), y: y + 4, 'text-anchor': input ? 'end' : 'start' });
        label.textContent = node.label;
        picture.append(label);
      }
      return dot;
    });
    this.#values = new Float32Array(plan.nodes.length);
    fill(this.element, picture, this.#about);
    this.#explain();
  }

  /** Takes in what the nodes compute now. */
  light(values: Float32Array): void {
    const now = performance.now();
    if (!this.#plan || values.length !== this.#values.length || now - this.#written < 1000 / picturesPerSecond) return;
    this.#written = now;
    this.#values.set(values);
    this.#dots.forEach((dot, i) => {
      const value = values[i] ?? 0;
      dot.setAttribute('class', value >= 0 ? 'plus' : 'minus');
      dot.setAttribute('fill-opacity', Math.min(1, Math.abs(value)).toFixed(2));
    });
    if (this.#node >= 0) this.#explain();
  }

  #name(i: number): string {
    const node = this.#plan?.nodes[i];
    return node?.label || `${node?.role ?? ''} node ${i}`;
  }

  #select(i: number): void {
    this.#node = i;
    const links = this.#plan?.links ?? [];
    this.#lines.forEach((line, k) => line.classList.toggle('aside', i >= 0 && links[k]?.to !== i && links[k]?.from !== i));
    this.#explain();
  }

  #explain(): void {
    const plan = this.#plan;
    if (!plan) return;
    if (this.#node < 0) {
      setText(this.#about, 'Nodes brighten with what they compute: green above zero, red below. Lines are as wide as their weights. Point at a node to see what feeds it.');
      return;
    }
    const feeding = plan.links.filter((link) => link.to === this.#node).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    const parts = feeding.slice(0, strongest).map((link) => `${this.#name(link.from)} ${number(this.#values[link.from])} × ${number(link.weight)}`);
    const rest = feeding.length > strongest ? `, and ${feeding.length - strongest} weaker` : '';
    const inputs = plan.nodes[this.#node]?.role === 'input' ? 'What the world shows.' : `Fed by ${parts.length === 0 ? 'nothing' : parts.join(', ')}${rest}.`;
    setText(this.#about, `${this.#name(this.#node)}: ${number(this.#values[this.#node])}. ${inputs}`);
  }
}

function shape<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number>): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
