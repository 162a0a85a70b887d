import type { Plan } from '../../../model/plan.ts';
import { option } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { judgeCommands, type Remark, scriptsOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** The name of an instance is no address. */
export const hostIsAnEndpoint: Rule = {
  id: 'host-is-an-endpoint',
  level: 'error',
  title: 'A database of RDS is reached by its endpoint, not by the name of its instance',
  why: 'The endpoint of an instance is its name, an identifier that belongs to account and region, the region, and rds.amazonaws.com (RDS documentation, finding the connection information). No name server knows the instance by less than all of it, so the application cannot connect. Promoting a replica leaves its endpoint as it is.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier shop-clean --restore-time "$AT" } }
      - { id: look, uses: shell.run, with: { command: psql -h shop-clean -d shop -c "SELECT 1" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier shop-clean --restore-time "$AT" } }
      - id: look
        uses: shell.run
        with: { command: "HOST=$(aws rds describe-db-instances --db-instance-identifier shop-clean --query 'DBInstances[0].Endpoint.Address' --output text)\\npsql -h \\"$HOST\\" -d shop -c 'SELECT 1'" }
`,
  judge(plan) {
    const instances = instancesOf(plan);
    return judgeCommands(plan, (command) => hostsIn(command).flatMap(({ host, at }) => judgeHost(host, at, instances)));
  },
};

function judgeHost(host: string, at: number, instances: ReadonlySet<string>): readonly Remark[] {
  const hint =
    "Read it in the run: aws rds describe-db-instances --db-instance-identifier … --query 'DBInstances[0].Endpoint.Address' --output text.";
  if (instances.has(host))
    return [
      { at, message: `${host} is the name of an RDS instance and no host name: nothing can connect to it`, hint },
    ];
  if (!SHORT.test(host)) return [];
  return [
    {
      at,
      message: `${host} lacks the part that belongs to account and region: no endpoint of RDS has this form`,
      hint,
    },
  ];
}

/** `name.region.rds.…`: between name and region the identifier is missing. */
const SHORT = /^[\w-]+\.[a-z]{2}(-[a-z]+)+-\d\.rds\./;

/** Every instance that the plan makes or renames: nobody can have given it an alias yet. */
const instancesOf = (plan: Plan): ReadonlySet<string> =>
  new Set(
    scriptsOf(plan)
      .flatMap(({ script }) => script.commands.flatMap((command) => madeBy(command)))
      .filter((name) => /^[a-z][a-z0-9-]*$/i.test(name)),
  );

function madeBy(command: ShellCommand): readonly string[] {
  const call = awsCall(command);
  if (call?.service !== 'rds') return [];
  const renamed = call.get('new-db-instance-identifier');
  const made = /^(restore|create)-db-instance/.test(call.operation)
    ? (call.get('target-db-instance-identifier') ?? call.get('db-instance-identifier'))
    : undefined;
  return [renamed, made].filter((name) => name !== undefined);
}

interface Host {
  readonly host: string;
  readonly at: number;
}

/** Hosts in `-h host`, in connection addresses, and in settings that are named for a host. */
function hostsIn(command: ShellCommand): readonly Host[] {
  const given = /^(psql|pg_dump|pg_restore|pg_isready|createdb|dropdb)$/.test(command.program)
    ? option(command, '-h', '--host')
    : undefined;
  const inWords = command.words.slice(1).flatMap(({ value, at }) => {
    const address = /\bpostgres(?:ql)?:\/\/(?:[^@/\s]*@)?([\w.-]+)/.exec(value)?.[1];
    const setting = /^\w*HOST=([\w.-]+)$/.exec(value)?.[1];
    const host = address ?? setting;
    return host === undefined ? [] : [{ host, at }];
  });
  return [...(given === undefined ? [] : [{ host: given, at: command.at }]), ...inWords];
}
