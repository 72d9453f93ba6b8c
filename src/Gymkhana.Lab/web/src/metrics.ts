export type Cells = (number | null)[];

/** The lines of metrics.jsonl, by column. A column that comes later is empty before. */
export class Metrics {
  readonly columns = new Map<string, Cells>();
  length = 0;

  add(columns: string[], rows: Cells[], restart: boolean): void {
    if (restart) {
      this.columns.clear();
      this.length = 0;
    }
    for (const name of columns) {
      if (!this.columns.has(name)) this.columns.set(name, new Array<null>(this.length).fill(null));
    }
    const places = new Map(columns.map((name, place) => [name, place]));
    for (const [name, cells] of this.columns) {
      const place = places.get(name);
      for (const row of rows) cells.push(place === undefined ? null : (row[place] ?? null));
    }
    this.length += rows.length;
  }

  column(name: string): Cells | undefined {
    return this.columns.get(name);
  }

  last(name: string): number | null {
    const cells = this.columns.get(name);
    return cells ? (cells.findLast((cell) => cell !== null) ?? null) : null;
  }

  /** Values to draw along, which rise: the iteration, where there is one, else the number of the line. */
  along(axis: string): number[] {
    const cells = this.columns.get(axis) ?? this.columns.get('iteration');
    let before = 0;
    return Array.from({ length: this.length }, (_, i) => {
      before = Math.max(before, cells?.[i] ?? (cells ? before : i + 1));
      return before;
    });
  }
}
