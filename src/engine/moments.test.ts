import { describe, expect, test } from 'vitest';
import { startRun } from './execute.ts';
import { never, originOf, RUN, rig, start, step } from './testing/rig.ts';

describe('when it was noticed', () => {
  const noticedAt = (moment: string) => step('a', { with: { thing: 'a', value: moment } });
  const detected = '${{ steps.a.outputs.value }}';

  test('is found by a step, and kept with its source', async () => {
    const found = await start([noticedAt('2026-01-14T02:50:00Z')], rig().ports(), { detected });
    expect(found).toMatchObject({ detectedAt: '2026-01-14T02:50:00.000Z', detectedSource: 'found by the step a' });
  });

  test('is not known while nobody says it', async () => {
    const { detectedAt } = await start([noticedAt('no moment')], rig().ports(), { detected });
    expect(detectedAt).toBeUndefined();
  });

  test('is not overruled once it was said at the start', async () => {
    const at = rig();
    const origin = originOf([noticedAt('2026-01-14T02:50:00Z')], { detected });
    const said = { ...origin, detectedAt: '2026-01-14T02:40:00.000Z' };
    const state = await startRun({ id: RUN, lock: 'l', origin: said }, at.ports(), never);
    expect(state).toMatchObject({ detectedAt: said.detectedAt, detectedSource: 'said at the start' });
  });

  test.each([
    ['2036-01-14T02:50:00Z', 'is in the future'],
    ['2026-01-14T01:00:00Z', 'is before the damage at 2026-01-14T02:00:00.000Z'],
  ])('at %s, which %s, is told, not taken, and stops nothing', async (moment, why) => {
    const at = rig();
    const origin = { ...originOf([noticedAt(moment)], { detected }), impactAt: '2026-01-14T02:00:00.000Z' };
    const state = await startRun({ id: RUN, lock: 'l', origin }, at.ports(), never);
    expect(state.status).toBe('succeeded');
    expect(state.detectedAt).toBeUndefined();
    expect(JSON.stringify(at.happenings)).toContain(why);
  });
});
