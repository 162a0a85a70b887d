import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approve } from './approve.ts';
import { checkPlan } from './check-plan.ts';
import { decide } from './decide.ts';
import { dryRunScenario } from './dry-run.ts';
import type { Happening } from './happening.ts';
import { next } from './next.ts';
import { recover } from './recover.ts';
import { resume } from './resume.ts';
import { status } from './status.ts';
import { makeRig, type Rig } from './testing/rig.ts';

/* What a machine looks at again and again, as a person at another terminal meets it. */

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
});
afterEach(() => rig.remove());

const LOOK = 'uses: fake.gauge, with: { thing: sea }, until: outputs.there, every: 1s';
const TASK = `{ id: ask, uses: human.task, with: { instruction: Fill the sea., done_when: { ${LOOK} } }, expect: 1m, timeout: 50m }`;
const WAIT = `{ id: hold, uses: time.wait_until, with: { ${LOOK}, within: 2m } }`;
const withStep = (step: string): void => {
  const file = join(rig.folder, 'lifeboat.yaml');
  const text = readFileSync(file, 'utf8').replace('      - { id: unblock', `      - ${step}\n      - { id: unblock`);
  writeFileSync(file, text);
};
const fire = { scenario: 'fire', set: ['cause=a candle'] };
const fill = () => rig.world.effects.set('sea', {});

/** Approves everything; does one thing after the other each time somebody is asked to do something, or a wait has looked. */
const acting = (type: 'step.waiting' | 'step.looked', ...acts: readonly ((run: string) => Promise<unknown>)[]) => {
  const done: Promise<unknown>[] = [];
  const stop = new AbortController();
  const left = [...acts];
  const watch = (happening: Happening): void => {
    if (happening.kind !== 'event' || happening.past) return;
    const { event } = happening;
    if (event.type === 'step.waiting' && event.waitsFor.kind === 'approval') {
      const services = rig.services({ chosen: { environment: 'production' } });
      done.push(approve({ run: event.run, step: event.step, by: 'bob', reject: false }, services));
    } else if (event.type === type) {
      const act = left.shift();
      if (act) done.push(act(event.run));
    }
  };
  return { stop, watching: { signal: stop.signal, mayAsk: false, watch }, all: () => Promise.all(done) };
};

const say = (run: string, more: Partial<Parameters<typeof decide>[0]> = {}) =>
  decide({ run, step: 'ask', decision: 'done', ...more }, rig.services());

describe('a task at which a machine looks', () => {
  beforeEach(() => withStep(TASK));

  test('is known to check', () =>
    expect(checkPlan(rig.services()).findings.filter(({ level }) => level === 'error')).toEqual([]));

  test('who says "done" while the machine sees that it is not, is told what it sees; it ends when it is', async () => {
    const { watching, all } = acting(
      'step.waiting',
      (run) =>
        expect(say(run)).rejects.toMatchObject({
          code: 'VERIFICATION_FAILED',
          message: 'ask does not count as done: it needs fake.gauge gives there; seen: there = false',
          hint: expect.stringContaining(`lifeboat decide ${run} ask done --despite-look --reason`),
        }),
      async (run) => {
        const told = 'Fill the sea. It ends by itself when fake.gauge gives there; last seen: there = false';
        expect((await next(run, rig.services())).asks).toMatchObject([{ sentence: expect.stringContaining(told) }]);
        expect((await status(run, rig.services())).sentence).toContain(told);
        fill();
      },
    );
    const result = await recover(fire, rig.services(), watching).finally(all);
    expect(result.status).toBe('succeeded');
    expect(result.steps.find(({ id }) => id === 'ask')?.output).toMatchObject({ by: '', seen: 'there = true' });
  });

  test('a "done" that it sees, too, counts', async () => {
    const { watching, all } = acting('step.waiting', async (run) => {
      const word = say(run, { reason: 'with a bucket' });
      fill();
      expect(await word).toMatchObject({ decision: 'done', machine: 'seen' });
    });
    const result = await recover(fire, rig.services(), watching).finally(all);
    expect(result.steps.find(({ id }) => id === 'ask')?.output).toMatchObject({ answer: 'with a bucket', by: 'ada' });
  });

  test('may be overruled with a reason, and only there', async () => {
    const { watching, all } = acting('step.waiting', async (run) => {
      await expect(say(run, { despiteLook: true })).rejects.toMatchObject({
        message: 'overruling the machine needs a reason',
      });
      await expect(say(run, { decision: 'failed', reason: 'x', despiteLook: true })).rejects.toMatchObject({
        message: '--despite-look goes with "done" of a task at which a machine looks, alone',
      });
      await say(run, { reason: 'the gauge is dry', despiteLook: true });
    });
    const result = await recover(fire, rig.services(), watching).finally(all);
    expect(result.status).toBe('succeeded');
    expect(readFileSync(result.report?.markdown as string, 'utf8')).toContain('the gauge is dry');
  });

  test('a word while nobody drives the run is said to be judged later', async () => {
    const { watching, stop, all } = acting('step.waiting', async () => stop.abort(new Error('enough')));
    const { run } = await recover(fire, rig.services(), watching).finally(all);
    expect(await say(run)).toMatchObject({ machine: 'later', resume: true });
    fill();
    const again = acting('step.waiting');
    expect((await resume(run, rig.services(), again.watching).finally(again.all)).status).toBe('succeeded');
  });
});

test('a wait is told with what it waits for, what it last saw, and when it gives up', async () => {
  withStep(WAIT);
  const { watching, all } = acting(
    'step.looked',
    async () => undefined,
    async (run) => {
      const seen = await status(run, rig.services());
      expect(seen.sentence).toContain('the step hold waits until fake.gauge gives there; last seen: there = false');
      const { picture } = await next(run, rig.services());
      expect(picture?.under_way).toMatchObject([
        { step: 'hold', looks: { for: 'fake.gauge gives there', seen: 'there = false', until: expect.any(String) } },
      ]);
      fill();
    },
  );
  expect((await recover(fire, rig.services(), watching).finally(all)).status).toBe('succeeded');
});

test('a dry run says what would be looked at, and looks at nothing', async () => {
  withStep(WAIT);
  withStep(TASK);
  const { steps } = await dryRunScenario(fire, rig.services(), new AbortController().signal);
  expect(steps.find(({ step }) => step === 'hold')).toMatchObject({
    seen: 'absent',
    changes: ['waits until fake.gauge gives there: looked at every 1s, for 2m at most'],
  });
  expect(steps.find(({ step }) => step === 'ask')?.changes).toEqual([
    'somebody is asked: Fill the sea.',
    'it is done when fake.gauge gives there',
  ]);
  expect(rig.world.readings.size).toBe(0);
});
