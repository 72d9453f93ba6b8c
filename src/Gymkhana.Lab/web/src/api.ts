import { answered, unanswered } from './connection';
import { parseJson, writeJson } from './seeds';
import type { Lab, Pair, ResumeRequest, Run, RunDetail, StartRequest, Work, WorkRequest, WorldDetail } from './types';

/** A refusal of the server, in its own words. */
export class Refusal extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit = { method, cache: 'no-store' };
  if (method !== 'GET') init.headers = { 'Content-Type': 'application/json' };
  if (body !== undefined) init.body = writeJson(body);
  const response = await fetch(path, init);
  if (!response.ok) {
    const said: unknown = await response.json().catch(() => null);
    const text = typeof said === 'object' && said !== null && 'error' in said ? String(said.error) : `The lab answered ${response.status}.`;
    throw new Refusal(text, response.status);
  }
  return response;
}

/** Gets, and tries again with growing pauses while the lab does not answer. */
async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const caller = {};
  for (let pause = 500; ; pause = Math.min(8000, pause * 2)) {
    try {
      const response = await send('GET', path);
      const value = parseJson(await response.text()) as T;
      answered(caller);
      return value;
    } catch (error) {
      if (error instanceof Refusal || signal?.aborted) {
        answered(caller);
        throw error;
      }
      unanswered(caller);
      await wait(pause);
    }
  }
}

async function change<T>(method: string, path: string, body: unknown): Promise<T | null> {
  let response: Response;
  try {
    response = await send(method, path, body);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('The lab is not answering.', 0);
  }
  const text = await response.text();
  return text ? (parseJson(text) as T) : null;
}

export const runPath = (name: string): string => `/runs/${encodeURIComponent(name)}`;
const runApi = (name: string): string => `/api/runs/${encodeURIComponent(name)}`;
export const filePath = (name: string, file: string): string => `${runApi(name)}/files/${encodeURIComponent(file)}`;

export const getLab = (signal?: AbortSignal): Promise<Lab> => get<Lab>('/api/lab', signal);
export const getWorld = (id: string, signal?: AbortSignal): Promise<WorldDetail> => get<WorldDetail>(`/api/worlds/${encodeURIComponent(id)}`, signal);
export const getRuns = async (signal?: AbortSignal): Promise<Run[]> => (await get<{ runs: Run[] }>('/api/runs', signal)).runs;
export const getRun = (name: string, signal?: AbortSignal): Promise<RunDetail> => get<RunDetail>(runApi(name), signal);

export const getComparison = async (names: string[], signal?: AbortSignal): Promise<Pair[]> =>
  (await get<{ pairs: Pair[] }>(`/api/compare?${new URLSearchParams(names.map((name) => ['run', name])).toString()}`, signal)).pairs;

export async function startRun(request: StartRequest): Promise<string> {
  const answer = await change<{ name: string }>('POST', '/api/runs', request);
  if (!answer) throw new Refusal('The lab did not say the name of the run.', 0);
  return answer.name;
}

export async function stopRun(name: string): Promise<void> {
  await change('POST', `${runApi(name)}/stop`, {});
}

export async function resumeRun(name: string, request: ResumeRequest): Promise<void> {
  await change('POST', `${runApi(name)}/resume`, request);
}

export async function renameRun(name: string, to: string): Promise<string> {
  return (await change<{ name: string }>('POST', `${runApi(name)}/rename`, { name: to }))?.name ?? to;
}

export async function deleteRun(name: string): Promise<void> {
  await change('DELETE', runApi(name), undefined);
}

const workApi = (id: string): string => `/api/works/${encodeURIComponent(id)}`;
export const workFile = (id: string): string => `${workApi(id)}/file`;
export const getWork = (id: string, signal?: AbortSignal): Promise<Work> => get<Work>(workApi(id), signal);

export async function startWork(request: WorkRequest): Promise<Work> {
  const work = await change<Work>('POST', '/api/works', request);
  if (!work) throw new Refusal('The lab did not say how the work goes.', 0);
  return work;
}
