import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publishFirst } from './publish-first.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-publish-'));
  writeFileSync(join(folder, 'draft'), 'mine');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('publishing a draft', () => {
  test('gives it its name', () => {
    publishFirst(join(folder, 'draft'), join(folder, 'file'));
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
  });

  test('leaves what is there', () => {
    writeFileSync(join(folder, 'file'), 'theirs');
    publishFirst(join(folder, 'draft'), join(folder, 'file'));
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('theirs');
  });

  test('says what else goes wrong, and leaves no draft', () => {
    expect(() => publishFirst(join(folder, 'draft'), join(folder, 'nowhere', 'file'))).toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual([]);
  });
});
