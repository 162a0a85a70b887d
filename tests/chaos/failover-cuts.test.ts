import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Order } from './failover-order.ts';
import { type Cable, type Networked, networked, whyNoNamespaces } from './failover-world.ts';

/*
 * Cables are cut at every moment of a failover. Whatever comes of it: once a server has acknowledged a write as the new primary, the old
 * one has acknowledged its last, and where it cannot be closed nothing is promoted.
 */
const why = whyNoNamespaces();
if (why !== undefined) process.stderr.write(`NOT PLAYED: cuts of the network during a failover: ${why}\n`);

const FLOWS = {
  /** By choice: the server closes itself, and the replica must have all of it. */
  switchover: { steps: ['fence', 'promote'], moments: ['fence', 'promote', 'end'] },
  /** After a loss: nobody but the server itself could close it, and it cannot be reached. */
  'failover, no way to close it': { steps: ['judge', 'fence', 'promote'], moments: ['judge'] },
  /** After a loss: its machine can be switched off from elsewhere. */
  'failover, switched off': { steps: ['judge', 'fence', 'promote'], moments: ['judge', 'fence', 'promote', 'end'] },
} as const;
type Flow = keyof typeof FLOWS;
const CUTS: Readonly<Record<string, readonly Cable[]>> = {
  'primary-replica': ['pr'],
  'orchestrator-primary': ['op'],
  'orchestrator-replica': ['or'],
  'both of the primary': ['op', 'pr'],
};
const LASTING = ['for good', 'flapping'] as const;

interface Case {
  readonly flow: Flow;
  readonly cut: string;
  readonly moment: string;
  readonly lasting: (typeof LASTING)[number];
}

const ALL: readonly Case[] = (Object.keys(FLOWS) as Flow[]).flatMap((flow) =>
  Object.keys(CUTS).flatMap((cut) =>
    FLOWS[flow].moments.flatMap((moment) => LASTING.map((lasting) => ({ flow, cut, moment, lasting }))),
  ),
);
/** A primary that lives on, alone, is switched off and another one promoted: the whole way, once. */
const FEW: readonly Case[] = [
  { flow: 'failover, switched off', cut: 'both of the primary', moment: 'judge', lasting: 'for good' },
];
const cases = process.env.CHAOS === 'all' ? ALL : FEW;

/** Some machines let nobody make network namespaces, root or not; anything else that is missing is a failure. */
if (why !== undefined)
  test('cuts are not played only where nobody may make network namespaces', () =>
    expect(why).toMatch(/only root|Operation not permitted|Permission denied/));
else
  describe('cuts during a failover', () => {
    let net: Networked;
    const ended = new Map<string, number>();
    beforeAll(async () => {
      net = await networked();
    });
    afterAll(async () => {
      await net?.close();
      process.stdout.write(
        `cuts: ${cases.length} schedules; ${[...ended].map(([how, n]) => `${how} ${n}`).join(', ')}\n`,
      );
    });

    test.each(cases)('$flow: $cut cut before $moment, $lasting', async (one) => {
      await net.reset();
      const { end, why: reason } = await play(net, one);
      ended.set(end, (ended.get(end) ?? 0) + 1);
      await pause(500);
      const [old, promoted] = [net.acknowledged('primary'), net.acknowledged('replica')];
      const first = promoted[0] ?? Number.POSITIVE_INFINITY;
      const after = old.filter((at) => at > first);
      expect({ end, reason, after }).toEqual({ end, reason, after: [] });
      if (end === 'stopped') expect(promoted).toEqual([]);
      if (end === 'promoted') expect(promoted.length).toBeGreaterThan(0);
      for (const expected of KNOWN.filter(([known]) => known(one))) expect(end).toBe(expected[1]);
    });
  });

/** What must come of some of them: so that stopping always would be found out, and promoting always, too. */
const KNOWN: readonly (readonly [(one: Case) => boolean, string])[] = [
  [({ moment }) => moment === 'end', 'promoted'],
  [
    ({ flow, cut, lasting, moment }) =>
      flow === 'switchover' && cut === 'orchestrator-primary' && lasting === 'for good' && moment !== 'end',
    'stopped',
  ],
  [({ flow, moment }) => flow === 'failover, no way to close it' && moment !== 'end', 'stopped'],
  [
    ({ flow, cut, lasting, moment }) =>
      flow === 'failover, switched off' &&
      cut === 'both of the primary' &&
      lasting === 'for good' &&
      moment === 'judge',
    'promoted',
  ],
];

const ALONE: readonly Cable[] = ['op', 'pr'];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function play(net: Networked, { flow, cut, moment, lasting }: Case): Promise<{ end: string; why?: string }> {
  const flapping: NodeJS.Timeout[] = [];
  const strike = (): void => {
    const cables = CUTS[cut] ?? [];
    for (const cable of cables) net.cut(cable);
    if (lasting === 'for good') return;
    let whole = false;
    flapping.push(
      setInterval(() => {
        whole = !whole;
        for (const cable of cables) whole ? net.heal(cable) : net.cut(cable);
      }, 700),
    );
  };
  // Later moments are only reached when it was judged down: it lives on, alone, until it is switched off.
  if (flow === 'failover, switched off' && moment !== 'judge') for (const cable of ALONE) net.cut(cable);
  const child = net.child('orchestrator', process.execPath, [
    join(import.meta.dirname, 'failover-run.ts'),
    JSON.stringify(orderFor(net, flow)),
  ]);
  let said: { end: string; why?: string } = { end: 'silent' };
  try {
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const message = JSON.parse(line) as { before?: string; end?: string; why?: string };
      if (message.before === moment) strike();
      if (message.before !== undefined) child.stdin?.write('go\n');
      if (message.end !== undefined) said = { end: message.end, ...(message.why ? { why: message.why } : {}) };
    }
    if (child.exitCode === null) await once(child, 'exit');
    return said;
  } finally {
    for (const timer of flapping) clearInterval(timer);
  }
}

function orderFor(net: Networked, flow: Flow): Order {
  const pid = net.pid('primary');
  const off = {
    by: 'command',
    close: `kill -9 ${pid} 2>/dev/null; while kill -0 ${pid} 2>/dev/null; do sleep 0.02; done`,
    proof: `! kill -0 ${pid} 2>/dev/null`,
  };
  const judge = { component: 'primary', replicas: ['replica'], every: '250ms', misses: 3, within: '8s' };
  const fence = { component: 'primary', ...(flow === 'failover, switched off' ? off : { by: 'refuse_logins' }) };
  const inputs = { judge, fence, promote: { component: 'replica', of: 'primary' } };
  return {
    primary: net.uri('primary', 'postgres'),
    primaryApp: net.uri('primary', 'app'),
    replica: net.uri('replica', 'postgres'),
    replicaApp: net.uri('replica', 'app'),
    steps: FLOWS[flow].steps.map((name) => ({ name, input: inputs[name] })),
  };
}
