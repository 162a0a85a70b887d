import { describe, expect, test } from 'vitest';
import { findFiles } from './find-files.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { openReading, type Reading } from './reading.ts';

function read(...lines: readonly string[]): Reading {
  const text = lines.join('\n');
  const reading = openReading('DR.md', text, parseMarkdown(text).root);
  findFiles(reading, text);
  return reading;
}

const files = ({ draft }: Reading) => draft.keys(['files']);
const asked = ({ questions }: Reading) => questions.map(({ text, from }) => [text, from?.first]);

describe('a script the document relies on', () => {
  test('is named, and asked about where it is named first', () => {
    const reading = read('Run `./scripts/failover.sh now`.', '', 'Then failover.sh again.');
    expect(files(reading)).toEqual(['scripts/failover.sh']);
    expect(asked(reading)).toEqual([
      ['What is in scripts/failover.sh? The document relies on it and does not show it.', 1],
    ]);
  });

  test('keeps its folder when its bare name stands first', () =>
    expect(files(read('restore.py first', '', 'tools/restore.py is it'))).toEqual(['tools/restore.py']));

  test('of another folder is another one', () =>
    expect(files(read('a/run.sh', 'b/run.sh'))).toEqual(['a/run.sh', 'b/run.sh']));

  test.each([
    ['under its name', ['### restore.sh', '', '```bash', 'ls', '```', '', 'Run restore.sh']],
    ['with its name in its head', ['Run restore.sh', '', '```bash', '#!/bin/sh', '# restore.sh', 'ls', '```']],
    ['below words that name it', ['This is restore.sh:', '', '```bash', 'ls', '```']],
  ])('that is shown %s is not asked about', (_where, lines) => {
    const reading = read(...lines);
    expect(files(reading)).toEqual(['restore.sh']);
    expect(asked(reading)).toEqual([]);
  });

  test('of a list is called what the list says', () => {
    const reading = read('- `restore.sh`: puts the database back');
    const title = reading.draft.read(['files', 'restore.sh', 'title']);
    expect(title).toMatchObject({ value: 'puts the database back', from: { first: 1, last: 1 } });
    expect(asked(reading)).toHaveLength(1);
    expect(reading.isUsed({ first: 1, last: 1 })).toBe(true);
  });

  test.each([
    ['a file everybody has', 'docker-compose.yml and package.json'],
    ['a part of an address', 'https://example.com/get.sh'],
    ['what a command writes', 'pg_dump shop > shop.sql'],
    ['a copy of one day', 'shop-20250101.sql'],
    ['a name in a variable', '$HOME/run.sh'],
    ['a word with a dot', 'node.jsx'],
  ])('is not %s', (_what, text) => expect(files(read(text))).toEqual([]));

  test('may stand behind file://', () =>
    expect(files(read('--zip file://build/fix.json'))).toEqual(['build/fix.json']));
});
