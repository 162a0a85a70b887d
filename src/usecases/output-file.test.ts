import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JournalEvent } from '../model/run.ts';
import { followOutput, shareOutput } from './output-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-output-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const begun = { kind: 'event', event: { run: 'run-1', type: 'run.healthy' } as unknown as JournalEvent } as const;
const output = (line: string) => ({ kind: 'output', step: 'load', line }) as const;
const file = () => join(folder, 'output', 'run-1.ndjson');

test('who follows sees each line once, as it comes', () => {
  const read = followOutput(folder, 'run-1');
  expect(read()).toEqual([]);
  const share = shareOutput(folder);
  share(output('before anybody knows the run'));
  share(begun);
  share(output('one'));
  share(output('zwei äöü'));
  expect(read()).toEqual([output('one'), output('zwei äöü')]);
  expect(read()).toEqual([]);
  share(output('three'));
  expect(read()).toEqual([output('three')]);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('half a line is waited for', () => {
  const share = shareOutput(folder);
  share(begun);
  share(output('one'));
  const read = followOutput(folder, 'run-1');
  read();
  appendFileSync(file(), '{"step":"load",');
  expect(read()).toEqual([]);
  appendFileSync(file(), '"line":"two"}\nno json\n{"step":1}\n');
  expect(read()).toEqual([output('two')]);
});

test('a flood stays bounded, and who follows goes on with the newest', () => {
  const share = shareOutput(folder);
  share(begun);
  const read = followOutput(folder, 'run-1');
  share(output('first'));
  expect(read()).toHaveLength(1);
  for (let i = 0; i < 3000; i += 1) share(output(`${i} ${'x'.repeat(1000)}`));
  expect(statSync(file()).size).toBeLessThanOrEqual(1024 * 1024);
  expect(read().at(-1)?.line).toMatch(/^2999 /);
  expect(followOutput(folder, 'run-1')().map(({ line }) => line.slice(0, 4))).toEqual(['2997', '2998', '2999']);
});

test('a file that cannot be written stops nothing', () => {
  writeFileSync(join(folder, 'output'), 'a file where a folder should be');
  const share = shareOutput(folder);
  share(begun);
  share(output('one'));
  share(output('two'));
});
