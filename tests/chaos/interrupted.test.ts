import { afterEach, expect, test } from 'vitest';
import { TINY_SEED } from '../../lab/corporate-intel/database.ts';
import { doLaterWork, strikeDeletion } from '../../lab/corporate-intel/strike.ts';
import type { RecoverOutput } from '../../lab/demo/result.ts';
import { failedClaims, judgeDeletion } from '../../lab/judge.ts';
import { operator } from '../../lab/operator.ts';
import { type Stage, setStage } from '../scenarios/play.ts';

let stage: Stage | undefined;

afterEach(async () => {
  await stage?.end();
  stage = undefined;
}, 30_000);

const setTinyStage = () => setStage({ seed: TINY_SEED, settings: ['fsync = off'] });

test('Ctrl-C pauses a recovery with exit code 12, and it can be resumed', async () => {
  stage = await setTinyStage();
  const { world } = stage;
  const deletion = await strikeDeletion(world.urls.analyst);
  const later = await doLaterWork(world.urls.application);
  const recovery = await world.lifeboat.start(
    ['recover', 'accidental-deletion', '--set', 'actor=analyst', '--plan', world.plan],
    {},
  );
  await recovery.line(/lifeboat approve/);
  const stopped = await recovery.end('SIGINT');
  expect(stopped.code).toBe(12);
  expect(stopped.stdout + stopped.stderr).toMatch(/lifeboat recover --resume/);

  const person = operator(world.lifeboat, { thinksMs: 0, say: stage.say });
  const resumed = await world.lifeboat.start(['recover', '--resume', '--plan', world.plan, '--json'], {
    onLine: (line) => person.read(line),
  });
  await person.until(resumed);
  const finished = await resumed.finished;
  expect(finished.code).toBe(0);
  expect((JSON.parse(finished.stdout) as RecoverOutput).status).toBe('succeeded');
  const verdict = await judgeDeletion(world.urls.superuser, deletion, later);
  expect(failedClaims(verdict.claims)).toEqual([]);
  await deletion.closeSession();
}, 120_000);

test('a second recovery of the same plan is refused and told who holds it', async () => {
  stage = await setTinyStage();
  const { world } = stage;
  const deletion = await strikeDeletion(world.urls.analyst);
  const args = ['recover', 'accidental-deletion', '--set', 'actor=analyst', '--plan', world.plan];
  const first = await world.lifeboat.start(args);
  const [, run] = await first.line(/lifeboat approve (\S+)/);
  const second = await world.lifeboat.run([...args, '--json']);
  expect(second.code).toBe(10);
  const { error } = JSON.parse(second.stdout);
  expect(error.code).toBe('RUN_LOCKED');
  expect(error.message).toContain(run);
  expect(`${error.message} ${error.hint}`).toContain(String(first.pid));
  expect((await first.end('SIGINT')).code).toBe(12);
  await deletion.closeSession();
}, 120_000);
