import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MeasurementRecord } from '../document/measurement.ts';
import { measuredFile } from './measured-runs.ts';
import { recover } from './recover.ts';
import { writeDocs } from './render-docs.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  // Nobody is there to approve, so the one step that destroys only looks.
  rig.edit((plan) =>
    plan
      .replace('        approve: { role: commander, within: 10m }\n', '')
      .replace(/uses: fake\.make\n.*/, 'uses: fake.verify_house\n        with: { thing: house }'),
  );
});
afterEach(() => rig.remove());

const file = () => join(rig.folder, 'lifeboat.measured.json');
const record = (): MeasurementRecord => JSON.parse(readFileSync(file(), 'utf8')) as MeasurementRecord;
const promises = async (): Promise<string> => {
  const { document } = await writeDocs({}, rig.services());
  return document?.split('Promised and measured')[1]?.split('#### ')[0] ?? '';
};
const drill = () =>
  recover({ scenario: 'fire', set: ['cause=x'] }, rig.services({ chosen: { environment: 'drill' } }), {
    signal: new AbortController().signal,
    mayAsk: false,
    watch: () => undefined,
  });

test.each([
  ['/a/lifeboat.yaml', '/a/lifeboat.measured.json'],
  ['/a/other.yml', '/a/other.measured.json'],
  ['/a/plan', '/a/plan.measured.json'],
])('the record of %s is %s', (plan, name) => expect(measuredFile(plan)).toBe(name));

describe('without a record', () => {
  test('nothing is claimed of what was measured', async () => {
    expect(await promises()).toContain('no record is kept');
    expect(existsSync(file())).toBe(false);
  });

  test('the first one says that nothing was ever measured', async () => {
    await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    expect(record()).toEqual({ lifeboat_measured: 1, runs: [] });
    expect(await promises()).toContain('never measured');
  });
});

describe('a run', () => {
  test('that is over is put on record and into the document', async () => {
    const { run, status } = await drill();
    expect(status).toBe('succeeded');
    await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    expect(record().runs).toMatchObject([{ run, scenario: 'fire', environment: 'drill', status, rto_met: true }]);
    expect(await promises()).toMatch(new RegExp(`\\*\\*kept\\*\\* \\d{4}-\\d\\d-\\d\\d, drill ${run} in drill`));
  });

  test('is not put on record twice, and those of other machines stay', async () => {
    const other = {
      run: 'run-elsewhere',
      scenario: 'fire',
      environment: 'production',
      ended_at: '2026-01-01T00:00:00.000Z',
      status: 'failed',
    };
    writeFileSync(file(), JSON.stringify({ lifeboat_measured: 1, runs: [other] }));
    const { run } = await drill();
    for (const _ of [1, 2]) await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    expect(
      record()
        .runs.map((one) => one.run)
        .sort(),
    ).toEqual(['run-elsewhere', run].sort());
  });

  test('of another plan in the same state folder is not ours', async () => {
    await drill();
    rig.edit((plan) => plan.replace('name: shop', 'name: mall'));
    await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    expect(record().runs).toEqual([]);
  });

  test('leaves the check of the committed document as it was, until it is put on record', async () => {
    await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    await drill();
    expect(await writeDocs({ check: 'RUNBOOK.md' }, rig.services())).toMatchObject({ fresh: true });
    await writeDocs({ measured: true, out: 'other.md' }, rig.services());
    expect(await writeDocs({ check: 'RUNBOOK.md' }, rig.services())).toMatchObject({ fresh: false });
  });
});

describe('a record that cannot be used', () => {
  test.each(['', '{', '[]', '{"lifeboat_measured":2,"runs":[]}', '{"lifeboat_measured":1,"runs":[{"run":"x"}]}'])(
    '%j is refused, and stays',
    async (content) => {
      writeFileSync(file(), content);
      const refused = { code: 'PLAN_INVALID', message: expect.stringContaining('lifeboat.measured.json') };
      await expect(writeDocs({}, rig.services())).rejects.toMatchObject(refused);
      await expect(writeDocs({ measured: true }, rig.services())).rejects.toMatchObject(refused);
      expect(readFileSync(file(), 'utf8')).toBe(content);
    },
  );

  test('a folder of that name is said as such', async () => {
    mkdirSync(file());
    await expect(writeDocs({}, rig.services())).rejects.toMatchObject({ code: 'USAGE' });
  });
});
