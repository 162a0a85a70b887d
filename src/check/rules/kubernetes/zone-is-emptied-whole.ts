import type { Plan } from '../../../model/plan.ts';
import { hasOption } from '../../../shell/options.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** A zone is more than one machine. */
export const zoneIsEmptiedWhole: Rule = {
  id: 'zone-is-emptied-whole',
  level: 'warning',
  title: 'When a zone is lost, all of its nodes are closed, and its volumes are thought of',
  why: 'Draining one node leaves the others of the zone open for pods. An EBS volume lives in one zone, and a pod that needs it stays Pending everywhere else (Kubernetes documentation, running in multiple zones; AWS documentation, EBS volumes). What Kubernetes moves by itself is what keeps nothing.',
  bad: `
domains: { aws: { title: AWS }, aws/east: { title: A region }, aws/east/a: { title: A zone, kind: zone } }
scenarios:
  loss:
    loses_domains: [aws/east/a]
    steps:
      - { id: drain, uses: shell.run, with: { command: kubectl drain node-1 --ignore-daemonsets --timeout=2m } }
`,
  good: `
domains: { aws: { title: AWS }, aws/east: { title: A region }, aws/east/a: { title: A zone, kind: zone } }
scenarios:
  loss:
    loses_domains: [aws/east/a]
    steps:
      - { id: close, uses: shell.run, with: { command: kubectl cordon -l topology.kubernetes.io/zone=east-a } }
      - { id: drain, uses: shell.run, with: { command: kubectl drain node-1 --ignore-daemonsets --timeout=2m } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => {
      const zone = sequence.scenario?.loses_domains.find((name) => plan.domains[name]?.kind === 'zone');
      const drains = sequence.acts.filter(({ name }) => name === 'k8s.drain');
      const [first] = drains;
      if (zone === undefined || !first || isWhole(sequence.acts) || drains.length > 1) return [];
      return [
        about(first, {
          message: `${sequence.name} loses ${zone}, and one node is drained: the other nodes of the zone still take pods${volumes(plan)}`,
          hint: 'Close the whole zone first: kubectl cordon -l topology.kubernetes.io/zone=…; then say what becomes of volumes that live in it.',
        }),
      ];
    }),
};

type Acts = ReturnType<typeof sequencesOf>[number]['acts'];

/** By label, in a loop, or by an action that closes a zone. */
const isWhole = (acts: Acts): boolean =>
  acts.some(
    ({ name, command }) =>
      /cordon_zone/.test(name ?? '') ||
      (command !== undefined &&
        ['cordon', 'drain'].includes(kubectlCall(command)?.verb ?? '') &&
        (hasOption(command, '-l', '--selector') ||
          command.inside.includes('loop') ||
          command.through.some(({ program }) => program === 'xargs'))),
  );

/** Who else keeps data on disks of one zone, as far as the plan says it. */
function volumes({ components }: Plan): string {
  const names = Object.entries(components).flatMap(([name, { kind, stateless }]) =>
    stateless !== true && /^(search|queue|workload)$/.test(kind) ? [name] : [],
  );
  return names.length === 0 ? '' : `, and volumes that are bound to it do not move (${names.join(', ')})`;
}
