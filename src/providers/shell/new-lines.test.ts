import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newLines } from './new-lines.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-lines-'));
  file = join(folder, 'out');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file that is not there yet has no lines', () => expect(newLines(file).rest()).toEqual([]));

test('only whole lines are told, each once; the rest at the end', () => {
  const lines = newLines(file);
  appendFileSync(file, 'one\ntw');
  expect(lines.read()).toEqual(['one']);
  expect(lines.read()).toEqual([]);
  appendFileSync(file, 'o\r\nthree');
  expect(lines.read()).toEqual(['two']);
  expect(lines.rest()).toEqual(['three']);
  expect(lines.rest()).toEqual([]);
});

test('a flood is passed over, and that is said', () => {
  const lines = newLines(file);
  appendFileSync(file, `${'x'.repeat(99)}\n`.repeat(10_000));
  const [said, ...shown] = lines.read();
  expect(said).toContain(`bytes are not shown here. All of it: ${file}`);
  expect(shown.length).toBeLessThan(1400);
  appendFileSync(file, 'after\n');
  expect(lines.read()).toEqual(['after']);
});
