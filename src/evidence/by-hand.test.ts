import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { exportEvidence } from './export-evidence.ts';
import { publicKeyToHex } from './format.ts';
import { sampleLines, smallRun } from './sample-run.fake.ts';

const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const able = has('openssl', 'version') && has('sha256sum', '--version') && has('bash', '--version');

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-by-hand-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const guide = readFileSync(new URL('../../docs/evidence.md', import.meta.url), 'utf8');
const commands = /```bash\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';

const newKey = () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKeyToHex(createPublicKey(privateKey)) };
};
const key = newKey();
const odd = { type: 'run.paused', why: '"prev":"x" \\ $(id) `id` ü %s' } as const;
const evidence = exportEvidence(sampleLines([...smallRun, [600, 'o\'"ana', odd]]).lines, key, new Date(0));

function byHand(text: string, expected = key.publicKey): { status: number | null; said: string } {
  const file = join(folder, 'evidence.ndjson');
  writeFileSync(file, text);
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', FILE: file, KEY: expected, TMPDIR: folder, LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', commands], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status, said: `${stdout}${stderr}`.trim() };
}

describe.skipIf(!able)('the commands of docs/evidence.md', { timeout: 30_000 }, () => {
  test('say whole of whole evidence', () => {
    expect(byHand(evidence)).toEqual({ status: 0, said: 'whole' });
  });

  const lines = evidence.trimEnd().split('\n');
  const joined = (changed: string[]) => `${changed.join('\n')}\n`;
  test.each<[string, string, string]>([
    ['an altered event', evidence.replace('"größe":3', '"größe":4'), 'event 4 does not follow from the one before'],
    ['the last event altered', evidence.replace('$(id)', '$(ic)'), 'the last event was altered'],
    ['an altered header', evidence.replace('1970', '1971'), 'the header was altered'],
    ['a missing event', joined(lines.toSpliced(2, 1)), 'event 2 does not follow'],
    ['the last event missing', joined(lines.toSpliced(-2, 1)), 'events, not'],
    ['a doubled event', joined(lines.toSpliced(2, 0, lines[2] as string)), 'event 3 does not follow'],
    ['a signature of something else', evidence.replace(/"events":(\d)/, '"events":1$1'), 'the signature does not fit'],
    ['a missing end', evidence.slice(0, -1), 'the last line does not end'],
    ['an added end', `${evidence}\n`, 'the last line is no seal'],
  ])('find %s', (_what, text, said) => {
    const answer = byHand(text);
    expect(answer.status).toBe(1);
    expect(answer.said).toContain(`not whole: `);
    expect(answer.said).toContain(said);
  });

  test('find that somebody else sealed it', () => {
    expect(byHand(evidence, newKey().publicKey).said).toBe('not whole: sealed with another key');
  });
});
