import type { Plan } from '../../../model/plan.ts';
import { judgeScripts, type PlacedScript, type Remark } from '../../commands/scripts.ts';
import { writtenParts } from '../../commands/written-parts.ts';
import { lostComponents } from '../../losses.ts';
import type { Rule } from '../../rule.ts';

/** What was destroyed comes back with another id. */
export const machineMadeIdsAreLookedUp: Rule = {
  id: 'machine-made-ids-are-looked-up',
  level: 'warning',
  title: 'Commands look up ids that a cloud has made, instead of holding them',
  why: 'Instances, networks, security groups and disks get a new id when they are made anew, and another account has another number. A command with sg-… or the number of an account in the name of a registry works until the day on which the thing itself was lost, which is the day of the command. Names and tags stay (AWS documentation of resource ids).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: find, uses: shell.run, with: { command: "aws ec2 describe-instances --instance-ids i-0123456789abcdef0" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: find, uses: shell.run, with: { command: "aws ec2 describe-instances --filters Name=tag:Name,Values=bastion Name=instance-state-name,Values=running" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) => judgeScripts(plan, (around) => judgeScript(around, losesTheNetwork(plan, around) ? REGISTRY : ANY)),
};

/** Where the network itself was lost, its ids are not only unlucky but wrong: rule ids-of-what-is-rebuilt says so. */
function losesTheNetwork(plan: Plan, { of: { part, name } }: PlacedScript): boolean {
  const scenario = part === 'scenarios' ? plan.scenarios[name] : undefined;
  const lost = scenario ? lostComponents(plan, scenario) : [];
  return lost.some((one) => plan.components[one]?.kind === 'network');
}

/** An id that a text holds several times is said once. */
function judgeScript({ script, step }: PlacedScript, ids: RegExp): readonly Remark[] {
  const found = new Map<string, number>();
  for (const { text, at } of writtenParts(script))
    for (const match of text.matchAll(ids)) if (!found.has(match[0])) found.set(match[0], at + match.index);
  return [...found].map(([id, at]) => ({
    at,
    message: `"${step.id}" holds ${id}: when it is made anew, it is called something else`,
    hint: 'Look it up by name or tag in the same text, or keep it in the ids of the component and take it from there as an input.',
  }));
}

/** The host of a registry, which bears the number of its account. */
const REGISTRY = /(?<![\w.-])\d{12}\.dkr\.ecr\.[\w-]+\.[\w.]+/g;

/** Also the prefixes of EC2 and its networks, with 8 or 17 hexadecimal digits. */
const ANY = new RegExp(
  String.raw`(?<![\w-])(?:i|sg|vpc|subnet|vol|eni|eipalloc|rtb|igw|nat|acl|fs|ami|lt|tgw|vpce|snap)-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![\w-])|${REGISTRY.source}`,
  'g',
);
