import { expect, test } from 'vitest';
import { MOST_AT_WORK } from './flight.ts';
import type { EnginePorts } from './ports.ts';
import { make } from './testing/fake-world.ts';
import { type Rig, RUN, rig, start, step } from './testing/rig.ts';

const beside = (count: number) => Array.from({ length: count }, (_, index) => step(`s${index}`, { needs: [] }));

test('of very many steps side by side only so many work at a time, and all are carried out', async () => {
  const at = rig();
  let now = 0;
  let most = 0;
  const busy: typeof make = {
    ...make,
    async run(ctx, input) {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return make.run(ctx, input);
    },
  };
  const actions = { find: () => ({ action: busy, client: at.world }) };
  const state = await start(beside(MOST_AT_WORK + 20), at.ports({ actions }));
  expect(state.status).toBe('succeeded');
  expect(at.world.writes).toHaveLength(MOST_AT_WORK + 20);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(MOST_AT_WORK);
});

test('steps that wait for people do not keep others from beginning', async () => {
  const at = rig();
  const tasks = Array.from({ length: MOST_AT_WORK }, (_, index) => ({
    id: `task${index}`,
    uses: 'human.task',
    with: { instruction: 'Look' },
    needs: [],
  }));
  const state = await start(
    [...tasks, step('end', { needs: [] })],
    answering(
      at,
      tasks.map(({ id }) => id),
    ),
  );
  expect(state.status).toBe('succeeded');
  expect(at.world.writes).toEqual(['make end']);
});

/** Nobody answers before the last step is done. */
function answering(at: Rig, tasks: readonly string[]): EnginePorts {
  return at.ports({
    watch(happening) {
      if (happening.kind !== 'event' || happening.event.type !== 'step.succeeded' || happening.event.step !== 'end')
        return;
      for (const task of tasks)
        void at.journal.signal(RUN, 'grace', { type: 'step.answered', step: task, outcome: 'done', answer: 'seen' });
    },
  });
}
