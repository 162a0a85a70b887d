import { readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFolderStore } from '../backup/folder-store.ts';
import { takeBackup } from '../backup/repository.fake.ts';
import { openRepository } from '../backup/repository.ts';
import { pruneText } from '../cli/prune-text.ts';
import { plainPaint } from '../cli/screen.ts';
import type { BackupRepository } from '../model/repository.ts';
import { prune } from './prune.ts';
import { keepRule } from './prune-judge.ts';
import { makeRig, type Rig } from './testing/rig.ts';

const DAY = 24 * 60 * 60 * 1000;
let rig: Rig;
let repository: BackupRepository;
let start: number;
const lines: string[] = [];

beforeEach(async () => {
  rig = await makeRig();
  lines.length = 0;
  rig.edit((plan) => plan.replace('  domain: there\n', '  domain: there\n  keep: { last: 2 }\n'));
  repository = await openRepository(openFolderStore(rig.repositoryFolder), { recipients: [], clock: rig.clock });
  start = rig.clock.now().getTime();
  for (let of = 1; of <= 4; of++)
    await takeBackup(repository, { base: `base ${of}` }, { ...BASE, id: `b${of}`, at: at(of) });
  rig.clock.advance(5 * DAY);
});
afterEach(() => rig.remove());

const at = (day: number): Date => new Date(start + day * DAY);
const BASE = {
  method: 'postgres.base_backup',
  facts: { system: '7', timeline: 1, startLsn: '0/100', endLsn: '0/110' },
} as const;
const proven = (backup: string, held = true) =>
  repository.putVerification({ backup, component: 'database', at: at(4.5).toISOString(), held, proofs: [] });
const pruned = (remove: boolean, signal = new AbortController().signal) =>
  prune({ remove, signal, log: (line) => void lines.push(line) }, rig.services());
const backups = async () => (await repository.backups('database')).map(({ id }) => id);

describe('prune', () => {
  test('says what would go and why, and changes nothing', async () => {
    await proven('b3');
    const result = await pruned(false);
    expect(result).toMatchObject({ removed: false, components: [{ component: 'database' }] });
    expect(result.components[0]?.remove.map(({ backup }) => backup)).toEqual(['b1', 'b2']);
    expect(result.components[0]?.keep.map(({ backup, verified }) => [backup, verified])).toEqual([
      ['b4', 'never'],
      ['b3', 'restored'],
    ]);
    expect(await backups()).toEqual(['b1', 'b2', 'b3', 'b4']);
    const text = pruneText(result, plainPaint);
    expect(text).toMatch(/goes +b1 .*no rule names it, and b3 of .* was proven by a restore/);
    expect(text).toMatch(/stays +b4 .*one of the last 2; the newest/);
    expect(text).toContain('Nothing was removed. To remove it: lifeboat prune --remove');
  });

  test('removes it when told to, and says so', async () => {
    await proven('b3');
    const result = await pruned(true);
    expect(result.removed).toBe(true);
    expect(await backups()).toEqual(['b3', 'b4']);
    expect(readdirSync(join(rig.repositoryFolder, 'components/database/backups/b3'))).toHaveLength(2);
    expect(lines).toEqual([
      `database: removing b1 of ${at(1).toISOString()}`,
      `database: removing b2 of ${at(2).toISOString()}`,
    ]);
    expect(pruneText(result, plainPaint)).toContain(`Removed from ${rig.repositoryFolder}.`);
    expect(pruneText(await pruned(true), plainPaint)).toContain('Nothing to remove.');
  });

  test('removes nothing while nothing newer was proven, or where the newest proof failed', async () => {
    await pruned(true);
    await proven('b4', false);
    await pruned(true);
    expect(await backups()).toEqual(['b1', 'b2', 'b3', 'b4']);
  });

  test('removes nothing when what was proven is no longer whole', async () => {
    await proven('b4');
    const folder = join(rig.repositoryFolder, 'components/database/backups/b4');
    const [object = ''] = readdirSync(folder).filter((name) => name.endsWith('.age'));
    rmSync(join(folder, object));
    await expect(pruned(true)).rejects.toMatchObject({
      code: 'OBJECT_DAMAGED',
      message: expect.stringContaining('b4'),
    });
    expect(await backups()).toEqual(['b1', 'b2', 'b3', 'b4']);
  });

  test('removes nothing when the clock is behind, so that it may be wrong the other way round as well', async () => {
    await proven('b4');
    await takeBackup(repository, { base: 'late' }, { ...BASE, id: 'late', at: at(9) });
    await expect(pruned(true)).rejects.toMatchObject({ code: 'TARGET_FAILED', hint: expect.stringContaining('clock') });
  });

  test('stops between two removals when a person stops it', async () => {
    await proven('b4');
    const stop = new AbortController();
    stop.abort();
    await expect(pruned(true, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await backups()).toEqual(['b1', 'b2', 'b3', 'b4']);
  });

  test('waits until a recovery is over, here or elsewhere; saying what would go is no harm', async () => {
    await proven('b4');
    const sign = { run: 'far', epoch: 1, at: rig.clock.now().toISOString(), copied: { seq: 0, hash: '0'.repeat(64) } };
    await rig.copies.sign(sign);
    await expect(pruned(true)).rejects.toMatchObject({ code: 'RUN_LOCKED', message: expect.stringContaining('far') });
    expect((await pruned(false)).components[0]?.remove).toHaveLength(2);
    rig.clock.advance(2 * 60 * 60 * 1000);
    await pruned(true);
    expect(await backups()).toEqual(['b3', 'b4']);
  });

  test('waits for a recovery of this machine that is not ended, however old', async () => {
    await proven('b4');
    const runs = async () => [{ id: 'run-1', status: 'paused' }] as never;
    const services = rig.services({ journal: () => ({ ...rig.journal, runs }) });
    const asked = { remove: true, signal: new AbortController().signal, log: () => undefined };
    await expect(prune(asked, services)).rejects.toMatchObject({ code: 'RUN_LOCKED', hint: 'lifeboat next run-1' });
    expect(await backups()).toEqual(['b1', 'b2', 'b3', 'b4']);
  });

  test('takes away what was broken off more than a day ago, and leaves alone what may be under way', async () => {
    for (const id of ['old', 'young']) {
      const writer = await repository.begin({ ...BASE, id, component: 'database', startedAt: at(1) });
      const part = await writer.part('base');
      await part.write(Buffer.from('half'));
      await part.end();
    }
    age('old', 2 * DAY);
    age('young', DAY / 2);
    const { components } = await pruned(true);
    expect(components[0]?.unfinished.map(({ backup, goes }) => [backup, goes])).toEqual([
      ['old', true],
      ['young', false],
    ]);
    expect(readdirSync(join(rig.repositoryFolder, 'components/database/backups'))).not.toContain('old.age');
    expect((await repository.unfinished('database')).map(({ id }) => id)).toEqual(['young']);
  });

  function age(id: string, ms: number): void {
    const folder = join(rig.repositoryFolder, 'components/database/backups', id);
    const then = new Date(rig.clock.now().getTime() - ms);
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), then, then);
  }

  test('a component that does not exist', async () => {
    const asked = { component: 'databse', remove: false, signal: new AbortController().signal, log: () => undefined };
    await expect(prune(asked, rig.services())).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('database'),
    });
  });
});

test('what a backup says of itself counts, the longest of several; else what the repository says', async () => {
  const plan = (policies: string) => {
    rig.edit((text) => text.replace(/ {4}backups:\n( {6}- .*\n)+/, `    backups:\n${policies}`));
    expect(readFileSync(rig.planFile, 'utf8')).toContain(policies);
    return import('./load-plan.ts').then(({ requirePlan }) => requirePlan(rig.services()).plan);
  };
  const base = (more: string) => `      - { method: postgres.base_backup, every: 1h, takes: 1m${more} }\n`;
  const rule = async (policies: string) => keepRule(await plan(policies), 'database', 'postgres.base_backup');
  expect(await rule(base(''))).toEqual({ last: 2 });
  expect(await rule(base(', keep: 7d'))).toEqual({ within: '7d' });
  expect(await rule(base(', keep: 7d') + base(', keep: 30d'))).toEqual({ within: '30d' });
  expect(await rule(base(', keep: forever') + base(', keep: 30d'))).toBe('forever');
});
