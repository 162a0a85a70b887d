import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../lib/duration.ts';
import { approve } from './approve.ts';
import { checkPlan } from './check-plan.ts';
import { confirm } from './confirm.ts';
import { decide } from './decide.ts';
import { fix } from './fix.ts';
import { next } from './next.ts';
import { recover } from './recover.ts';
import { resume } from './resume.ts';
import { status } from './status.ts';
import { makeRig, type Rig } from './testing/rig.ts';
import { irreversible } from './way-back.ts';

/* What a person at another terminal meets where a step must be confirmed, or demands a recovery point. */

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
});
afterEach(() => rig.remove());

const fire = { scenario: 'fire', set: ['cause=a candle'] };
const never = new AbortController().signal;
const withField = (field: string) =>
  rig.edit((plan) => plan.replace('id: rebuild\n', `id: rebuild\n        ${field}\n`));
const named = () => rig.services({ chosen: { environment: 'production' } });

/** Approves everything; does something else when a confirmation or a decision is asked. */
function watching(act: (run: string, step: string, kind: string) => unknown) {
  const stop = new AbortController();
  const said: Promise<unknown>[] = [];
  const watch: Parameters<typeof recover>[2]['watch'] = (happening) => {
    if (happening.kind !== 'event' || happening.event.type !== 'step.waiting' || happening.past) return;
    const { run, step, waitsFor } = happening.event;
    if (waitsFor.kind === 'approval') said.push(approve({ run, step, by: 'bob', reject: false }, named()));
    else said.push(Promise.resolve(act(run, step, waitsFor.kind)));
  };
  return { stop, signal: stop.signal, mayAsk: false, watch, all: () => Promise.all(said) };
}

/** A run that was stopped as soon as it asked for the confirmation. */
async function askedAndStopped(): Promise<string> {
  const { stop, ...stopping } = watching(() => stop.abort(new Error('stopped')));
  return (await recover(fire, rig.services(), stopping)).run;
}

describe('a step that must be confirmed', () => {
  beforeEach(() => withField('confirm: { role: commander, within: 10m }'));

  test('is known to check', () =>
    expect(checkPlan(rig.services()).findings.filter(({ level }) => level === 'error')).toEqual([]));

  test('says what to type, and a yes keeps it', async () => {
    const people = watching(async (run, step) => {
      const seen = await next(run, rig.services());
      expect(seen.asks[0]).toEqual({
        step: 'rebuild',
        kind: 'confirmation',
        sentence: expect.stringMatching(
          /^rebuild has acted: somebody in the role commander \(ada, bob\) must say until \d\d:\d\d:\d\d UTC whether the world is right, or it is taken back$/,
        ),
        commands: [
          `lifeboat confirm ${run} rebuild --by NAME`,
          `lifeboat confirm ${run} rebuild --no --reason "…" --by NAME`,
        ],
      });
      const standing = await status(run, rig.services());
      expect(standing.steps.find(({ id }) => id === step)).toMatchObject({ waits_for: 'confirmation' });
      expect(await confirm({ run, step, by: 'bob', no: false }, rig.services())).toMatchObject({
        by: 'bob',
        answer: 'confirmed',
        missing: 0,
      });
    });
    const result = await recover(fire, rig.services(), people);
    await people.all();
    expect(result.status).toBe('succeeded');
    expect((await rig.journal.events(result.run)).filter(({ type }) => type === 'step.confirmed')).toHaveLength(1);
  });

  test('a no without a reason, a stranger, and a step that does not ask are refused', async () => {
    const run = await askedAndStopped();
    const say = (more: object) => confirm({ run, step: 'rebuild', no: false, by: 'ada', ...more }, rig.services());
    await expect(say({ no: true })).rejects.toMatchObject({ code: 'USAGE', message: 'a no needs a reason' });
    await expect(say({ by: 'eve' })).rejects.toMatchObject({
      message: 'eve is not in the role commander, which confirms this step',
    });
    await expect(say({ step: 'verify' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('while nobody drives the run a word is kept, and takes effect when it goes on', async () => {
    const run = await askedAndStopped();
    expect((await next(run, rig.services())).asks.map(({ kind }) => kind)).toEqual(['confirmation', 'resume']);
    const said = await confirm({ run, step: 'rebuild', by: 'bob', no: true, reason: 'it leans' }, rig.services());
    expect(said).toMatchObject({ answer: 'denied', resume: true });
    const people = watching(() => undefined);
    const result = await resume(run, rig.services(), people);
    expect(result.error?.because?.code ?? result.error?.code).toBe('NOT_CONFIRMED');
    expect(rig.world.effects.has('house')).toBe(false);
  });

  test('after its time a word is refused, and nobody is asked for one any more', async () => {
    const run = await askedAndStopped();
    rig.clock.advance(minutes(10));
    expect((await next(run, rig.services())).asks.map(({ kind }) => kind)).toEqual(['resume']);
    await expect(confirm({ run, step: 'rebuild', by: 'bob', no: false }, rig.services())).rejects.toMatchObject({
      code: 'NOT_CONFIRMED',
      hint: `See how it stands: lifeboat next ${run}`,
    });
  });
});

describe('a step that demands a recovery point', () => {
  beforeEach(() => withField('safety_point: database'));

  test('goes on without one only on a recorded word, and only where one is missing', async () => {
    const people = watching(() => undefined);
    const paused = await recover(fire, rig.services(), people);
    await people.all();
    expect(paused.error?.because).toMatchObject({
      code: 'SAFETY_POINT_MISSING',
      hint: expect.stringContaining('lifeboat backup database; then'),
    });
    const { run } = paused;
    const word = { run, step: 'rebuild', reason: 'it burns', withoutSafetyPoint: true };
    await expect(decide({ ...word, decision: 'skip' }, rig.services())).rejects.toMatchObject({
      message: '--without-safety-point goes with "retry" alone',
    });
    await decide({ ...word, decision: 'retry' }, rig.services());
    const result = await resume(
      run,
      rig.services(),
      watching(() => undefined),
    );
    expect(result.status).toBe('succeeded');
    expect(result.steps.find(({ id }) => id === 'rebuild')?.grounds).toEqual([
      { kind: 'no safety point', component: 'database', by: 'ada', reason: 'it burns' },
    ]);
  });

  test('the flag is refused where another thing went wrong', async () => {
    rig.world.troubles.set('door', [new Error('stuck')]);
    const { run } = await recover(
      fire,
      rig.services(),
      watching(() => undefined),
    );
    const word = { run, step: 'block', decision: 'retry', reason: 'x', withoutSafetyPoint: true };
    await expect(decide(word, rig.services())).rejects.toMatchObject({ message: 'block misses no safety point' });
  });
});

test('the way back is told: what cannot be taken back beforehand, and in which order when it is decided', async () => {
  withField('success: "${{ false }}"');
  const { run } = await recover(
    fire,
    rig.services(),
    watching(() => undefined),
  );
  const [created] = await rig.journal.events(run);
  if (created?.type !== 'run.created') throw new Error('a run begins with run.created');
  expect(irreversible(created, rig.services().actions)).toEqual([]);
  const shell = { ...created, steps: (created.steps ?? []).map((one) => ({ ...one, uses: 'fake.shell' })) };
  expect(irreversible(shell, rig.services().actions)).toEqual([
    { steps: ['block', 'rebuild', 'verify', 'unblock'], why: 'a command cannot be taken back' },
  ]);
  const found = await fix({ run, step: 'rebuild' }, rig.services(), never);
  expect(found.choices.find(({ decision }) => decision === 'undo')?.follows).toBe(
    'Takes back what this run did, newest first (rebuild, block), and ends the run as failed.',
  );
});
