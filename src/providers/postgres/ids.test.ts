import { expect, test } from 'vitest';
import { backupId, instanceName } from './ids.ts';

const at = new Date('2026-01-14T03:05:12.345Z');

test('a backup is named by what it is, its time and its step', () => {
  expect(backupId('base', at, 'run-1/rearm')).toMatch(/^base-20260114-030512-[0-9a-f]{6}$/);
  expect(backupId('base', at, 'run-1/rearm')).not.toBe(backupId('base', at, 'run-2/rearm'));
});

test('the name of a side instance is the same for each try of a step, and a plain name for a folder', () => {
  expect(instanceName('run-1/side')).toBe(instanceName('run-1/side'));
  expect(instanceName('run-1/side')).not.toBe(instanceName('run-1-side'));
  for (const key of ['run-1/side', '../../etc', 'Ünïcödé/☃', '', `${'x'.repeat(300)}/y`])
    expect(instanceName(key)).toMatch(/^[a-z0-9][a-z0-9-]{0,50}$/);
});
