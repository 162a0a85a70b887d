import { scriptOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** That a command once ended well, says nothing of the world an hour later. */
export const proofsAreTakenAgain: Rule = {
  id: 'proofs-are-taken-again',
  level: 'error',
  title: 'What must be proven can be looked at again',
  why: 'Right before a step with proven acts, the steps it names are looked at again. A command without observe leaves only its exit code, and that stays 0 when the old primary has been started again meanwhile.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: fence, uses: shell.run, with: { command: systemctl stop postgresql } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, proven: [fence], approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: fence, uses: shell.run, with: { command: systemctl stop postgresql, observe: "! systemctl is-active postgresql" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, proven: [fence], approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ steps }) =>
      steps.flatMap(({ step, path }) =>
        (step.proven ?? []).flatMap((id) => {
          const named = steps.find((other) => other.step.id === id);
          if (!named || !scriptOf(named.step) || named.step.with.observe !== undefined) return [];
          const message = `"${step.id}" acts only when "${id}" is proven, and nothing of that can be looked at again`;
          const related = [{ path: named.path, message: 'has no observe' }];
          return [{ path: [...path, 'proven'], message, hint: `Give "${id}" an observe that looks.`, related }];
        }),
      ),
    ),
};
