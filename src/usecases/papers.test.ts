import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportRun } from './export-evidence.ts';
import { recover } from './recover.ts';
import { status } from './status.ts';
import { makeRig, type Rig } from './testing/rig.ts';
import { verifyFile } from './verify-evidence.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
});
afterEach(() => rig.remove());

/** A run that stops at its first question. */
async function stoppedRun(): Promise<string> {
  const stop = new AbortController();
  const watching = {
    signal: stop.signal,
    mayAsk: false,
    watch: (happening: { kind: string; event?: { type: string } }) => {
      if (happening.event?.type === 'step.waiting') stop.abort(new Error('stopped'));
    },
  };
  return (await recover({ scenario: 'fire', set: ['cause=x'] }, rig.services(), watching)).run;
}

describe('evidence', () => {
  test('of the newest run is exported, and verifies with the key that is told', async () => {
    const run = await stoppedRun();
    const exported = await exportRun({}, rig.services());
    expect(exported).toMatchObject({ run, file: join(rig.folder, `${run}.evidence.ndjson`) });
    const { file, key } = exported;
    expect(await verifyFile({ file, key }, rig.services())).toMatchObject({ whole: true, signedBy: key });
    expect(await verifyFile({ file, key: '0'.repeat(64) }, rig.services())).toMatchObject({ whole: false });
  });

  test('is not written over a file', async () => {
    await stoppedRun();
    await exportRun({ out: 'mine.ndjson' }, rig.services());
    await expect(exportRun({ out: 'mine.ndjson' }, rig.services())).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('that was changed says in which line', async () => {
    await stoppedRun();
    const { file } = await exportRun({}, rig.services());
    writeFileSync(file, readFileSync(file, 'utf8').replace('"door"', '"doom"'));
    expect(await verifyFile({ file }, rig.services())).toMatchObject({ whole: false, line: expect.any(Number) });
  });

  test.each([[{ file: 'nowhere.ndjson' }], [{ file: 'lifeboat.yaml', key: 'short' }]])(
    '%j is refused',
    async (request) => {
      await expect(verifyFile(request, rig.services())).rejects.toMatchObject({ code: 'USAGE' });
    },
  );

  test('of no run at all is not there', async () => {
    await expect(exportRun({}, rig.services())).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(status(undefined, rig.services())).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(status('run-never', rig.services())).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});
