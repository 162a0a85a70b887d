import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import { parseLsn } from '../../../model/lsn.ts';
import type { RestoreTarget, SideInstance } from '../client-api.ts';
import { instanceName } from '../ids.ts';
import { ComponentField, LsnField, postgresAction, proof, XidField } from './define.ts';

const Input = z
  .strictObject({
    component: ComponentField,
    before_xid: XidField.optional().describe('The moment just before this transaction committed.'),
    commit_lsn: LsnField.optional().describe('Where that transaction committed; spares reading the log once more.'),
    at_time: z.iso.datetime({ offset: true }).optional().describe('This moment: what had committed by then.'),
    at_lsn: LsnField.optional().describe('Just before this position in the log.'),
    latest: z.literal(true).optional().describe('All that is stored.'),
  })
  .refine(
    (input) => targetsIn(input) === 1,
    'name one moment: before_xid (with commit_lsn), at_time, at_lsn or latest',
  );

const Output = z.strictObject({
  instance: z.string().describe('Name of the side instance.'),
  reached_lsn: LsnField.describe('Where replay stopped.'),
  backup: z.string().describe('The base backup it was restored from.'),
  socket_folder: z.string().describe('Where to connect by hand: psql -h FOLDER -p 5432.'),
});

export const restoreSide = postgresAction({
  name: 'postgres.restore_side',
  summary: 'Restore a database beside production, read only, exactly at a moment.',
  danger: 'add',
  timeout: hours(4),
  input: Input,
  output: Output,
  permissions: () => ['the private key of the repository', 'room on this machine for a copy of the database'],
  async observe({ client, key }) {
    const seen = await client.side(instanceName(key));
    return seen?.ready && seen.running ? { state: 'done', output: outputOf(seen) } : { state: 'absent' };
  },
  preview: ({ component }, seen) => ({
    danger: 'add',
    changes:
      seen.state === 'done'
        ? []
        : [`a second server with a copy of ${component} is started on this machine, read only`],
  }),
  async run({ client, key, signal, log }, input) {
    const { component } = input;
    const instance = instanceName(key);
    return outputOf(await client.restoreSide({ component, instance, key, target: targetOf(input), signal, log }));
  },
  async verify({ client }, _input, output) {
    const seen = await client.side(output.instance);
    const observed = seen ? `ready: ${seen.ready}, running: ${seen.running}, at ${seen.reachedLsn}` : 'not there';
    const held = seen?.ready === true && seen.running && seen.reachedLsn === output.reached_lsn;
    return [proof(`${output.instance} runs and stands at ${output.reached_lsn}`, held, observed)];
  },
  goesBack: ({ component, at_time, at_lsn, latest }) => {
    const to = latest ? 'latest' : (at_time ?? at_lsn);
    return { component, beside: true, ...(to === undefined ? {} : { to }) };
  },
  undo: ({ client, key }) => client.discardSide(instanceName(key)),
  owes: ({ component }, key) => ({
    id: `postgres.side_instance:${instanceName(key)}`,
    what: `the side instance ${instanceName(key)} with a copy of ${component} is on this machine`,
  }),
});

type Targets = {
  readonly before_xid?: number | undefined;
  readonly commit_lsn?: string | undefined;
  readonly at_time?: string | undefined;
  readonly at_lsn?: string | undefined;
  readonly latest?: true | undefined;
};

function targetsIn({ before_xid, commit_lsn, at_time, at_lsn, latest }: Targets): number {
  return [before_xid ?? commit_lsn, at_time, at_lsn, latest].filter((one) => one !== undefined).length;
}

function targetOf({ before_xid, commit_lsn, at_time, at_lsn }: Targets): RestoreTarget {
  const position = commit_lsn ?? at_lsn;
  if (position !== undefined) return { kind: 'lsn', lsn: parseLsn(position) };
  if (before_xid !== undefined) return { kind: 'xid', xid: before_xid };
  return at_time === undefined ? { kind: 'latest' } : { kind: 'time', at: new Date(at_time) };
}

const outputOf = ({ instance, reachedLsn, backup, socketFolder }: SideInstance) => ({
  instance,
  reached_lsn: reachedLsn,
  backup,
  socket_folder: socketFolder,
});
