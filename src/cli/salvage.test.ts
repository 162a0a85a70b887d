import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRig, type Rig } from '../usecases/testing/rig.ts';
import { runInRig } from './testing/run-in-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

test.each([
  [['salvage', 'nothing', '--xid', '7'], 'the plan has no component "nothing"'],
  [['salvage', 'database', '--xid', 'x'], '--xid takes the number of a transaction, not "x"'],
  [['salvage', 'database', '--xid', '4294967296'], '--xid takes the number'],
  [['salvage', 'database', '--xid', '7', '--triggers', 'loud'], '--triggers takes quiet or fire, not "loud"'],
])('%j is refused before anything is touched', async (args, message) => {
  const { code, err } = await runInRig(rig, args);
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(message) });
});
