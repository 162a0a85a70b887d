import { expect, test } from 'vitest';
import { hours, minutes } from '../lib/duration.ts';
import { unreachable } from './testing/fake-world.ts';
import { rig, start, step } from './testing/rig.ts';

test('a pause before the next try is no longer than it was meant when the clock is put back', async () => {
  const at = rig();
  at.world.troubles.set('a', [unreachable()]);
  let offset = 0;
  const clock = { ...at.clock, now: () => new Date(at.clock.now().getTime() + offset) };
  const ports = at.ports({
    clock,
    watch: (happening) => {
      if (happening.kind === 'event' && happening.event.type === 'step.retrying') offset = -hours(1);
    },
  });
  const begun = at.clock.now().getTime();
  const state = await start([step('a', { retry: { times: 1, every: '5s' } })], ports);
  expect([state.status, at.world.writes]).toEqual(['succeeded', ['make a']]);
  expect(at.clock.now().getTime() - begun).toBeGreaterThanOrEqual(5000);
  expect(at.clock.now().getTime() - begun).toBeLessThan(minutes(1));
});
