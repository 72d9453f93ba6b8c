// The contract with the server: docs/lab.md.

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
  seed: number | null;
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
  machine: string | null;
}

export interface StartRequest {
  algorithm: string;
  environment: string;
  preset?: string;
  seed?: number;
  minutes?: number;
  settings?: Record<string, string>;
}

export interface ResumeRequest {
  minutes?: number;
  generations?: number;
  steps?: number;
}

export type RunsMessage = { type: 'runs'; runs: Run[] };

export type RunMessage =
  | { type: 'run'; run: Run }
  | { type: 'metrics'; columns: string[]; rows: (number | null)[][]; restart: boolean }
  | { type: 'champion'; iteration: number }
  | { type: 'log'; text: string }
  | { type: 'gone' };

export interface SceneBegin {
  type: 'begin';
  world: string;
  policy: string;
  seed: number;
  stepSeconds: number;
  figures: { name: string; unit: string }[];
  network: NetworkPlan | null;
}

/** An evolved network: nodes with their places, x from 0 at the inputs to 1 at the outputs, y from 0 at the top. */
export interface NetworkPlan {
  nodes: { role: 'input' | 'hidden' | 'output'; label: string; x: number; y: number }[];
  links: { from: number; to: number; weight: number }[];
}

export interface SceneEpisode {
  type: 'episode';
  number: number;
  seed: number;
  steps: number;
  seconds: number;
  return: number;
  figures: number[];
}

export type SceneMessage = SceneBegin | SceneEpisode | { type: 'error'; error: string };
