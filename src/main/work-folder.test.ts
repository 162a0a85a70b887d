import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeWorkFolder } from './work-folder.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function stateFolder(mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-state-'));
  made.push(folder);
  chmodSync(folder, mode);
  return folder;
}

test('belongs to the state folder and to its owner alone', () => {
  const state = stateFolder(0o700);
  const folder = makeWorkFolder(state, false);
  expect(folder).toBe(join(state, 'work'));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('of root can be passed through by the user that servers run as', () => {
  const state = stateFolder(0o711);
  const folder = makeWorkFolder(state, true);
  expect(folder).toBe(join(state, 'work'));
  expect(statSync(folder).mode & 0o777).toBe(0o711);
});

test('of root is elsewhere when the state folder is closed, and the same every time', () => {
  const state = stateFolder(0o700);
  const forRoot = join(stateFolder(0o711), 'lifeboat');
  const folder = makeWorkFolder(state, true, forRoot);
  expect(folder).toMatch(/\/lifeboat\/[0-9a-f]{12}$/);
  expect(statSync(forRoot).mode & 0o777).toBe(0o711);
  expect(makeWorkFolder(state, true, forRoot)).toBe(folder);
});
