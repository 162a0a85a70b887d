import type { Component, Plan } from '../../../model/plan.ts';
import { lostComponents } from '../../losses.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** What is made anew gets a new name from the provider. */
export const idsOfWhatIsRebuilt: Rule = {
  id: 'ids-of-what-is-rebuilt',
  level: 'error',
  title: 'A rebuild does not use ids of what was lost',
  why: 'AWS gives every network, security group, subnet and machine a new id (EC2 documentation, resource ids). A rebuild that names the old ones is refused, or puts the new server into a network that is no longer there. New ids come out of the steps that make things.',
  bad: `
components: { network: { kind: network, domain: machine, stateless: true, objectives: { rto: 1h } } }
scenarios:
  loss:
    loses: [database, api, network]
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier shop --db-snapshot-identifier "$S" --vpc-security-group-ids sg-0123456789abcdef0 } }
`,
  good: `
components: { network: { kind: network, domain: machine, stateless: true, objectives: { rto: 1h } } }
scenarios:
  loss:
    loses: [database, api, network]
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-from-db-snapshot --db-instance-identifier shop --db-snapshot-identifier "$S" --vpc-security-group-ids "$GROUP" } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => {
      const lost = networkLost(plan, sequence);
      if (lost === undefined) return [];
      return sequence.acts.flatMap((act) => {
        const ids = idsIn(act, lost);
        if (ids.length === 0) return [];
        return [
          about(act, {
            message: `"${act.placed.step.id}" uses ${ids.join(', ')}, and ${sequence.name} has lost ${lost.name}: what is built anew has other ids`,
            hint: 'Take the ids from the steps that build the network (their outputs, or a fresh inventory).',
          }),
        ];
      });
    }),
};

/** A network, or the machine in it, that this scenario makes anew. */
function networkLost(plan: Plan, { scenario }: Sequence): Lost | undefined {
  if (!scenario) return undefined;
  const lost = lostComponents(plan, scenario);
  const ofKind = (kind: string) => lost.find((name) => (plan.components[name] as Component).kind === kind);
  const network = ofKind('network');
  if (network !== undefined)
    return { name: network, ids: /\b(sg|subnet|vpc|i|eni|rtb|igw|nat)-[0-9a-f]{8}(?:[0-9a-f]{9})?\b/g };
  const bastion = ofKind('bastion');
  return bastion === undefined ? undefined : { name: bastion, ids: /\bi-[0-9a-f]{8}(?:[0-9a-f]{9})?\b/g };
}

interface Lost {
  readonly name: string;
  /** The ids that are lost with it. */
  readonly ids: RegExp;
}

/** Ids that are written out, in a command that does more than look. */
function idsIn({ command }: Act, { ids }: Lost): readonly string[] {
  if (!command || /^(describe|get|list)-/.test(command.words[2]?.value ?? '')) return [];
  return [...new Set(command.words.flatMap(({ value }) => value.match(ids) ?? []))];
}
