import { expect, test } from 'vitest';
import type { BackupManifest } from '../../../model/repository.ts';
import { judgeLabel } from './label.ts';

const manifest = {
  startedAt: '2026-01-14T03:00:00.000Z',
  facts: { startLsn: '0/2000028' },
} as unknown as BackupManifest;
const label = (position: string, time: string) =>
  `START WAL LOCATION: ${position} (file 000000010000000000000002)\nSTART TIME: ${time}\n`;

test('the copy that the manifest speaks of', () => {
  expect(judgeLabel(label('0/2000028', '2026-01-14 03:00:09 UTC'), manifest).held).toBe(true);
  expect(judgeLabel(label('0/2000028', '2026-01-14 03:00:09 CET'), manifest).held).toBe(true);
});

test('another position, another day, and no label at all are red', () => {
  expect(judgeLabel(label('0/1000028', '2026-01-14 03:00:09 UTC'), manifest)).toMatchObject({
    held: false,
    observed: expect.stringContaining('its manifest says 0/2000028'),
  });
  expect(judgeLabel(label('0/2000028', '2026-01-13 03:00:00 UTC'), manifest)).toMatchObject({
    held: false,
    observed: expect.stringContaining('1d away'),
  });
  expect(judgeLabel(undefined, manifest).held).toBe(false);
});
