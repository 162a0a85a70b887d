import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approve } from './approve.ts';
import { cancel } from './cancel.ts';
import { checkPlan } from './check-plan.ts';
import { decide } from './decide.ts';
import type { Happening } from './happening.ts';
import { recover } from './recover.ts';
import { status } from './status.ts';
import { makeRig, type Rig } from './testing/rig.ts';

/* Steps that somebody does, and steps that wait, as a person at another terminal meets them. */

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
});
afterEach(() => rig.remove());

const TASK =
  '{ id: ask, uses: human.task, with: { instruction: Look out of the window., done_when: You saw the sea }, timeout: 5m }';
const withStep = (step: string): void => {
  const file = join(rig.folder, 'lifeboat.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('      - { id: unblock', `      - ${step}\n      - { id: unblock`),
  );
};
const fire = { scenario: 'fire', set: ['cause=a candle'] };

/** Approves everything, and does something else when a step waits for somebody or for a time. */
const acting = (act: (run: string, step: string) => Promise<unknown>) => {
  const done: Promise<unknown>[] = [];
  const watch = (happening: Happening): void => {
    if (happening.kind !== 'event') return;
    const { event } = happening;
    if (event.type === 'step.holds') done.push(act(event.run, event.step));
    if (event.type !== 'step.waiting') return;
    const { run, step, waitsFor } = event;
    const services = rig.services({ chosen: { environment: 'production' } });
    if (waitsFor.kind === 'approval') done.push(approve({ run, step, by: 'bob', reject: false }, services));
    if (waitsFor.kind === 'task') done.push(act(run, step));
  };
  return { watching: { signal: new AbortController().signal, mayAsk: false, watch }, all: () => Promise.all(done) };
};

describe('a step that somebody does', () => {
  beforeEach(() => withStep(TASK));

  test('is known to check', () =>
    expect(checkPlan(rig.services()).findings.filter(({ level }) => level === 'error')).toEqual([]));

  test('is shown by status with what to type, and ends with the word', async () => {
    const { watching, all } = acting(async (run, step) => {
      const seen = await status(run, rig.services());
      expect(seen.steps.find(({ id }) => id === step)).toMatchObject({
        status: 'waiting',
        waits_for: 'task',
        task: { instruction: 'Look out of the window.', done_when: 'You saw the sea' },
      });
      expect(seen.sentence).toContain(
        `at the step ask, 3 of 5 steps done: Look out of the window. When it is done: lifeboat decide ${run} ask done --reason "…"`,
      );
      expect(await decide({ run, step, decision: 'done', reason: 'it is calm' }, rig.services())).toMatchObject({
        by: 'ada',
        decision: 'done',
      });
    });
    const result = await recover(fire, rig.services(), watching);
    await all();
    expect(result.status).toBe('succeeded');
    expect(result.steps.find(({ id }) => id === 'ask')?.output).toMatchObject({ answer: 'it is calm', by: 'ada' });
  });

  test('takes no other word than done and failed, and failed says why', async () => {
    const { watching, all } = acting(async (run, step) => {
      const say = (decision: string, reason?: string) =>
        decide({ run, step, decision, ...(reason === undefined ? {} : { reason }) }, rig.services());
      await expect(say('skip', 'no time')).rejects.toMatchObject({
        code: 'USAGE',
        message: '"skip" is no answer to what somebody is asked to do',
      });
      await expect(say('failed')).rejects.toMatchObject({ code: 'USAGE', message: 'a decision needs a reason' });
      await expect(approve({ run, step, reject: false }, rig.services())).rejects.toMatchObject({
        code: 'USAGE',
        hint: 'ask waits for somebody to do something.',
      });
      await say('failed', 'the window is shut');
    });
    const result = await recover(fire, rig.services(), watching).finally(all);
    expect(result).toMatchObject({ status: 'paused', error: { because: { code: 'STEP_FAILED' } } });
    await expect(
      decide({ run: result.run, step: 'ask', decision: 'failed', reason: 'x' }, rig.services()),
    ).rejects.toMatchObject({ code: 'USAGE', message: '"failed" is not a decision' });
  });

  test('a run that owes something is not canceled in the middle of it without a way back', async () => {
    const { watching, all } = acting(async (run) => {
      const refused = cancel({ run, reason: 'enough', leave: false } as never, rig.services());
      await expect(refused).rejects.toMatchObject({
        code: 'OBLIGATION_OPEN',
        hint: expect.stringContaining(`lifeboat decide ${run} ask failed --reason`),
      });
      await decide({ run, step: 'ask', decision: 'done' }, rig.services());
    });
    expect((await recover(fire, rig.services(), watching).finally(all)).status).toBe('succeeded');
  });
});

test('a wait is told with its end', async () => {
  withStep('{ id: hold, uses: time.wait, with: { for: 2m }, expect: 2m, timeout: 5m }');
  const { watching, all } = acting(async (run) => {
    const seen = await status(run, rig.services());
    const hold = seen.steps.find(({ id }) => id === 'hold');
    expect(hold?.held_until).toMatch(/^\d{4}-/);
    expect(seen.sentence).toContain(`the step hold waits until ${hold?.held_until}`);
  });
  const result = await recover(fire, rig.services(), watching);
  await all();
  expect(result.status).toBe('succeeded');
  expect(result.human_wait_seconds).toBeLessThan(60);
});
