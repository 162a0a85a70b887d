import { isLocalHost, postgresConnection } from '../../../shell/programs/postgres.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedCommand, whereIs } from '../../runbooks/acts.ts';
import { databaseNames, serverSwitch } from '../../runbooks/postgres-recovery.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Nobody restores into a server that was just stopped. */
export const serverRunsWhileItIsUsed: Rule = {
  id: 'server-runs-while-it-is-used',
  level: 'error',
  title: 'The database server runs when a step talks to it',
  why: 'psql, pg_dump and pg_restore are clients: they need a server that answers. When an earlier step has stopped it and none has started it again, they end with "connection refused" (PostgreSQL documentation of pg_restore).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: systemctl stop postgresql } }
      - { id: load, uses: shell.run, with: { command: pg_restore -d shop shop.dump } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: stop, uses: shell.run, with: { command: systemctl stop postgresql } }
      - { id: start, uses: shell.run, with: { command: pg_ctlcluster 17 fresh start } }
      - { id: load, uses: shell.run, with: { command: pg_restore -d shop shop.dump } }
`,
  judge(plan, facts) {
    const names = databaseNames(plan);
    return sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(sequence, names));
  },
};

function judgeSequence(sequence: Sequence, names: ReadonlySet<string>): readonly Complaint[] {
  const switches = sequence.commands.flatMap((one) => {
    const found = serverSwitch(one.command, names);
    return found ? [{ one, ...found }] : [];
  });
  // What is stopped on another machine is not the server of this one.
  const stops = switches.filter(({ does, one }) => does === 'stop' && !isElsewhere(one.command));
  const starts = switches.filter(({ does }) => does === 'start');
  const uses = stops.length === 0 ? [] : sequence.commands.flatMap(askedBy);
  return stops.flatMap((stop) => {
    const use = uses.find(
      ({ one, host, container }) =>
        (container === undefined ? isThisOne(host, stop.what, names) : container.includes(stop.what)) &&
        sequence.happensAfter(one, stop.one),
    )?.one;
    if (!use) return [];
    const isUp = starts.some(({ one }) => sequence.happensAfter(one, stop.one) && sequence.happensAfter(use, one));
    if (
      isUp ||
      sequence.steps.some((placed) => START.test(placed.step.uses) && isBetween(sequence, placed, stop.one, use))
    )
      return [];
    return [
      {
        ...whereIs(use),
        message: `${use.command.program} asks the server that "${stop.one.placed.step.id}" has stopped, and nothing has started it: the connection is refused`,
        hint: 'Start it before, or restore into a fresh server and stop only those who write.',
        related: [{ ...whereIs(stop.one), message: `${stop.what} is stopped here` }],
      },
    ];
  });
}

const isBetween = (sequence: Sequence, placed: PlacedStep, from: PlacedCommand, to: PlacedCommand): boolean => {
  const there = { placed, path: placed.path };
  return sequence.happensAfter(there, from) && sequence.happensAfter(to, there);
};

/** Typed actions after which a server runs. */
const START = /^(aws\.)?(postgres\.(restore_server|restore_over|open_server)|rds\.)/;

interface Asking {
  readonly one: PlacedCommand;
  readonly host: string | undefined;
  /** The words by which the container is named in which the client runs. */
  readonly container: readonly string[] | undefined;
}

/** Whether a command is a client that asks a server; empty when it is none, or runs on another machine. */
function askedBy(one: PlacedCommand): readonly Asking[] {
  const { words, through } = one.command;
  const connection = postgresConnection(one.command);
  if (!connection || isElsewhere(one.command)) return [];
  if (words.some(({ value }) => /^(--list|-l|--help|--version)$/.test(value))) return [];
  const outer = through.find(({ program }) => /^(docker|docker-compose|podman|kubectl|oc)$/.test(program));
  return [{ one, host: connection.host, container: outer?.words.map(({ value }) => value) }];
}

const isThisOne = (host: string | undefined, server: string, names: ReadonlySet<string>): boolean =>
  isLocalHost(host) || host === server || names.has(host ?? '');

const isElsewhere = ({ through }: PlacedCommand['command']): boolean =>
  through.some(({ program }) => program === 'ssh');
