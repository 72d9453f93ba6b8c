import { policiesFor, policyText } from './policies';
import { isSeed } from './seeds';
import type { Policy, Run } from './types';

export interface RaceChoice {
  /** Policies by their ids, or `you`. */
  walkers: string[];
  /** As `#rrggbb`, one for each walker; an empty one is left to the lab. */
  colours: string[];
  /** 0 for a walk that only time ends. */
  targets: number;
  seed: string;
  seconds: number;
}

export const raceWorld = 'Walker-v0';
export const you = 'you';
export const mostWalkers = 8;
export const mostTargets = 10_000;
export const mostSeconds = 1800;
const usual = { targets: 20, seed: '1', seconds: 300 };
const manyByDefault = 4;
const isColour = /^#[0-9a-f]{6}$/i;

/** The race that an address asks for; without walkers where it names none. */
export function raceOf(query: URLSearchParams): RaceChoice {
  const within = (text: string | null, low: number, high: number, otherwise: number): number => {
    const value = text === null || text.trim() === '' ? NaN : Number(text);
    return value >= low && value <= high ? value : otherwise;
  };
  const seed = query.get('seed') ?? '';
  const walkers = query.getAll('walker').filter((id) => id !== '').slice(0, mostWalkers);
  const colours = query.getAll('colour');
  return {
    walkers,
    colours: walkers.map((_, i) => (isColour.test(colours[i] ?? '') ? (colours[i] ?? '') : '')),
    targets: Math.round(within(query.get('targets'), 0, mostTargets, usual.targets)),
    seed: isSeed(seed) ? seed : usual.seed,
    seconds: within(query.get('seconds'), 1, mostSeconds, usual.seconds),
  };
}

export function raceQuery(choice: RaceChoice): string {
  const query = new URLSearchParams(choice.walkers.map((id) => ['walker', id]));
  if (choice.colours.some((colour) => colour !== '')) for (const colour of choice.colours) query.append('colour', colour);
  query.set('targets', String(choice.targets));
  query.set('seed', choice.seed);
  query.set('seconds', String(choice.seconds));
  return query.toString();
}

export const racePath = (walkers: string[]): string => `/race?${new URLSearchParams(walkers.map((id) => ['walker', id])).toString()}`;

/** Who races where nobody said: the newest finished walkers, else policies that come with the lab, else chance. */
export function usualWalkers(policies: Policy[], runs: Run[]): string[] {
  const trained = runs.filter((run) => run.environment === raceWorld && run.hasChampion && run.state === 'finished').map((run) => `run:${run.name}`);
  if (trained.length > 0) return trained.slice(0, manyByDefault);
  const built = policies.filter((policy) => policy.worlds?.includes(raceWorld) && !policy.id.startsWith('run:')).map((policy) => policy.id);
  return built.length > 0 ? built.slice(0, manyByDefault) : ['random'];
}

export function walkerText(id: string, policies: Policy[]): string {
  if (id === you) return 'You';
  const policy = policies.find((p) => p.id === id);
  if (policy) return policyText(policy);
  const past = /^run:(.+)@(\d+)$/.exec(id);
  return past ? `champion of the run ${past[1]} in its iteration ${past[2]}` : id;
}

/** Who may be added to a race. */
export const walkersFor = (policies: Policy[]): Policy[] => policiesFor(raceWorld, policies);
