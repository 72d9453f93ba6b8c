import type { Cells } from './metrics';

/** A curve: what lies along, rising, and the value there. */
export interface Curve {
  x: number[];
  y: number[];
}

const mostPoints = 700;

/** The points of a column that have a value, thinned evenly where there are many; first and last are kept. */
export function curveOf(along: number[], cells: Cells | undefined, most = mostPoints): Curve {
  const curve: Curve = { x: [], y: [] };
  if (!cells) return curve;
  const filled: number[] = [];
  cells.forEach((cell, i) => {
    if (cell !== null && along[i] !== along[i + 1]) filled.push(i);
  });
  const stride = Math.max(1, filled.length / most);
  for (let k = 0; k < filled.length; k += stride) take(curve, along, cells, filled[Math.floor(k)]);
  const last = filled.at(-1);
  if (last !== undefined && curve.x.at(-1) !== along[last]) take(curve, along, cells, last);
  return curve;
}

function take(curve: Curve, along: number[], cells: Cells, i: number | undefined): void {
  const x = i === undefined ? undefined : along[i];
  const y = i === undefined ? undefined : cells[i];
  if (x === undefined || y === undefined || y === null) return;
  curve.x.push(x);
  curve.y.push(y);
}

/** Curves over one common axis; where a curve has no point it is empty. */
export function join(curves: Curve[]): [number[], ...Cells[]] {
  const x = [...new Set(curves.flatMap((curve) => curve.x))].sort((a, b) => a - b);
  const places = new Map(x.map((value, i) => [value, i]));
  const columns = curves.map((curve) => {
    const cells: Cells = new Array<null>(x.length).fill(null);
    curve.x.forEach((value, i) => {
      cells[places.get(value) ?? 0] = curve.y[i] ?? null;
    });
    return cells;
  });
  return [x, ...columns];
}

/** Mean, least and greatest of several curves, where all of them have begun and none has ended; between points a curve keeps its last value. */
export function band(curves: Curve[]): { mean: Curve; low: Curve; high: Curve } {
  const mean: Curve = { x: [], y: [] };
  const low: Curve = { x: [], y: [] };
  const high: Curve = { x: [], y: [] };
  const from = Math.max(...curves.map((curve) => curve.x[0] ?? Infinity));
  const to = Math.min(...curves.map((curve) => curve.x.at(-1) ?? -Infinity));
  const at = curves.map(() => 0);
  for (const x of [...new Set(curves.flatMap((curve) => curve.x))].sort((a, b) => a - b)) {
    if (x < from || x > to) continue;
    const values = curves.map((curve, i) => {
      let k = at[i] ?? 0;
      while (k + 1 < curve.x.length && (curve.x[k + 1] ?? Infinity) <= x) k++;
      at[i] = k;
      return curve.y[k] ?? 0;
    });
    for (const curve of [mean, low, high]) curve.x.push(x);
    mean.y.push(values.reduce((sum, value) => sum + value, 0) / values.length);
    low.y.push(Math.min(...values));
    high.y.push(Math.max(...values));
  }
  return { mean, low, high };
}
