import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorRecord, KnownError } from '../model/errors.ts';
import type { Claim } from '../model/journal.ts';
import type { JournalEvent } from '../model/run.ts';
import { approve } from './approve.ts';
import { attach, exitOf } from './attach.ts';
import { decide } from './decide.ts';
import type { Happening } from './happening.ts';
import { shareOutput } from './output-file.ts';
import { prepareOrigin, recover } from './recover.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
});
afterEach(() => rig.remove());

const FIRE = { scenario: 'fire', set: ['cause=a candle'] };

/** A run whose first event is kept and which a living process holds. */
async function begun(): Promise<Claim> {
  const origin = { type: 'run.created' as const, ...prepareOrigin(FIRE, rig.services()) };
  return rig.journal.create({ id: 'run-0', lock: 'shop/production', by: 'ada', origin });
}

/** Somebody who follows, in a process of his own, and does something at an event. */
function follower(on: Record<string, () => unknown> = {}) {
  const leave = new AbortController();
  const seen: string[] = [];
  const drivers: string[] = [];
  const following = {
    signal: leave.signal,
    attaches: (lastSeq: number, driver: string) => void drivers.push(`${lastSeq} ${driver}`),
    drives: (driver: string) => void drivers.push(driver),
    watch: (happening: Happening) => {
      if (happening.kind !== 'event') return;
      seen.push(`${happening.past ? 'past ' : ''}${happening.event.type}`);
      on[happening.event.type]?.();
    },
  };
  const other = rig.journal.anotherProcess();
  const services = rig.services({ journal: () => other, chosen: { environment: 'production' } });
  return { leave, seen, drivers, services, run: (id?: string) => attach(id, services, following) };
}

describe('following a run', () => {
  test('sees all that happens until its end, answers it, and ends as it ends', async () => {
    const seen: string[] = [];
    const noOne = { signal: new AbortController().signal, mayAsk: false };
    let other: ReturnType<typeof follower> | undefined;
    let followed: ReturnType<ReturnType<typeof follower>['run']> | undefined;
    const result = await recover(FIRE, rig.services(), {
      ...noOne,
      watch: (happening) => {
        if (happening.kind !== 'event') return;
        seen.push(happening.event.type);
        if (happening.event.type !== 'step.started' || other) return;
        const { run } = happening.event;
        other = follower({
          'step.waiting': () =>
            void approve({ run, step: 'rebuild', by: 'bob', reject: false }, other?.services as never),
        });
        followed = other.run();
      },
    });
    const told = await followed;
    expect(result.status).toBe('succeeded');
    expect(told).toMatchObject({ run: result.run, status: 'succeeded', rto_met: true });
    expect(exitOf(told as never)).toBe(0);
    expect(other?.seen.map((type) => type.replace('past ', ''))).toEqual(seen);
    expect(other?.seen[0]).toBe('past run.created');
    expect(other?.drivers[0]).toMatch(/^\d alive$/);
  });

  test('of a run that is over tells it at once, with the exit code of the run', async () => {
    rig.world.troubles.set('house', [new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.')]);
    rig.edit((plan) => plan.replace('        expect: 1m\n', '        on_failure: stop\n        expect: 1m\n'));
    const result = await recover(FIRE, rig.services(), {
      signal: new AbortController().signal,
      mayAsk: false,
      watch: (happening) => {
        if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
        const yes = { run: happening.event.run, step: 'rebuild', by: 'bob', reject: false };
        void approve(yes, rig.services({ chosen: { environment: 'production' } }));
      },
    });
    expect(result.status).toBe('failed');
    const { run, seen } = follower();
    const told = await run(result.run);
    expect(exitOf(told)).toBe(exitOf(result));
    expect(exitOf(told)).toBe(21);
    expect(seen.every((type) => type.startsWith('past '))).toBe(true);
  });

  test('ends when the run is paused, also when somebody has decided since', async () => {
    const claim = await begun();
    const why = { code: 'TARGET_DENIED', message: 'no entry', hint: 'Ask.' } as const;
    await rig.journal.append(claim, 'ada', [
      { type: 'step.waiting', step: 'block', waitsFor: { kind: 'decision', why } },
      { type: 'run.paused', why: 'a person must decide: block' },
    ]);
    expect(exitOf(await follower().run())).toBe(12);
    await decide({ run: 'run-0', step: 'block', decision: 'retry', reason: 'again' }, rig.services());
    expect(await follower().run()).toMatchObject({ status: 'paused', error: { code: 'RUN_PAUSED' } });
  });

  test('ends when the process that drives the run is gone, and not as if all were well', async () => {
    await begun();
    const { run, drivers } = follower({ 'run.claimed': () => rig.journal.die() });
    const told = await run('run-0');
    expect(told.error).toMatchObject({
      code: 'RUN_PAUSED',
      message: 'the process that drove the run is gone',
      hint: 'Go on with: lifeboat recover --resume run-0',
    });
    expect(exitOf(told)).toBe(12);
    expect(drivers.at(-1)).toBe('gone');
  });

  test('sees the last words of a process that goes away right after them', async () => {
    const claim = await begun();
    const other = follower({
      'run.impact': () => {
        void rig.journal.append(claim, 'ada', [{ type: 'run.healthy', step: 'verify' }]).then(() => rig.journal.die());
      },
    });
    const told = other.run();
    await rig.journal.append(claim, 'ada', [{ type: 'run.impact', impactAt: '2026-01-14T02:00:00.000Z', source: 'x' }]);
    await told;
    expect(other.seen).toContain('run.healthy');
  });

  test('sees what steps put out, though it is not in the log', async () => {
    const claim = await begun();
    const lines: string[] = [];
    const leave = new AbortController();
    const share = shareOutput(join(rig.folder, '.lifeboat'));
    const [event] = await rig.journal.events('run-0');
    share({ kind: 'event', event: event as JournalEvent });
    share({ kind: 'output', step: 'block', line: 'file 1 of 2' });
    const other = rig.journal.anotherProcess();
    const told = attach(undefined, rig.services({ journal: () => other }), {
      signal: leave.signal,
      attaches: () => undefined,
      drives: () => undefined,
      watch: (happening) => {
        if (happening.kind !== 'output') return;
        lines.push(`${happening.step}: ${happening.line}`);
        if (lines.length === 1) share({ kind: 'output', step: 'block', line: 'file 2 of 2' });
        else void rig.journal.append(claim, 'ada', [{ type: 'run.paused', why: 'enough' }]);
      },
    });
    expect(exitOf(await told)).toBe(12);
    expect(lines).toEqual(['block: file 1 of 2', 'block: file 2 of 2']);
  });

  test('leaves the run alone when the one who follows leaves', async () => {
    const claim = await begun();
    const { run, leave } = follower({ 'run.claimed': () => leave.abort(new Error('Ctrl-C')) });
    expect(await run().catch(errorRecord)).toEqual({
      code: 'INTERRUPTED',
      message: 'you no longer follow run-0; the run itself goes on',
      hint: 'Follow it again with: lifeboat attach run-0',
    });
    await rig.journal.append(claim, 'ada', [{ type: 'run.succeeded' }]);
    expect(await rig.journal.events('run-0')).toHaveLength(3);
  });

  test('finds the run that is under way, and does not choose between several', async () => {
    expect(await follower().run().catch(errorRecord)).toMatchObject({ code: 'RUN_NOT_FOUND' });
    await begun();
    const origin = { type: 'run.created' as const, ...prepareOrigin(FIRE, rig.services()) };
    await rig.journal.create({ id: 'run-00', lock: 'shop/drill', by: 'ada', origin });
    expect(await follower().run().catch(errorRecord)).toMatchObject({
      code: 'USAGE',
      message: 'several runs are not over: run-00 (fire), run-0 (fire)',
      hint: 'Name one: lifeboat attach RUN',
    });
    expect(await follower().run('run-x').catch(errorRecord)).toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});
