import type { Complaint, Rule } from '../../rule.ts';
import type { PlacedStep, Runbook } from '../../runbooks/runbook.ts';
import { runbooks } from '../../runbooks/runbook.ts';

/** Waiting and telling people bring nothing back. */
export const recoveryIsMoreThanWaiting: Rule = {
  id: 'recovery-is-more-than-waiting',
  level: 'error',
  title: 'A scenario that promises a time has steps that keep it',
  why: 'Whoever only waits for a provider keeps the promise of that provider, and most make none. An RTO needs a step that brings the service back.',
  bad: `
scenarios:
  loss:
    healthy: patience
    steps: [{ id: patience, uses: time.wait, with: { for: 30m } }]
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 20m, timeout: 30m, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap(judgeRunbook),
};

function judgeRunbook({ name, path, scenario, steps }: Runbook): readonly Complaint[] {
  const { rto, rpo } = scenario.objectives;
  if ((rto === undefined && rpo === undefined) || scenario.kind === 'degradation' || steps.some(isMore)) return [];
  const promise = rto === undefined ? 'its objectives' : 'its RTO';
  const message =
    steps.length === 0
      ? `no step of ${name} keeps ${promise}: it has none`
      : `no step of ${name} keeps ${promise}: it only waits and tells people`;
  return [
    {
      path: [...path, steps.length === 0 ? 'objectives' : 'steps'],
      message,
      hint: 'Write the steps that bring it back, or take the promise away and say who accepts the risk.',
    },
  ];
}

function isMore({ step }: PlacedStep): boolean {
  if (step.uses.startsWith('time.')) return false;
  if (!step.uses.startsWith('human.')) return true;
  return !/\b(wait|announce|tell|inform|notify|status page)\b/i.test(`${step.id} ${step.title ?? ''}`);
}
