import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRig } from '../usecases/testing/rig.ts';
import { runCli } from './run-cli.ts';

test('somebody at the terminal is told what to do, and their word and answer are taken there', async () => {
  const rig = await makeRig();
  const file = join(rig.folder, 'lifeboat.yaml');
  const step =
    '      - { id: ask, uses: human.task, with: { instruction: Look out., done_when: You saw the sea }, timeout: 5m }\n';
  writeFileSync(file, readFileSync(file, 'utf8').replace('      - { id: unblock', `${step}      - { id: unblock`));
  const asked: string[] = [];
  let out = '';
  const code = await runCli({
    argv: ['recover', 'fire', '--set', 'cause=a candle', '--environment', 'production'],
    version: '1',
    colour: false,
    cwd: '/here',
    signal: new AbortController().signal,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      out += text;
    },
    ask: async (question) => {
      asked.push(question.trim());
      if (question.includes('Who answers?')) return 'ada';
      if (question.includes('Type production')) return 'production';
      return question.includes('done, failed') ? 'done' : 'it is calm';
    },
    openServices: async () => rig.services({ actor: 'bob' }),
    redact: (text) => text,
  });
  await rig.remove();
  expect(code).toBe(0);
  expect(asked).toEqual(expect.arrayContaining(['done, failed?', 'What was found, or why not?']));
  expect(out).toContain('waits for somebody: Look out.');
  expect(out).toContain('Done when: You saw the sea');
  expect(out).toMatch(/From any terminal: lifeboat decide run-\d+ ask done/);
  expect(out).toContain('bob said "done" about');
});
