import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { providers } from './index.ts';

const here = dirname(fileURLToPath(import.meta.url));
const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

test('every folder is listed, and every listed provider has its folder', () => {
  expect(providers.map(({ id }) => id)).toEqual(folders(here));
});

describe.each(providers.map((provider) => [provider.id, provider] as const))('%s', (id, provider) => {
  test('lists every action file, one action each', () => {
    const files = readdirSync(`${here}/${id}/actions`).filter(
      (name) => /^[a-z-]+\.ts$/.test(name) && name !== 'define.ts',
    );
    const names = files.map((name) => `${id}.${name.replace(/\.ts$/, '').replaceAll('-', '_')}`).sort();
    expect(provider.actions.map(({ name }) => name).sort()).toEqual(names);
  });
});
