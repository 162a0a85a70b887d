import { option } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about, beside } from '../../runbooks/acts.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** Whoever brings a service back must know how large it was. */
export const oneSizeForOneWorkload: Rule = {
  id: 'one-size-for-one-workload',
  level: 'warning',
  title: 'A workload is brought back to one size, the same in every runbook',
  why: 'Numbers of replicas that are typed into several runbooks drift apart: one brings the service back too small, and the next deployment of the desired state, or the autoscaler, changes it again. The size belongs into one place, and runbooks read it from there.',
  bad: `
scenarios:
  other: { title: Another loss, steps: [{ id: start, uses: shell.run, with: { command: kubectl scale deployment api --replicas=3 } }] }
  loss:
    steps:
      - { id: start, uses: shell.run, with: { command: kubectl scale deployment api --replicas=10 } }
`,
  good: `
scenarios:
  other: { title: Another loss, steps: [{ id: start, uses: shell.run, with: { command: kubectl scale deployment api --replicas=10 } }] }
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: kubectl scale deployment api --replicas=0 } }
      - { id: start, uses: shell.run, with: { command: kubectl scale deployment api --replicas=10 } }
`,
  judge: (plan, facts) => {
    const sizes = sequencesOf(plan, facts)
      // Against too much load one makes it larger on purpose; a drill may be smaller.
      .filter(({ scenario }) => scenario !== undefined && scenario.kind !== 'degradation')
      .flatMap(({ acts, name }) => lastOfEach(acts.flatMap((act) => sizeOf(act, name))));
    return [...Map.groupBy(sizes, ({ what }) => what).values()].flatMap((found) => {
      const [first, ...others] = found as [Size, ...Size[]];
      const different = others.find((other) => other.to !== first.to && isAlike(other, first));
      if (!different) return [];
      const all = [...new Set(found.map(({ to, in: name }) => `${to} in ${name}`))];
      return [
        about(different.act, {
          message: `${first.what} is brought back at different sizes: ${all.join(', ')}; which of them is right, nobody can tell`,
          hint: 'Read the size from the desired state or from an input, so that all runbooks agree with what is deployed.',
          related: [beside(first.act, `${first.to} here`)],
        }),
      ];
    });
  },
};

interface Size {
  readonly what: string;
  readonly to: string;
  readonly in: string;
  /** Cluster and namespace, as far as the command says them. */
  readonly where: readonly (string | undefined)[];
  readonly act: Act;
}

/** A size that is written out. Nothing at all is a stop, and no size. */
function sizeOf(act: Act, name: string): readonly Size[] {
  if (!act.command) return [];
  const aws = awsCall(act.command);
  const kubectl = kubectlCall(act.command);
  const isEcs = aws?.service === 'ecs' && aws.operation === 'update-service';
  const what = isEcs
    ? aws.get('service')
    : kubectl?.verb === 'scale'
      ? kubectl.plain.join('/').split('/').at(-1)
      : undefined;
  const to = isEcs ? aws.get('desired-count') : option(act.command, '--replicas');
  return what !== undefined && /^[1-9]\d*$/.test(to ?? '')
    ? [{ what, to: String(to), in: name, where: [aws?.get('cluster') ?? kubectl?.context, kubectl?.namespace], act }]
    : [];
}

/** On the way there may be other sizes; the last one stays. */
const lastOfEach = (sizes: readonly Size[]): readonly Size[] => [
  ...new Map(sizes.map((size) => [size.what, size])).values(),
];

/** The same workload, unless they say that it is in two places. */
const isAlike = (one: Size, other: Size): boolean =>
  one.where.every((place, index) => place === undefined || [undefined, place].includes(other.where[index]));
