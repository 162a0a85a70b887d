import { readdir, readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLag } from '../../src/providers/postgres/actions/check-lag.ts';
import { fence } from '../../src/providers/postgres/actions/fence.ts';
import { judgePrimary } from '../../src/providers/postgres/actions/judge-primary.ts';
import { promote } from '../../src/providers/postgres/actions/promote.ts';
import { rejoin } from '../../src/providers/postgres/actions/rejoin.ts';
import { contextOf, newStep } from './postgres-actions-world.ts';
import { type FailoverWorld, failoverWorld, startWriter, until, type Writer } from './postgres-failover-world.ts';

/* One pair of servers for the whole file: each test leaves a primary and a replica for the next one. */
let world: FailoverWorld;
beforeAll(async () => {
  world = await failoverWorld();
});
afterAll(() => world.close());

const idsOn = async (server: FailoverWorld['one']): Promise<ReadonlySet<number>> =>
  new Set((await server.sql<{ id: number }>('SELECT id FROM orders')).map(({ id }) => id));

const missing = async (writer: Writer, server: FailoverWorld['one']): Promise<readonly number[]> => {
  const found = await idsOn(server);
  return writer.acknowledged.map(({ id }) => id).filter((id) => !found.has(id));
};

const streams = () =>
  until('the replica streams', async () => (await world.client.standing('two', never)).receiver !== undefined);
const never = new AbortController().signal;

test('a primary that lives is not judged down, and says from where it was seen', async () => {
  await streams();
  const judged = world.perform(judgePrimary, { component: 'one', replicas: ['two'], every: '50ms' });
  await expect(judged).rejects.toMatchObject({
    code: 'TARGET_HEALTHY',
    message: expect.stringContaining('takes writes'),
  });
});

test('while the primary takes writes, promoting is refused', async () => {
  await expect(world.perform(promote, { component: 'two', of: 'one' })).rejects.toMatchObject({
    code: 'TARGET_HEALTHY',
  });
  expect((await world.client.standing('two', never)).inRecovery).toBe(true);
});

test('a fence keeps the application out, and taken back it lets it in again', async () => {
  const { client } = world;
  const writer = startWriter([world.one.port], 1);
  await until('it writes', () => writer.acknowledged.length > 20);
  const step = newStep('fence');
  const ctx = contextOf(client, step);
  const input = fence.input.parse({ component: 'one', by: 'refuse_logins' });
  const output = await world.perform(fence, input, step);
  const closedAfter = writer.acknowledged.length;
  await until('it is turned away for a while', () => new Promise((resolve) => setTimeout(() => resolve(true), 200)));
  expect(writer.acknowledged.length).toBe(closedAfter);
  expect(await missing(writer, world.one)).toEqual([]);
  // The replica goes on to receive, up to the last of it.
  const { received } = await client.standing('two', never);
  expect(output.position?.split('/')[0]).toBe(received.split('/')[0]);
  if (typeof fence.undo === 'function') await fence.undo(ctx, input, output);
  await until('it writes again', () => writer.acknowledged.length > closedAfter);
  await writer.end();
  expect(await fence.observe(ctx, input)).toEqual({ state: 'absent' });
});

test('by choice: fenced, nothing lost, promoted, the old one rewound and following', async () => {
  const writer = startWriter([world.one.port, world.two.port], 100_000);
  await until('it writes', () => writer.acknowledged.length > 50);
  const { position } = await world.perform(fence, { component: 'one', by: 'refuse_logins' });
  const lag = await world.perform(checkLag, { component: 'one', replicas: ['two'], at_most: '0' });
  expect(lag).toMatchObject({ replica: 'two', known_from: 'primary', lost: 0, loss_seconds: 0 });
  const promoted = await world.perform(promote, { component: 'two', of: 'one', at_least: position });
  expect(promoted).toMatchObject({ timeline: 2, old_timeline: 1 });
  await until('it writes to the new primary', () => writer.acknowledged.some(({ port }) => port === world.two.port));
  const attached = await world.perform(rejoin, { component: 'one', primary: 'two' });
  expect([attached, world.log.filter((line) => line.startsWith('it cannot be rewound'))]).toEqual([
    { method: 'rewound', timeline: 2 },
    [],
  ]);
  await writer.end();
  expect(await missing(writer, world.two)).toEqual([]);
  const followed = await world.client.following({ component: 'one', primary: 'two', signal: never });
  expect(followed).toMatchObject({ follows: true, timeline: 2 });
});

test('failing back is the same with the names exchanged', async () => {
  const writer = startWriter([world.one.port, world.two.port], 200_000);
  await until('it writes', () => writer.acknowledged.length > 50);
  const { position } = await world.perform(fence, { component: 'two', by: 'refuse_logins' });
  await world.perform(checkLag, { component: 'two', replicas: ['one'], at_most: '0' });
  const promoted = await world.perform(promote, { component: 'one', of: 'two', at_least: position });
  expect(promoted.timeline).toBe(3);
  await until('it writes to the first one', () => writer.acknowledged.some(({ port }) => port === world.one.port));
  await world.perform(rejoin, { component: 'two', primary: 'one' });
  await writer.end();
  expect(await missing(writer, world.one)).toEqual([]);
});

test('kill -9 under load: judged, closed, promoted; the first write is there in 5 s', async () => {
  const { one, two } = world;
  const writer = startWriter([one.port, two.port], 300_000);
  await until('it writes', () => writer.acknowledged.length > 50);
  const killed = performance.now();
  await killServer(one.data);
  const judged = await world.perform(judgePrimary, { component: 'one', replicas: ['two'], every: '250ms', misses: 3 });
  const judgedAfter = performance.now() - killed;
  await world.perform(fence, { component: 'one', by: 'stop_server' });
  const lag = await world.perform(checkLag, { component: 'one', replicas: ['two'], down_since: judged.down_since });
  const promoted = await world.perform(promote, { component: 'two', of: 'one' });
  await until('it writes to the new primary', () =>
    writer.acknowledged.some(({ port, at }) => port === two.port && at > killed),
  );
  const first = writer.acknowledged.find(({ port, at }) => port === two.port && at > killed);
  const writesAfter = (first?.at ?? Number.POSITIVE_INFINITY) - killed;
  const attached = await world.perform(rejoin, { component: 'one', primary: 'two' });
  await writer.end();
  const lost = await missing(writer, two);
  process.stdout.write(
    `failover: judged after ${Math.round(judgedAfter)}ms, promoted in ${promoted.promoted_in_ms}ms, first write after ${Math.round(writesAfter)}ms ` +
      `(Patroni's defaults promise no sooner than its ttl of 30000ms), ${lost.length} commits lost of ${writer.acknowledged.length}\n`,
  );
  expect(writesAfter).toBeLessThan(5000);
  expect(lag.known_from).toBe('clock');
  expect(attached.method).toBe('rewound');
  // Whatever is lost was acknowledged by the old primary, and the new one has all of its own.
  const own = writer.acknowledged.filter(({ port }) => port === two.port).map(({ id }) => id);
  expect(own.filter((id) => lost.includes(id))).toEqual([]);
});

test('a folder that cannot be rewound is copied anew, and its old files stay beside it', async () => {
  const { two } = world;
  await killServer(two.data);
  await world.perform(fence, { component: 'two', by: 'stop_server' });
  await world.perform(promote, { component: 'one', of: 'two' });
  for (const name of await readdir(`${two.data}/pg_wal`))
    if (/^[0-9A-F]{24}$/.test(name)) await rm(`${two.data}/pg_wal/${name}`);
  const attached = await world.perform(rejoin, { component: 'two', primary: 'one' });
  expect(attached.method).toBe('copied');
  expect((await readdir(two.folder)).filter((name) => name.startsWith('data.before-')).length).toBe(1);
  expect(world.log.some((line) => line.startsWith('it cannot be rewound: '))).toBe(true);
});

async function killServer(data: string): Promise<void> {
  const pid = Number((await readFile(`${data}/postmaster.pid`, 'utf8')).split('\n')[0]);
  process.kill(pid, 'SIGKILL');
}
