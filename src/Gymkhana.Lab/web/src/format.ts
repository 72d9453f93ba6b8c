export const missing = 'n/a';

/** A number with about four significant digits, grouped by thin spaces, never in exponents between 1e-3 and 1e9. */
export function number(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e9) return minus(value.toExponential(2));
  if (Number.isInteger(value)) return whole(value);
  const before = Math.floor(Math.log10(size)) + 1;
  const decimals = Math.max(0, Math.min(6, digits - before));
  return minus(group(value.toFixed(decimals)));
}

export function whole(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? missing : minus(group(Math.round(value).toString()));
}

/** A number at an axis: as short as it can be said. */
export function tick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e4) return short(value).replace(/\.0+(?=\D)/, '');
  if (size > 0 && size < 1e-3) return minus(Number(value.toPrecision(3)).toExponential());
  return minus(String(Number(value.toPrecision(6))));
}

/** A large count in short: 2.44 G, 716.8 k. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return missing;
  const steps: [number, string][] = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e4, 'k']];
  for (const [size, letter] of steps) {
    if (Math.abs(value) >= size) return `${number(value / (size === 1e4 ? 1e3 : size), 3)} ${letter}`;
  }
  return number(value);
}

function group(text: string): string {
  const [before = '', after] = text.split('.');
  const grouped = before.length > 4 + (before.startsWith('-') ? 1 : 0) ? before.replace(/\B(?=(\d{3})+$)/g, '\u202f') : before;
  return after === undefined ? grouped : `${grouped}.${after}`;
}

function minus(text: string): string {
  return text.replace(/^-/, '\u2212').replace('e-', 'e\u2212').replace('e+', 'e');
}

/** Mean and bounds to the decimals that the interval's width deserves. */
export function interval(mean: number, low: number, high: number): { mean: string; bounds: string } {
  const width = Math.abs(high - low);
  const decimals = width > 0 && Number.isFinite(width) ? Math.max(0, Math.min(6, 2 - Math.ceil(Math.log10(width)))) : 2;
  const shown = width === 0 && Number.isInteger(mean) ? 0 : decimals;
  const one = (value: number): string => (Number.isFinite(value) ? minus(group(value.toFixed(shown))) : missing);
  return { mean: one(mean), bounds: `[${one(low)}, ${one(high)}]` };
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return missing;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (whole < 3600) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${number(count / 1e3, 3)} kB`;
  return `${number(count / 1e6, 3)} MB`;
}

export function ago(created: string | null, now = Date.now()): string {
  const time = created === null ? NaN : Date.parse(created);
  if (Number.isNaN(time)) return missing;
  const seconds = Math.max(0, (now - time) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86400);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

export function date(created: string | null): string {
  const time = created === null ? NaN : Date.parse(created);
  if (Number.isNaN(time)) return missing;
  const d = new Date(time);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** `championHiddenNodes` to `champion hidden nodes`; what follows a hyphen stays as it is. */
export function words(name: string): string {
  const [head = '', ...rest] = name.split('-');
  // A class of agents is one letter, and stays as it is: touchesA are the touches of class A.
  const split = (text: string): string => text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/\S{2,}/g, (word) => word.toLowerCase());
  return [split(head), ...rest.map((part) => (part.length === 1 ? part : split(part)))].join(' · ');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/** A figure's unit, unless its name says it already. */
export function unitBeside(name: string, unit: string): string {
  return words(name).includes(unit) ? '' : unit;
}

/** A text with its unit after it, where there is one. */
export function withUnit(text: string, unit: string): string {
  return unit && text !== missing ? `${text} ${unit}` : text;
}
