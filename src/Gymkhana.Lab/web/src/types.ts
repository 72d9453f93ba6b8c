// The contract with the server: docs/lab.md.

import type { SpeciesRow } from './ribbon';
import type { SandPlan } from './sand';

export interface Lab {
  version: string;
  runsFolder: string;
  processors: number;
  worlds: World[];
  algorithms: Algorithm[];
  policies: Policy[];
}

export interface Figure {
  name: string;
  unit: string;
  description: string;
}

export interface World {
  id: string;
  summary: string;
  stepSeconds: number;
  maxEpisodeSteps: number;
  headline: string | null;
  figures: Figure[];
  drawable: boolean;
}

export interface Row {
  index: string;
  name: string;
  unit: string;
  range: string;
}

export interface WorldDetail extends World {
  page: {
    description: string;
    reward: string;
    start: string;
    end: string;
    source: string;
    versions: string;
    actions: Row[];
    observations: Row[];
  };
  settings: Setting[];
  groups: { name: string; agents: string[]; observation: string; action: string }[];
}

export interface Setting {
  key: string;
  kind: string;
  meaning: string;
  unit: string;
  default: string;
  value?: string;
  given?: boolean;
  expected: string;
}

export interface Preset {
  name: string;
  description: string;
  minutes: number | null;
}

export interface Algorithm {
  name: string;
  summary: string;
  iterationName: string;
  needsData: boolean;
  worlds: { id: string; presets: Preset[] }[];
  settings: Setting[];
}

export interface Policy {
  id: string;
  name: string;
  worlds: string[] | null;
}

export type RunState = 'running' | 'stopped' | 'finished' | 'broken';

export interface Interval {
  mean: number;
  low: number;
  high: number;
}

export interface Score extends Interval {
  name: string;
  unit: string;
  episodes: number;
}

export interface Run {
  name: string;
  algorithm: string | null;
  environment: string | null;
  preset: string | null;
  seed: string | null;
  state: RunState;
  iteration: number | null;
  plannedIterations: number | null;
  iterationName: string | null;
  agentSteps: number | null;
  wallSeconds: number | null;
  created: string | null;
  hasChampion: boolean;
  score: Score | null;
  problem: string | null;
}

export interface RunDetail extends Run {
  algorithmSettings: Setting[];
  environmentSettings: Setting[];
  evaluationSettings: Setting[];
  repeat: string;
  scores: { name: string; unit: string; validation: Interval | null; test: Interval | null }[];
  episodes: { rank: string; number: number; return: number }[];
  files: { name: string; bytes: number }[];
  /** Iterations whose champions are kept, ascending. */
  champions: number[];
  machine: string | null;
}

export interface StartRequest {
  algorithm: string;
  environment: string;
  preset?: string;
  seed?: string;
  minutes?: number;
  settings?: Record<string, string>;
}

export interface ResumeRequest {
  minutes?: number;
  generations?: number;
  steps?: number;
}

export type RunsMessage = { type: 'runs'; runs: Run[] };

/** How probably an episode of `a` brings more than one of `b`, with a 95 % interval; null where they cannot be compared. */
export interface Pair {
  a: string;
  b: string;
  probability: number | null;
  low: number | null;
  high: number | null;
  problem: string | null;
}

/** A file that is being made, or has been: `name` and `bytes` are those of the file. */
export interface Work {
  id: string;
  kind: string;
  state: 'working' | 'done' | 'failed';
  problem: string | null;
  name: string | null;
  bytes: number | null;
}

export type WorkRequest =
  | { kind: 'race'; walkers: string[]; colours: string[]; targets: number; seed: string; seconds: number }
  | { kind: 'film' | 'report' | 'onnx'; run: string };

export type RunMessage =
  | { type: 'run'; run: Run }
  | { type: 'metrics'; columns: string[]; rows: (number | null)[][]; restart: boolean }
  | { type: 'species'; rows: SpeciesRow[]; restart: boolean }
  | { type: 'champion'; iteration: number }
  | { type: 'log'; text: string }
  | { type: 'gone' };

export interface SceneBegin {
  type: 'begin';
  world: string;
  policy: string;
  seed: string;
  stepSeconds: number;
  figures: { name: string; unit: string }[];
  /** How the driven agent acts: by one of `count` choices, or by numbers within bounds. */
  drive: Drive | null;
  network: NetworkPlan | null;
}

export interface Drive {
  agent: string;
  count: number | null;
  low: number[] | null;
  high: number[] | null;
}

/** An evolved network: nodes with their places, x from 0 at the inputs to 1 at the outputs, y from 0 at the top. */
export interface NetworkPlan {
  nodes: { role: 'input' | 'hidden' | 'output'; label: string; x: number; y: number }[];
  links: { from: number; to: number; weight: number }[];
}

export interface SceneEpisode {
  type: 'episode';
  number: number;
  seed: string;
  steps: number;
  seconds: number;
  return: number;
  figures: number[];
}

export type SceneMessage = SceneBegin | SceneEpisode;

/** What a live view is told instead where it cannot go on. */
export interface Refusal {
  type: 'error';
  error: string;
}

export interface RaceBegin {
  type: 'begin';
  targets: number;
  seed: string;
  seconds: number;
  stepSeconds: number;
  walkers: { id: string; name: string; colour: string }[];
  sand: SandPlan;
}

export interface RaceEnd {
  type: 'end';
  seconds: number;
  ranking: { walker: number; name: string; reached: number; seconds: number | null }[];
}

export type RaceMessage = RaceBegin | RaceEnd;
