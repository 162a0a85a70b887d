import { expect, test } from 'vitest';
import { RUN, rig, start, step } from '../engine/testing/rig.ts';
import { runPicture } from '../model/run-picture.ts';
import { foldRun } from '../model/run-state.ts';
import { runOutline } from '../model/run-steps.ts';
import { asksOf } from './asks.ts';
import { resultOf } from './run-result.ts';

test('a run whose time is over says so by its own code, and what gives it more time', async () => {
  const at = rig();
  const hold = { id: 'hold', uses: 'time.wait', with: { for: '15s' } };
  await start([hold, step('last')], at.ports(), { deadline: '10s' });
  const events = await at.journal.events(RUN);
  expect(resultOf(events).error).toMatchObject({ code: 'RUN_LATE', hint: expect.stringContaining('--extend') });
  const state = foldRun(events);
  const picture = runPicture(runOutline(state.origin), state, { now: at.clock.now(), driver: 'none' });
  expect(asksOf(picture, state)).toEqual([
    {
      kind: 'resume',
      sentence: expect.stringContaining('may take 10s'),
      commands: [`lifeboat recover --resume ${RUN} --extend 2h --reason "…"`],
    },
  ]);
});
