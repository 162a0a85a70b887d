import { expect, test } from 'vitest';
import { openObligations } from '../model/run-state.ts';
import { RUN, resume, rig, start, step } from './testing/rig.ts';

const FREE = step('free', { uses: 'fake.unblock', with: { thing: 'actor' }, success: '${{ 1 > 2 }}' });

test('what is put back by a step that a person says is done is owed no longer', async () => {
  const at = rig();
  const steps = [step('actor', { uses: 'fake.block' }), step('load'), FREE];
  const asked = await start(steps, at.ports(), { healthy: 'load' });
  expect([asked.status, openObligations(asked)]).toEqual(['paused', [expect.objectContaining({ step: 'actor' })]]);
  await at.journal.signal(RUN, 'grace', { type: 'step.decided', step: 'free', decision: 'done', reason: 'I looked' });
  const ended = await resume(at.ports());
  expect([ended.status, openObligations(ended)]).toEqual(['succeeded', []]);
  const events = await at.journal.events(RUN);
  const last = events.findIndex(({ type }) => type === 'obligation.settled');
  expect(events[last - 1]).toMatchObject({ type: 'step.succeeded', step: 'free', how: 'decided' });
});

test('what a step still owes that a person says is done stays owed until the end', async () => {
  const at = rig();
  const steps = [step('actor', { uses: 'fake.block', success: '${{ 1 > 2 }}' }), step('load')];
  await start(steps, at.ports(), { healthy: 'load' });
  await at.journal.signal(RUN, 'grace', { type: 'step.decided', step: 'actor', decision: 'done', reason: 'I looked' });
  const ended = await resume(at.ports());
  const types = (await at.journal.events(RUN)).map(({ type }) => type);
  expect(ended.status).toBe('succeeded');
  expect(types.indexOf('obligation.settled')).toBeGreaterThan(types.indexOf('run.healthy'));
});

test('where it cannot be known what a step puts back, it stays owed', async () => {
  const at = rig();
  const unclear = { ...FREE, with: { thing: '${{ steps.actor.outputs.nothing }}' } };
  await start([step('actor', { uses: 'fake.block' }), step('load'), unclear], at.ports(), { healthy: 'load' });
  await at.journal.signal(RUN, 'grace', { type: 'step.decided', step: 'free', decision: 'done', reason: 'I looked' });
  const paused = await resume(at.ports());
  expect([paused.status, openObligations(paused)]).toEqual(['paused', [expect.objectContaining({ step: 'actor' })]]);
});
