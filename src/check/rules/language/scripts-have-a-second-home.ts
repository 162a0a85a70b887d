import type { Plan } from '../../../model/plan.ts';
import { scriptsCalled } from '../../commands/named-files.ts';
import { scriptsOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** The runbook must not be in the house that burns. */
export const scriptsHaveASecondHome: Rule = {
  id: 'scripts-have-a-second-home',
  level: 'warning',
  title: 'The scripts and documents of a recovery are kept in two places',
  why: 'Steps that call scripts of a repository need its host on the day of the loss: source hosts have outages of hours, and an account that is blocked or a host that is attacked together with the rest takes them away. A copy in another failure domain (a mirror, an artifact, a disk of the person on call) makes the runbook one that can be carried out.',
  bad: `
files: { scripts/restore.sh: { title: Restores, content: in-repository } }
`,
  good: `
files: { scripts/restore.sh: { title: Restores, content: in-repository } }
domains: { host: { title: The host of the source, kind: source } }
components:
  source:
    kind: source
    domain: host
    objectives: { rto: 1d, rpo: 1h }
    backups: [{ method: git.repository, copies: [{ domain: host }, { domain: cellar, encrypted: own-key }] }]
scenarios: { loss: { loses: [database, api, source] } }
`,
  judge(plan) {
    const files = [
      ...new Set([
        ...Object.keys(plan.files),
        ...scriptsOf(plan).flatMap(({ script }) => scriptsCalled(script).map(({ file }) => file)),
      ]),
    ];
    const [first] = files;
    if (first === undefined || hasSecondHome(plan)) return [];
    const source = Object.entries(plan.components).find(([, { kind }]) => kind === 'source')?.[0];
    const more = files.length === 1 ? '' : ` and ${files.length - 1} more`;
    return [
      {
        path: source === undefined ? (plan.files[first] ? ['files'] : ['scenarios']) : ['components', source],
        message: `a recovery needs ${first}${more}, and nothing says that a second place keeps them: when their host does not answer, nobody has them`,
        hint: 'Add a component of kind source whose backups have a copy in another domain, e.g. a mirror of the repository.',
      },
    ];
  },
};

/** Copies of a repository, or of what keeps the source, in two domains: that of the repository itself counts as one. */
const hasSecondHome = ({ components }: Plan): boolean =>
  Object.values(components).some(({ kind, domain, backups }) => {
    const kept = backups.filter(({ method }) => kind === 'source' || method === 'git.repository');
    const domains = new Set([
      ...kept.flatMap(({ copies }) => copies.map((copy) => copy.domain)),
      ...(kind === 'source' && domain !== undefined ? [domain] : []),
    ]);
    return domains.size > 1;
  });
