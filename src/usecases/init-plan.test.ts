import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readmeText } from '../backup/readme.ts';
import { checkPlan } from './check-plan.ts';
import { initPlan } from './init-plan.ts';
import { requirePlan } from './load-plan.ts';
import { newKey } from './new-key.ts';
import { repositoryOf } from './open-world.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
let folder: string;
beforeEach(async () => {
  rig = await makeRig();
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-init-'));
});
afterEach(() => {
  rig.remove();
  rmSync(folder, { recursive: true, force: true });
});

const services = () => rig.services({ cwd: folder });

describe('init', () => {
  test('writes a plan that loads, with a key of its own', async () => {
    const { plan, key, repository } = await initPlan(undefined, services());
    expect(plan).toBe(join(folder, 'lifeboat.yaml'));
    expect(repository).toBeUndefined();
    expect(requirePlan(services()).plan.repository?.recipients).toEqual([key?.recipient]);
    expect(statSync(key?.file as string).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, '.lifeboat', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('writes a plan in which only unknown actions of this small build are wrong', async () => {
    await initPlan(undefined, services());
    const wrong = checkPlan(services()).findings.filter(({ level }) => level === 'error');
    expect(
      wrong.map(({ rule }) => rule).filter((rule) => rule !== 'unknown-action' && rule !== 'no-verification'),
    ).toEqual([]);
  });

  test('makes the repository that is asked for, and it opens', async () => {
    const result = await initPlan('backups', services());
    expect(result.repository).toBe(join(folder, 'backups'));
    const repository = await repositoryOf(requirePlan(services()).plan, services());
    expect(repository.place).toBe(join(folder, 'backups'));
  });

  test('overwrites nothing', async () => {
    writeFileSync(join(folder, 'lifeboat.yaml'), 'mine');
    await expect(initPlan(undefined, services())).rejects.toMatchObject({ code: 'USAGE' });
    expect(readFileSync(join(folder, 'lifeboat.yaml'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, '.lifeboat'))).toBe(false);
  });

  test('makes no repository among files of somebody else, and then nothing at all', async () => {
    mkdirSync(join(folder, 'photos'));
    writeFileSync(join(folder, 'photos', 'README.txt'), 'Our holidays');
    await expect(initPlan('photos', services())).rejects.toMatchObject({
      code: 'TARGET_NOT_EMPTY',
      message: expect.stringContaining('README.txt'),
    });
    expect(readFileSync(join(folder, 'photos', 'README.txt'), 'utf8')).toBe('Our holidays');
    expect(readdirSync(folder)).toEqual(['photos']);
  });

  test('makes the repository at the root of a disk, and where an earlier try was cut off', async () => {
    mkdirSync(join(folder, 'disk', 'lost+found'), { recursive: true });
    mkdirSync(join(folder, 'disk', '.tmp'));
    writeFileSync(join(folder, 'disk', 'README.txt'), readmeText(['age1other']));
    expect(await initPlan('disk', services())).toMatchObject({ repository: join(folder, 'disk') });
  });

  test('makes no repository among files of somebody else for a plan that is there', async () => {
    await initPlan(undefined, services());
    const text = readFileSync(join(folder, 'lifeboat.yaml'), 'utf8');
    const at = join(folder, 'photos');
    mkdirSync(at);
    writeFileSync(join(at, 'sea.jpg'), 'sea');
    writeFileSync(join(folder, 'lifeboat.yaml'), text.replace('"/var/lib/lifeboat/repository"', JSON.stringify(at)));
    await expect(initPlan('photos', services())).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    expect(readdirSync(at)).toEqual(['sea.jpg']);
  });

  test('makes the repository of a plan that is there, once', async () => {
    await initPlan(undefined, services());
    const text = readFileSync(join(folder, 'lifeboat.yaml'), 'utf8');
    const at = join(folder, 'later');
    writeFileSync(join(folder, 'lifeboat.yaml'), text.replace('"/var/lib/lifeboat/repository"', JSON.stringify(at)));
    expect(await initPlan('later', services())).toEqual({ repository: at });
    await expect(initPlan('later', services())).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    await expect(initPlan('other', services())).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('a new key', () => {
  test('replaces none', async () => {
    const file = join(folder, 'my.key');
    const { recipient } = await newKey(file, new Date(0));
    expect(readFileSync(file, 'utf8')).toContain(recipient);
    await expect(newKey(file, new Date(0))).rejects.toMatchObject({ code: 'USAGE' });
  });
});
