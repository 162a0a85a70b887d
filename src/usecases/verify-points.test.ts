import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFolderStore } from '../backup/folder-store.ts';
import { takeBackup } from '../backup/repository.fake.ts';
import { openRepository } from '../backup/repository.ts';
import { typedWith } from '../cli/testing/typed.ts';
import type { Services } from './services.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const wanted = (every: string) =>
  rig.edit((plan) => plan.replace('takes: 1m }', `takes: 1m, verify: [{ how: restore, every: ${every} }] }`));

const repository = () => openRepository(openFolderStore(rig.repositoryFolder), { recipients: [], clock: rig.clock });

/** As the real one does, what was found is kept. */
const keeps =
  (held: boolean): Services['verifyPoint'] =>
  async (world, { component, point = 'base-1', key }) => {
    const proofs = [{ claim: 'every role is there', held, observed: held ? '2 roles' : 'the role app is missing' }];
    rig.clock.advance(1000);
    const at = rig.clock.now().toISOString();
    const why = 'the extension amcheck is not installed on this machine';
    const record = {
      backup: point,
      component,
      key,
      at,
      held,
      proofs,
      not_looked_at: [{ claim: 'indexes are sound', why }],
    };
    await world.repository.putVerification(record);
    return record;
  };

const typed = (argv: string, verifyPoint: Services['verifyPoint'] = keeps(true)) =>
  typedWith({ services: rig.services({ verifyPoint }) }, ['verify', ...argv.split(' ').filter(Boolean)]);

describe('lifeboat verify', () => {
  test('says what was proven, and what was not looked at', async () => {
    const { code, out } = await typed('');
    expect(code).toBe(0);
    expect(out).toContain('✔ database: base-1 restored and proven');
    expect(out).toContain('? not looked at: indexes are sound: the extension amcheck is not installed');
  });

  test('a point that is not good is exit 1, with the proof that says so first', async () => {
    const { code, out } = await typed('database', keeps(false));
    expect(code).toBe(1);
    expect(out).toMatch(
      /✘ database: base-1 is NOT good: 1 of 1 proofs do not hold\n {2}✘ every role is there: the role app is missing/,
    );
  });

  test('--all goes on after a bad one, and --point takes that one', async () => {
    for (const id of ['base-a', 'base-b'])
      await takeBackup(await repository(), { 'base.tar': 'x' }, { id, method: 'postgres.base_backup' });
    const seen: string[] = [];
    const verify: Services['verifyPoint'] = async (world, request) => {
      seen.push(`${request.point}`);
      return keeps(request.point !== 'base-a')(world, request);
    };
    expect((await typed('--all', verify)).code).toBe(1);
    expect(seen).toEqual(['base-a', 'base-b']);
    expect((await typed('database --point base-b', verify)).code).toBe(0);
    expect(seen).toEqual(['base-a', 'base-b', 'base-b']);
  });

  test.each([
    ['--all --due', 'only one of'],
    ['--latest --point x', 'only one of'],
    ['--point base-1', '--point needs its component'],
    ['nothing', 'the plan has no component "nothing"'],
    ['--all', 'database has no backup'],
    ['--within 1m', '--within goes with --live'],
    ['database --live --all', 'not at a point'],
    ['--live', '--live needs a component'],
    ['database --live --within soon', 'is not a length of time'],
  ])('%s is refused: %s', async (argv, said) => {
    const { code, out } = await typed(argv);
    expect(code).not.toBe(0);
    expect(out).toContain(said);
  });
});

describe('lifeboat verify --due', () => {
  test('does nothing where nothing is wanted or nothing is due yet', async () => {
    expect(await typed('--due')).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was due.') });
    wanted('1d');
    expect((await typed('--due')).code).toBe(0);
    const again = await typed('--due', () => Promise.reject(new Error('it was verified already')));
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/database is to be restored and proven every 1d: it last was .*, next by /);
  });

  test('verifies what is due again, and a bad one stays overdue', async () => {
    wanted('1d');
    await typed('--due');
    rig.clock.advance(25 * 60 * 60 * 1000);
    const bad = await typed('--due', keeps(false));
    expect(bad.code).toBe(1);
    expect(bad.out).toContain('✘ database must be restored and proven every 1d');
    expect((await typed('--due')).code).toBe(0);
  });

  test('lifeboat points says that it is overdue', async () => {
    wanted('1d');
    await takeBackup(await repository(), { 'database.dump': 'x' }, { id: 'dump-1' });
    const { out } = await typedWith({ services: rig.services() }, ['points']);
    expect(out).toContain('✘ database must be restored and proven every 1d: it never was');
  });
});

describe('lifeboat verify --live', () => {
  const live = (scanLive?: Services['scanLive']) =>
    typedWith({ services: rig.services(scanLive ? { scanLive } : {}) }, ['verify', 'database', '--live']);

  test('says what it found, and what it did not look at', async () => {
    const { code, out } = await live();
    expect(code).toBe(0);
    expect(out).toContain('✔ database: no damage found');
    expect(out).toContain('? not looked at: tables and indexes are sound (amcheck)');
  });

  test('damage is exit 1, and so is having looked at nothing', async () => {
    const proofs = [{ claim: 'every page', held: false, observed: 'orders, page 3' }];
    const damaged = await live(async () => ({ proofs, notLookedAt: [] }));
    expect(damaged).toMatchObject({ code: 1, out: expect.stringContaining('✘ database: DAMAGED') });
    const nothing = await live(async () => ({ proofs: [], notLookedAt: [{ claim: 'pages', why: 'no checksums' }] }));
    expect(nothing).toMatchObject({ code: 1, out: expect.stringContaining('nothing could be looked at') });
  });
});
