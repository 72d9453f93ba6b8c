const version = 2;
const flags = { whole: 1, over: 2, driven: 4 } as const;
const walkerFlags = { finished: 1, leads: 2 } as const;
const headBytes = 24;
const walkerBytes = 24;
const grainWords = 3;

export interface Runner {
  reached: number;
  place: number;
  /** When it reached its last target, s; null before the first. */
  last: number | null;
  x: number;
  y: number;
  finished: boolean;
  leads: boolean;
}

/** A decoded frame of a race, without what stands on the sand: that is a frame of a scene, from `sceneAt`. */
export interface RaceFrame {
  number: number;
  seconds: number;
  /** To which time the race is known, s. */
  known: number;
  /** All grains follow, and what was known of them is void. */
  whole: boolean;
  over: boolean;
  driven: boolean;
  runners: Runner[];
  /** Grains that have changed: three words each, for `Sand`. */
  grains: Uint32Array;
  sceneAt: number;
}

export function decodeRace(data: ArrayBuffer): RaceFrame {
  const view = new DataView(data);
  if (view.getUint8(0) !== version) throw new Error(`This page reads races of version ${version}; the lab sent version ${view.getUint8(0)}. Reload the page.`);
  const said = view.getUint8(1);
  const count = view.getUint16(2, true);
  const runners = Array.from({ length: count }, (_, i) => runner(view, headBytes + i * walkerBytes));
  const grainsAt = headBytes + count * walkerBytes + 4;
  const grains = view.getUint32(grainsAt - 4, true);
  return {
    number: view.getUint32(4, true),
    seconds: view.getFloat64(8, true),
    known: view.getFloat64(16, true),
    whole: (said & flags.whole) !== 0,
    over: (said & flags.over) !== 0,
    driven: (said & flags.driven) !== 0,
    runners,
    grains: new Uint32Array(data, grainsAt, grains * grainWords),
    sceneAt: grainsAt + grains * grainWords * 4,
  };
}

function runner(view: DataView, at: number): Runner {
  const last = view.getFloat32(at + 8, true);
  const said = view.getUint32(at + 20, true);
  return {
    reached: view.getUint32(at, true),
    place: view.getUint32(at + 4, true),
    last: Number.isNaN(last) ? null : last,
    x: view.getFloat32(at + 12, true),
    y: view.getFloat32(at + 16, true),
    finished: (said & walkerFlags.finished) !== 0,
    leads: (said & walkerFlags.leads) !== 0,
  };
}
