import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GaugeReading } from '../model/gauge.ts';
import { gauge } from './gauge.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const { signal } = new AbortController();
const at = '2026-01-14T03:00:00.000Z';
const reading: GaugeReading = { at, safe: '0/10', position: '0/20', bytes: 16 };

test.each<[string, GaugeReading['lost'], boolean]>([
  ['within the objective', { seconds: 7200, transactions: 9, more: false }, false],
  ['beyond it', { seconds: 7201, transactions: 9, more: false }, true],
  ['not known', undefined, true],
])('a loss %s', async (_what, lost, alarm) => {
  const services = rig.services({ gauge: async () => ({ ...reading, ...(lost === undefined ? {} : { lost }) }) });
  const result = await gauge({ component: 'database', signal }, services);
  expect(result).toMatchObject({ component: 'database', objective_seconds: 7200, alarm });
});

test('without an objective there is nothing to pass, and nothing to compare with', async () => {
  rig.edit((plan) => plan.replace('    objectives: { rto: 1h, rpo: 2h }\n    backups', '    backups'));
  const result = await gauge({ component: 'database', signal }, rig.services());
  expect(result).toMatchObject({ alarm: false, lost: { transactions: 31 } });
  expect(result).not.toHaveProperty('objective_seconds');
});

test.each<[string, string | undefined]>([
  ['no component', undefined],
  ['one there is not', 'databse'],
  ['one that is no database', 'shelf'],
])('refuses %s', async (_what, component) => {
  rig.edit((plan) => plan.replace('components:\n', 'components:\n  shelf: { kind: bucket }\n'));
  await expect(gauge({ component, signal }, rig.services())).rejects.toMatchObject({ code: 'USAGE' });
});
