import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRig, type Rig } from '../usecases/testing/rig.ts';
import { runInRig } from './testing/run-in-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const docs = (...flags: readonly string[]) => runInRig(rig, ['docs', ...flags]);

test('the screen gets to the byte what the file gets', async () => {
  const { code, out } = await docs();
  expect(await docs('--out', 'RUNBOOK.md')).toEqual({
    code: 0,
    out: `The runbook is in ${join(rig.folder, 'RUNBOOK.md')}.\n`,
    err: '',
  });
  expect({ code, out }).toEqual({ code: 0, out: readFileSync(join(rig.folder, 'RUNBOOK.md'), 'utf8') });
});

test('a committed document that is up to date is no failure', async () => {
  await docs('--out', 'RUNBOOK.md');
  expect(await docs('--check', 'RUNBOOK.md')).toEqual({
    code: 0,
    out: `${join(rig.folder, 'RUNBOOK.md')} is up to date.\n`,
    err: '',
  });
});

test('one that is not fails with the first place that differs and the way to renew it', async () => {
  await docs('--out', 'RUNBOOK.md');
  rig.edit((plan) => plan.replace('title: The shop', 'title: The store'));
  const { code, out } = await docs('--check', 'RUNBOOK.md');
  expect(code).toBe(1);
  expect(out).toBe(
    [
      `${join(rig.folder, 'RUNBOOK.md')} is not up to date. It differs first in line 1:`,
      '  it says:  # The shop',
      '  it must:  # The store',
      '  → Renew it with: lifeboat docs --out RUNBOOK.md',
      '',
    ].join('\n'),
  );
});

test('one that is not there fails with the way to make it', async () => {
  const { code, out } = await docs('--check', 'RUNBOOK.md');
  expect(code).toBe(1);
  expect(out).toBe(
    `There is no ${join(rig.folder, 'RUNBOOK.md')}.\n  → Make it with: lifeboat docs --out RUNBOOK.md\n`,
  );
});

test('as JSON it is the result with the document in it', async () => {
  const { out } = await docs('--json');
  expect(JSON.parse(out)).toMatchObject({ format: 'markdown', document: expect.stringContaining('# The shop') });
});

test('the page is written where it is asked for', async () => {
  const { out } = await docs('--format', 'html');
  expect(out).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
});
