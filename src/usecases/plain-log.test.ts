import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeClock } from '../lib/clock.fake.ts';
import { errorRecord } from '../model/errors.ts';
import type { JournalEvent } from '../model/run.ts';
import { openPlainLog } from './plain-log.ts';
import type { Services } from './services.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const said: string[] = [];
const open = (file = 'run.log') => {
  const services = {
    cwd: folder,
    clock: fakeClock(),
    redact: (text: string) => text.replaceAll('s3cret', '[redacted]'),
  };
  return openPlainLog(file, services as unknown as Services, (trouble) => void said.push(trouble));
};
const event = (seq: number, run = 'run-1'): JournalEvent => ({
  run,
  seq,
  at: '2026-01-14T03:00:00.000Z',
  by: 'ada',
  prev: '',
  type: 'run.paused',
  why: 'x',
});
const text = () => readFileSync(join(folder, 'run.log'), 'utf8');

test('one line an event, in UTC, without secrets, for nobody else to read', () => {
  const log = open();
  log.event(event(1), '  first s3cret\n    second\n');
  log.event(event(2), '');
  log.output('run-1', 'load', 'file 1 of 8');
  expect(text()).toBe(
    '2026-01-14T03:00:00.000Z run-1 #1 run.paused by ada: first [redacted] | second\n' +
      '2026-01-14T03:00:00.000Z run-1 #2 run.paused by ada\n' +
      '2026-01-14T03:00:00.000Z run-1 output of load: file 1 of 8\n',
  );
  expect(statSync(join(folder, 'run.log')).mode & 0o777).toBe(0o600);
});

test('goes on where it stopped, and writes nothing twice', () => {
  open().event(event(1), 'a');
  const again = open();
  for (const seq of [1, 2]) again.event(event(seq), 'b');
  again.event(event(1, 'run-2'), 'c');
  expect(text().match(/#\d/g)).toEqual(['#1', '#2', '#1']);
});

test('is refused before anything begins when it cannot be written', () => {
  const refused = (() => {
    try {
      return open('no/such/folder.log');
    } catch (error) {
      return errorRecord(error);
    }
  })();
  expect(refused).toMatchObject({ code: 'USAGE', message: expect.stringContaining('(ENOENT)') });
});

test('trouble on the way is told once and stops nothing', () => {
  const log = open();
  rmSync(folder, { recursive: true });
  log.event(event(1), 'a');
  log.event(event(2), 'b');
  expect(said).toEqual([expect.stringContaining('(ENOENT). The run goes on; its journal is complete.')]);
});
