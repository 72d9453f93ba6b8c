import { runPath } from './api';
import type { Policy, Run } from './types';

export interface Choice {
  id: string;
  text: string;
  link: string | null;
}

const kinds = (policy: Policy): 'model' | 'run' | 'built-in' =>
  policy.id.startsWith('model:') ? 'model' : policy.id.startsWith('run:') ? 'run' : 'built-in';

export function policiesFor(world: string, policies: Policy[]): Policy[] {
  return policies.filter((policy) => policy.worlds === null || policy.worlds.includes(world));
}

/** How a policy is called in the page. */
export function policyText(policy: Policy): string {
  const kind = kinds(policy);
  if (kind === 'run') return `champion of the run ${policy.id.slice('run:'.length)}`;
  if (kind === 'model') return `shipped model ${policy.id.slice('model:'.length)}`;
  return policy.name === policy.id ? policy.id : `${policy.id}: ${policy.name}`;
}

/** The best that is at hand for a world: a shipped model, the newest finished run's champion, a built-in policy made for it, then random play. */
export function bestPolicy(world: string, policies: Policy[], runs: Run[]): Choice {
  const own = policiesFor(world, policies);
  const model = own.filter((p) => kinds(p) === 'model').sort((a, b) => Number(b.id.includes('ppo')) - Number(a.id.includes('ppo')))[0];
  if (model) return { id: model.id, text: policyText(model), link: null };
  const run = runs.find((r) => r.environment === world && r.hasChampion && r.state === 'finished');
  if (run) return { id: `run:${run.name}`, text: `champion of the run ${run.name}`, link: runPath(run.name) };
  const made = own.filter((p) => kinds(p) === 'built-in' && p.worlds !== null && p.id !== 'random').sort((a, b) => Number(b.id === 'lookahead') - Number(a.id === 'lookahead'))[0];
  if (made) return { id: made.id, text: `built-in policy ${made.id}`, link: null };
  return { id: 'random', text: 'random play; no run has finished yet', link: null };
}
