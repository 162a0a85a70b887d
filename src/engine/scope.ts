import { createHash } from 'node:crypto';
import { canonicalJson, type Json, type JsonObject } from '../lib/json.ts';
import type { Step } from '../model/plan.ts';
import type { RunState } from '../model/run-state.ts';

/** What expressions in steps can see: inputs, what earlier steps put out, the run and the components. */
export function scopeOf(state: RunState): JsonObject {
  const steps: Record<string, Json> = {};
  for (const [id, step] of state.steps)
    steps[id] = { status: step.progress.status, ...(step.output === undefined ? {} : { outputs: step.output }) };
  return {
    inputs: state.origin.inputs,
    steps,
    run: {
      id: state.id,
      started_at: state.createdAt,
      impact_at: state.impactAt,
      environment: state.origin.environment,
      scenario: state.origin.scenario,
    },
    components: (state.origin.plan.components ?? {}) as JsonObject,
  };
}

/** What an approval is bound to: the step as written and the parameters it will really run with. Either changes, and the yes is void. */
export function approvalHash(step: Step, input: Json): string {
  return createHash('sha256')
    .update(canonicalJson({ step: JSON.parse(JSON.stringify(step)) as Json, input }))
    .digest('hex');
}
