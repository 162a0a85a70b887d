import { describe, expect, test } from 'vitest';
import type { AnyAction } from '../actions/action.ts';
import { dryRun } from './dry-run.ts';
import { lookAt, make } from './testing/fake-world.ts';
import { never, originOf, rig, step } from './testing/rig.ts';

const withAction = (action: AnyAction) => ({
  actions: { find: () => ({ action, client: rig().world }) },
});

describe('a dry run', () => {
  test('does not wait for ever for a look that never ends, and says so', async () => {
    const hanging: AnyAction = { ...lookAt, observe: () => new Promise(() => undefined) };
    const [planned] = await dryRun(originOf([step('find')]), rig().ports(withAction(hanging)), never);
    expect(planned).toMatchObject({ seen: 'unknown', trouble: 'looking at find did not end within 30s' });
  });

  test('tells a look that takes too long to stop', async () => {
    let stopped = false;
    const listening: AnyAction = {
      ...lookAt,
      observe: ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            stopped = true;
            reject(signal.reason);
          }),
        ),
    };
    await dryRun(originOf([step('find')]), rig().ports(withAction(listening)), never);
    expect(stopped).toBe(true);
  });

  test('ends when a person stops it, instead of calling the rest unknown', async () => {
    const stop = new AbortController();
    const stopping: AnyAction = {
      ...make,
      observe: async () => {
        stop.abort(new Error('stopped'));
        throw new Error('the connection was cut');
      },
    };
    const planned = dryRun(originOf([step('one'), step('two')]), rig().ports(withAction(stopping)), stop.signal);
    await expect(planned).rejects.toThrow('stopped');
  });
});

describe('a dry run of a step for each of several items', () => {
  const each = (over: Parameters<typeof step>[1]) => step('each', { with: { thing: '${{ item }}' }, ...over });
  const plannedOf = (steps: Parameters<typeof originOf>[0]) => dryRun(originOf(steps), rig().ports(), never);

  test('shows the whole, then the first of the items', async () => {
    const list = Array.from({ length: 14 }, (_, index) => `t${index}`);
    const planned = await plannedOf([each({ for_each: list, at_once: 2, approve: { role: 'commander' } })]);
    expect(planned).toHaveLength(1 + 10);
    expect(planned[0]).toMatchObject({
      step: 'each',
      danger: 'destroy',
      seen: 'absent',
      approve: { role: 'commander' },
    });
    expect(planned[0]?.changes.join()).toContain('14 items: t0, t1');
    expect(planned[1]).toMatchObject({ step: 'each.0', changes: ['t0 exists'], seen: 'absent' });
  });

  test('says that an earlier step finds them', async () => {
    const planned = await plannedOf([step('find'), each({ for_each: '${{ steps.find.outputs.value }}' })]);
    expect(planned[1]).toMatchObject({ step: 'each', seen: 'later', danger: 'destroy' });
  });

  test('refuses a list that cannot be one', async () => {
    await expect(plannedOf([each({ for_each: '${{ run.id }}' })])).rejects.toMatchObject({ code: 'PLAN_INVALID' });
  });
});
