import type { PlanPath } from '../../../model/finding.ts';
import type { Component, Plan } from '../../../model/plan.ts';
import { option, optionWords, plainWords } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { scriptsOf } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A document that grew over years describes two systems, and only one of them is running. */
export const onePlatformForAComponent: Rule = {
  id: 'one-platform-for-a-component',
  level: 'error',
  title: 'A component is run by one platform in every runbook',
  why: 'When one page stops the API with Compose and another scales it in Kubernetes, one of them acts on something that is not there. And an RDS read replica can only be made of an RDS instance (RDS user guide, read replicas): there is none to promote of a server that runs in a container of your own.',
  bad: `
components: { api: { ids: { compose_service: shop-api, deployment: shop-api } } }
scenarios:
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: docker compose stop shop-api }, expect: 1m, timeout: 5m, approve: { role: keeper, within: 10m } }
      - { id: start, uses: shell.run, with: { command: kubectl scale deployment shop-api --replicas=3 -n shop }, expect: 1m, timeout: 5m, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }
`,
  good: `
components: { api: { ids: { deployment: shop-api } } }
scenarios:
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: kubectl scale deployment shop-api --replicas=0 -n shop }, expect: 1m, timeout: 5m, approve: { role: keeper, within: 10m } }
      - { id: start, uses: shell.run, with: { command: kubectl scale deployment shop-api --replicas=3 -n shop }, expect: 1m, timeout: 5m, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }
`,
  judge(plan) {
    const uses = usesIn(plan);
    return Object.keys(plan.components).flatMap((name) => [
      ...twoPlatforms(plan, name, uses),
      ...replicaOfAnother(plan, name, uses),
    ]);
  },
};

type Platform = 'Compose' | 'Kubernetes' | 'ECS' | 'RDS';

/** What a command does through a platform, and the names it says. */
interface Use {
  readonly platform: Platform;
  readonly names: ReadonlySet<string>;
  readonly path: PlanPath;
  readonly within: number;
}

const usesIn = (plan: Plan): readonly Use[] =>
  scriptsOf(plan).flatMap(({ script, path }) =>
    script.commands.flatMap((command) => {
      const platform = platformOf(command);
      return platform ? [{ platform, names: namesIn(command, platform), path, within: command.at }] : [];
    }),
  );

function platformOf(command: ShellCommand): Platform | undefined {
  const [, first] = command.words.map(({ value }) => value);
  if (command.program === 'docker-compose' || (command.program === 'docker' && first === 'compose')) return 'Compose';
  if (kubectlCall(command)) return 'Kubernetes';
  const service = awsCall(command)?.service;
  return service === 'ecs' ? 'ECS' : service === 'rds' ? 'RDS' : undefined;
}

/** What a command acts on: a namespace or a host that it only mentions says nothing about who runs it. */
function namesIn(command: ShellCommand, platform: Platform): ReadonlySet<string> {
  switch (platform) {
    case 'Compose':
      return new Set(plainWords(command, ['-f', '--file', '-p']).map(({ value }) => value));
    case 'Kubernetes':
      return new Set((kubectlCall(command)?.plain ?? []).flatMap((word) => word.split('/')));
    case 'ECS':
      return new Set(
        optionWords(command, '--service')
          .concat(optionWords(command, '--services'))
          .map(({ value }) => value),
      );
    case 'RDS':
      return new Set(RDS_IDS.flatMap((name) => option(command, name) ?? []));
  }
}

const RDS_IDS = ['--db-instance-identifier', '--source-db-instance-identifier'];

/** A name that several components share tells none of them apart. */
function usesOf(plan: Plan, { ids }: Component, uses: readonly Use[]): readonly Use[] {
  const all = Object.values(plan.components).flatMap((one) => [...new Set(Object.values(one.ids))]);
  const own = Object.values(ids).filter((id) => all.filter((other) => other === id).length === 1);
  return uses.filter(({ names }) => own.some((id) => names.has(id)));
}

function twoPlatforms(plan: Plan, name: string, uses: readonly Use[]): readonly Complaint[] {
  const [first, ...others] = usesOf(plan, plan.components[name] as Component, uses);
  const other = others.find(({ platform }) => platform !== first?.platform);
  return first && other
    ? [
        complaint(name, `${name} is run by ${first.platform} in one runbook and by ${other.platform} in another`, [
          first,
          other,
        ]),
      ]
    : [];
}

/** An RDS replica whose original is run by something that is not RDS. */
function replicaOfAnother(plan: Plan, name: string, uses: readonly Use[]): readonly Complaint[] {
  const replica = plan.components[name] as Component;
  if (replica.kind !== 'replica') return [];
  const rds = usesOf(plan, replica, uses).find(({ platform }) => platform === 'RDS');
  return replica.needs.flatMap((needed): readonly Complaint[] => {
    const original = Object.hasOwn(plan.components, needed) ? plan.components[needed] : undefined;
    const own = original && usesOf(plan, original, uses).find(({ platform }) => platform !== 'RDS');
    if (!rds || !own) return [];
    const message = `${name} is promoted as an RDS replica, and ${needed}, of which it is said to be a replica, is run by ${own.platform}: RDS makes replicas of its own instances only`;
    return [complaint(needed, message, [own, rds])];
  });
}

const complaint = (component: string, message: string, uses: readonly Use[]): Complaint => ({
  path: ['components', component],
  message,
  hint: 'Find out which one is running, and describe only that.',
  related: uses.map(({ platform, path, within }) => ({ path, within, message: `${platform} here` })),
});
