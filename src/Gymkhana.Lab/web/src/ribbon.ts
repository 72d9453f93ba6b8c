/** How many members each species had in one iteration: the iteration, then id, members, id, members … */
export type SpeciesRow = [iteration: number, counts: number[]];

/** One species' ribbon: where it begins and ends, from 0 to 1 of all members, in the columns in which it lived. */
export interface Ribbon {
  id: number;
  first: number;
  low: number[];
  high: number[];
}

export interface Ribbons {
  iterations: number[];
  totals: number[];
  ribbons: Ribbon[];
}

/** Stacks the species by their ids, the oldest at the bottom; of many rows an even choice is taken, with the last. */
export function layOut(rows: SpeciesRow[], most: number): Ribbons {
  const stride = Math.max(1, rows.length / most);
  const chosen: SpeciesRow[] = [];
  for (let at = 0; at < rows.length; at += stride) {
    const row = rows[Math.floor(at)];
    if (row) chosen.push(row);
  }
  const last = rows.at(-1);
  if (last && chosen.at(-1) !== last) chosen.push(last);
  const ribbons = new Map<number, Ribbon>();
  const totals = chosen.map(([, counts], column) => {
    const living = members(counts);
    const total = living.reduce((sum, [, count]) => sum + count, 0);
    let below = 0;
    for (const [id, count] of living) {
      const ribbon = ribbons.get(id) ?? { id, first: column, low: [], high: [] };
      ribbons.set(id, ribbon);
      // A species that has none for a while has a ribbon without width then.
      while (ribbon.first + ribbon.low.length < column) {
        ribbon.low.push(below / total);
        ribbon.high.push(below / total);
      }
      ribbon.low.push(below / total);
      below += count;
      ribbon.high.push(below / total);
    }
    return total;
  });
  return { iterations: chosen.map(([iteration]) => iteration), totals, ribbons: [...ribbons.values()] };
}

/** Which species lies at a height, from 0 to 1, of a column. */
export function speciesAt({ ribbons }: Ribbons, column: number, height: number): Ribbon | undefined {
  return ribbons.find(({ first, low, high }) => height >= (low[column - first] ?? 2) && height < (high[column - first] ?? -1));
}

/** How many members a species has in a column. */
export function membersIn({ totals }: Ribbons, ribbon: Ribbon, column: number): number {
  const at = column - ribbon.first;
  return Math.round(((ribbon.high[at] ?? 0) - (ribbon.low[at] ?? 0)) * (totals[column] ?? 0));
}

function members(counts: number[]): [id: number, members: number][] {
  const living: [number, number][] = [];
  for (let k = 0; k + 1 < counts.length; k += 2) if ((counts[k + 1] ?? 0) > 0) living.push([counts[k] ?? 0, counts[k + 1] ?? 0]);
  return living.sort(([a], [b]) => a - b);
}
