import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadOrCreateSigningKey } from './signing-key.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FILE = 'evidence-key.pem';

describe('the signing key', { timeout: 30_000 }, () => {
  test('is made once, is private, and stays the same', () => {
    const inside = join(folder, 'state');
    const first = loadOrCreateSigningKey(inside);
    expect(first.publicKey).toMatch(/^[0-9a-f]{64}$/);
    expect(loadOrCreateSigningKey(inside).publicKey).toBe(first.publicKey);
    expect(statSync(join(inside, FILE)).mode & 0o777).toBe(0o600);
    expect(readdirSync(inside)).toEqual([FILE]);
  });

  test('is one key when several processes come first at once', async () => {
    const program = `
      import { loadOrCreateSigningKey } from ${JSON.stringify(new URL('./signing-key.ts', import.meta.url).href)};
      process.stdout.write(loadOrCreateSigningKey(${JSON.stringify(folder)}).publicKey);`;
    const started = [1, 2, 3].map(() => spawn(process.execPath, ['--input-type=module', '-e', program]));
    const said = await Promise.all(started.map(async (child) => (await once(child, 'spawn')) && text(child.stdout)));
    expect(said[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(said).size).toBe(1);
    expect(readdirSync(folder)).toEqual([FILE]);
  });

  test.each([
    ['nothing', ''],
    ['no key', 'hello'],
    [
      'a key of another kind',
      String(generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })),
    ],
  ])('a file that holds %s is refused and left alone', (_what, content) => {
    writeFileSync(join(folder, FILE), content);
    expect(() => loadOrCreateSigningKey(folder)).toThrow(expect.objectContaining({ code: 'KEY_WRONG' }));
    expect(statSync(join(folder, FILE)).size).toBe(content.length);
  });

  test('a folder that is no folder is said', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => loadOrCreateSigningKey(join(folder, 'file'))).toThrow(
      expect.objectContaining({ code: 'TARGET_DENIED', message: expect.stringContaining(FILE) }),
    );
  });
});
