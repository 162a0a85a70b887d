import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeRig, type Rig } from '../usecases/testing/rig.ts';
import { runInRig } from './testing/run-in-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  // Nobody is there to approve.
  rig.edit((plan) => plan.replace('        approve: { role: commander, within: 10m }\n', ''));
});
afterEach(() => rig.remove());

const cli = (...argv: string[]) => runInRig(rig, argv);
const PLACE = ['--environment', 'production'];
const FIRE = ['recover', 'fire', '--set', 'cause=x', ...PLACE, '--despite-findings', 'a test without approvals'];

describe('the clocks of a run', () => {
  test('stand at its end and in status, with their sources', async () => {
    const { out } = await cli(...FIRE, '--impact', '2026-01-14T02:50:00Z', '--detected', '2026-01-14T02:55:00Z');
    const { out: later } = await cli('status');
    for (const told of [out, later]) {
      expect(told).toContain('Impact   2026-01-14T02:50:00.000Z (said at the start)');
      expect(told).toContain(
        'Detected 2026-01-14T02:55:00.000Z (5m after the damage; said at the start; planned within 1m: MISSED)',
      );
      expect(told).toContain('Declared 2026-01-14T03:00:00.000Z (10m after the damage)');
    }
  });

  test('what nobody knows is said to be so', async () => {
    const { out } = await cli(...FIRE);
    expect(out).toContain('Detected not known (planned within 1m)');
    expect(out).not.toContain('Trace');
  });

  test('moments out of order are refused, with what to do', async () => {
    const { code, err } = await cli(...FIRE, '--impact', '2026-01-14T02:50:00Z', '--detected', '2026-01-14T02:40:00Z');
    expect(code).toBe(2);
    expect(err).toContain('--detected 2026-01-14T02:40:00Z is before --impact 2026-01-14T02:50:00Z');
    expect(err).toContain('Leave out what you are not sure of.');
  });
});

test('the breach is foretold once, on the screen and in the log, with the step to blame', async () => {
  const log = join(rig.folder, 'run.log');
  const { out } = await cli(...FIRE, '--impact', '2026-01-14T02:01:00Z', '--log', log);
  const warning = /The RTO will be missed by at least 2m[^:]*: \w+ still takes at least 1m\./g;
  expect(out.match(warning)).toHaveLength(1);
  expect(readFileSync(log, 'utf8')).toMatch(/ run-\d+ note: The RTO will be missed by at least 2m/);
});

describe('what runs measured', () => {
  test('is put on record when it is asked for, told in explain, and counted from three runs on', async () => {
    await cli(...FIRE);
    expect((await cli('runs')).out).not.toContain('on record');
    const { code, out } = await cli('runs', '--record');
    expect(code).toBe(0);
    expect(out).toContain('lifeboat.measured.json: 1 added, 1 on record.');
    expect((await cli('explain', 'scenarios.fire.steps.rebuild.expect')).out).toContain(
      'in 1 run: too few to count with',
    );
    threeTimes();
    expect((await cli('explain', 'scenarios.fire.steps.rebuild.expect')).out).toContain(
      'measured: 20m (p50), 30m (p95) in 3 runs: this counts instead of expect',
    );
    expect((await cli(...FIRE, '--dry-run')).out).toContain('20m, at most 30m: measured in 3 runs');
    expect((await cli('check')).out).toContain('rebuild is expected to take 1m, and takes longer: 20m (p50 of 3 runs)');
  });

  /** The one run on record as if there had been three, in which rebuilding took long. */
  function threeTimes(): void {
    const file = join(rig.folder, 'lifeboat.measured.json');
    const { runs } = JSON.parse(readFileSync(file, 'utf8'));
    const long = (seconds: number) => ({
      ...runs[0],
      run: `run-of-${seconds}`,
      steps: runs[0].steps.map((one: object) => ({ ...one, seconds })),
    });
    writeFileSync(file, JSON.stringify({ lifeboat_measured: 1, runs: [600, 1200, 1800].map(long) }));
  }
});

test('spans that could not be sent are one line, and the run is what it is', async () => {
  const services = rig.services({ sendSpans: async () => 'nobody listens' });
  const { code, out } = await runInRig({ ...rig, services: () => services }, FIRE);
  expect(code).toBe(0);
  expect(out.match(/Trace {4}not sent: nobody listens/g)).toHaveLength(1);
});
