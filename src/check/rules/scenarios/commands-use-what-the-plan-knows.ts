import { calledAs } from '../../../shell/called.ts';
import { scriptsOf } from '../../commands/scripts.ts';
import { knows, systemOf } from '../../commands/systems.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A recovery leans on more than the list of components says. */
export const commandsUseWhatThePlanKnows: Rule = {
  id: 'commands-use-what-the-plan-knows',
  level: 'warning',
  title: 'Every system that commands use is a component of the plan',
  why: 'What a recovery uses can be lost itself: the cache that holds the block list, the state of Terraform, the machine one logs in to. A system that is no component has no objective, no backup and no scenario, and nobody notices when it goes down together with what it should bring back.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: block, uses: shell.run, with: { command: redis-cli SADD blocked_keys "$KEY" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
components: { cache: { kind: cache, technology: Redis 7, domain: machine, stateless: true, objectives: { rto: 1h } } }
scenarios:
  loss:
    loses: [database, api, cache]
    steps:
      - { id: block, uses: shell.run, with: { command: redis-cli SADD blocked_keys "$KEY" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge(plan) {
    const found = new Map<string, Complaint>();
    for (const { script, path } of scriptsOf(plan))
      for (const command of script.commands) {
        const used = systemOf(command);
        if (!used || found.has(used.what) || knows(plan, used)) continue;
        found.set(used.what, {
          path,
          within: command.at,
          message: `${calledAs(command)} uses ${used.what}, and no component of the plan is that`,
          hint: 'Add it to components, with its domain and what is promised for it, and to the needs of those that use it.',
        });
      }
    return [...found.values()];
  },
};
