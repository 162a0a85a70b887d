import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorRecord } from '../../src/model/errors.ts';
import { type Calling, documentOf, lifeboat, placeAfter, type Refusal } from './bad-luck.ts';
import {
  calling,
  EXAMPLE,
  folder,
  invalid,
  makeFolder,
  PASSWORD,
  recoverArgs,
  refused,
  removeFolder,
  usage,
} from './bad-luck-folder.ts';

/* Everything else that is wrong before any system is asked: the command line, the key, the paths. */
beforeAll(makeFolder);
afterAll(removeFolder);

describe.concurrent('what is not there', () => {
  test.each<[string, readonly string[], Refusal]>([
    [
      'the plan',
      ['check', '--plan', 'nowhere.yaml'],
      usage('nowhere.yaml cannot be read: there is no such file', '--plan FILE'),
    ],
    [
      'the plan, which is a folder',
      ['points', '--plan', 'repository'],
      usage('repository cannot be read', '--plan FILE'),
    ],
    ['a command', ['recovr'], usage('"recovr"', 'lifeboat recover')],
    ['a flag', ['recover', 'accidental-deletion', '--dryrun'], usage('--dryrun', '--dry-run')],
    ['a scenario', ['recover', 'accidental-deletio'], usage('"accidental-deletio"', 'accidental-deletion')],
    ['a scenario, said by nobody', ['recover'], usage('SCENARIO is missing', 'lifeboat docs')],
    ['an environment', [...recoverArgs, '--environment', 'prod'], usage('no environment "prod"', 'production')],
    ['an input', [...recoverArgs, '--set', 'at_lest=2'], usage('"at_lest"', 'at_least')],
    [
      'the value of an input',
      ['recover', 'accidental-deletion', '--set', 'actor'],
      usage('--set actor has no value', 'name=value'),
    ],
    ['a needed input', ['recover', 'accidental-deletion'], usage('the input "actor"', '--set actor=')],
    [
      'a needed input that is empty',
      ['recover', 'accidental-deletion', '--set', 'actor='],
      usage('the input "actor"', '--set actor='),
    ],
    [
      'one meaning: an input twice',
      [...recoverArgs, '--set', 'actor=kim'],
      usage('--set actor is given twice', 'once'),
    ],
    [
      'a number',
      [...recoverArgs, '--set', 'at_least=many'],
      usage('--set at_least=many: a number is needed', '--set at_least=42'),
    ],
    ['a moment without a zone', [...recoverArgs, '--impact', '2026-01-14 03:05'], usage('2026-01-14 03:05', /zone|Z/)],
    [
      'a past moment',
      [...recoverArgs, '--impact', '2999-01-01T00:00:00Z'],
      usage('is in the future', 'when the damage was done'),
    ],
    ['a component', ['backup', 'databse'], usage('"databse"', 'database')],
    ['a method', ['backup', 'database', '--method', 'photocopy'], usage('"photocopy"', 'postgres.base_backup')],
    ['backups of a service', ['backup', 'api'], usage('no backup for api', 'components')],
    ['a service to restore', ['restore', 'api', '--to', 'latest'], usage('api is a service', 'Name a database')],
    ['a moment to restore to', ['restore', 'database'], usage('--to and --discard', '--to latest')],
    [
      'any recovery point',
      ['restore', 'database', '--to', 'latest'],
      { exit: 34, code: 'POINT_NOT_FOUND', says: 'no recovery point', hint: 'backup' },
    ],
    [
      'a recovery point of that name',
      ['restore', 'database', '--to', 'base-9'],
      { exit: 34, code: 'POINT_NOT_FOUND', says: 'database has no recovery point "base-9"', hint: 'lifeboat points' },
    ],
  ])('%s', async (_what, args, refusal) => {
    await refused(args, refusal);
  });
});

describe('secrets and keys', () => {
  const without = (name: string, value?: string): Partial<Calling> => {
    const { [name]: _gone, ...env } = calling.env;
    return { env: value === undefined ? env : { ...env, [name]: value } };
  };

  test('a connection that is not set', async () => {
    const refusal = {
      exit: 3,
      code: 'SECRET_MISSING',
      says: 'env:CORPORATE_INTEL_DATABASE_URL',
      hint: 'Set the environment variable',
    };
    await refused(['backup', 'database'], refusal, without('CORPORATE_INTEL_DATABASE_URL'));
    await refused(['backup', '--stream'], refusal, without('CORPORATE_INTEL_DATABASE_URL', '  '));
  });

  test.each(['LIFEBOAT_IDENTITY', 'CORPORATE_INTEL_DATABASE_URL'])(
    'a recovery does not begin without %s',
    async (name) => {
      const refusal = { exit: 3, code: 'SECRET_MISSING', says: `env:${name} is not set`, hint: 'Nothing has begun' };
      await refused(recoverArgs, refusal, without(name, ''));
    },
  );

  test.each(['base_backup', 'dump'])(
    'a password with a slash that nobody encoded: %s asks no other server',
    async (method) => {
      const broken = without(
        'CORPORATE_INTEL_DATABASE_URL',
        `postgresql://lifeboat:${PASSWORD}:@/x@db.example.com/orders`,
      );
      const refusal = invalid('the connection of database is not an address', '%2F');
      await refused(['backup', 'database', '--method', method], refusal, broken);
    },
  );

  test('the same for the stream', async () => {
    const broken = without('CORPORATE_INTEL_DATABASE_URL', `nonsense ${PASSWORD}`);
    await refused(['backup', '--stream'], invalid('the connection of database is not an address', '%2F'), broken);
  });

  test.each([
    ['unset', undefined, 'CORPORATE_INTEL_RECIPIENT, which is not set here'],
    ['empty', '', 'an age recipient begins with age1'],
  ])('a recipient that is %s', async (_how, value, says) => {
    const { message } = await refused(
      ['backup'],
      invalid(says, 'lifeboat check'),
      without('CORPORATE_INTEL_RECIPIENT', value),
    );
    expect(message).toContain(`lifeboat.yaml:${placeAfter(EXAMPLE, '  recipients:\n    - ')}`);
  });

  test('a port that is no number', async () => {
    await refused(
      ['points'],
      invalid('components.database.server.port', 'lifeboat check'),
      without('CORPORATE_INTEL_PORT', 'abc'),
    );
  });

  test('a data folder that is empty text would be the folder we stand in', async () => {
    const empty = without('CORPORATE_INTEL_DATA_FOLDER', '');
    await refused(
      ['recover', 'database-destroyed'],
      invalid('data_folder: must not be empty', 'lifeboat check'),
      empty,
    );
  });

  test('a key file is never written over', async () => {
    await refused(['key', 'new', '--out', 'lifeboat.key'], usage('lifeboat.key exists; it was not overwritten', /\S/));
  });
});

describe('the repository', () => {
  const at = (place: string): Partial<Calling> => ({
    env: { ...calling.env, CORPORATE_INTEL_REPOSITORY: join(folder, place) },
  });

  test.each([
    ['backup', ['backup']],
    ['stream', ['backup', '--stream']],
    ['points', ['points']],
    ['restore', ['restore', 'database', '--to', 'latest']],
    ['recovery', recoverArgs],
  ])('that is not there is named: %s', async (_what, args) => {
    const refusal = { exit: 30, code: 'REPOSITORY_MISSING', says: join(folder, 'nowhere'), hint: 'lifeboat init' };
    await refused(args, refusal, at('nowhere'));
  });

  test('that is not there is named by a dry run, which tells the rest none the less', async () => {
    const ended = await lifeboat([...recoverArgs, '--dry-run', '--json'], { ...calling, ...at('nowhere') });
    expect(ended.code).toBe(30);
    const { steps, repository_error: error } = documentOf(ended) as { steps: unknown[]; repository_error: ErrorRecord };
    expect(steps.length).toBeGreaterThan(3);
    expect(error).toMatchObject({
      code: 'REPOSITORY_MISSING',
      message: expect.stringContaining(join(folder, 'nowhere')),
      hint: expect.stringContaining('lifeboat init'),
    });
  });

  test('of something else is not written into', async () => {
    mkdirSync(join(folder, 'photos'), { recursive: true });
    writeFileSync(join(folder, 'photos/holiday.jpg'), 'sea');
    await refused(
      ['backup'],
      { exit: 30, code: 'REPOSITORY_MISSING', says: 'photos', hint: 'lifeboat init' },
      at('photos'),
    );
  });

  test('whose description was altered is refused', async () => {
    mkdirSync(join(folder, 'altered'), { recursive: true });
    writeFileSync(join(folder, 'altered/lifeboat-repository.json'), '{"format": ');
    await refused(
      ['points'],
      { exit: 31, code: 'OBJECT_DAMAGED', says: 'lifeboat-repository.json', hint: /\S/ },
      at('altered'),
    );
  });
});

describe('a run that nobody knows', () => {
  const unknown: Refusal = { exit: 4, code: 'RUN_NOT_FOUND', says: 'run-7', hint: 'lifeboat runs' };
  test.each([
    ['status', ['status', 'run-7']],
    ['approve', ['approve', 'run-7', 'load']],
    ['decide', ['decide', 'run-7', 'load', 'retry', '--reason', 'x']],
    ['cancel', ['cancel', 'run-7', '--reason', 'x']],
    ['resume', ['recover', '--resume', 'run-7']],
    ['evidence export', ['evidence', 'export', 'run-7']],
  ])('%s', async (_what, args) => {
    await refused(args, unknown);
  });

  test('and none at all', async () => {
    await refused(['status'], { ...unknown, says: 'no run is kept in', hint: '--state' });
    await refused(['recover', '--resume'], { ...unknown, says: 'no run to resume', hint: 'lifeboat runs' });
    await refused(['decide', 'run-7', 'load', 'maybe'], usage('"maybe" is not a decision', 'retry, done, skip'));
  });
});

test('a state folder that is a file', async () => {
  writeFileSync(join(folder, 'a-file'), '');
  const refusal = { exit: 21, code: 'TARGET_DENIED', says: join(folder, 'a-file'), hint: '--state' };
  await refused([...recoverArgs, '--state', 'a-file'], refusal);
  await refused(['runs', '--state', 'a-file'], refusal);
});

test('a journal that is no journal', async () => {
  mkdirSync(join(folder, 'other-state'));
  writeFileSync(join(folder, 'other-state/.gitignore'), '*\n');
  writeFileSync(
    join(folder, 'other-state/journal.sqlite'),
    'this was never a database, and it is long enough to tell'.repeat(50),
  );
  const refusal = { exit: 41, code: 'JOURNAL_DAMAGED', says: 'journal.sqlite', hint: /\S/ };
  for (const args of [['runs'], ['status'], recoverArgs]) await refused([...args, '--state', 'other-state'], refusal);
});

describe('evidence', () => {
  test('of garbage, of nothing and of something else is not whole', async () => {
    for (const [content, line] of [
      ['', 1],
      ['hello\n', 1],
      ['{"a":1}\n{"b":2}\n', 2],
      ['\0\0\0', 1],
    ] as const) {
      writeFileSync(join(folder, 'evidence'), content);
      const says = new RegExp(`evidence is not whole: line ${line}: \\S`);
      await refused(['evidence', 'verify', 'evidence'], {
        exit: 40,
        code: 'EVIDENCE_INVALID',
        says,
        hint: 'Do not rely on it',
      });
    }
  });

  test('that is not there, or a folder, or checked against nonsense', async () => {
    await refused(['evidence', 'verify', 'nowhere'], usage('nowhere cannot be read (ENOENT)', 'evidence export'));
    await refused(['evidence', 'verify', 'repository'], usage('repository cannot be read (EISDIR)', 'evidence export'));
    await refused(['evidence', 'verify'], usage('FILE', /\S/));
    await refused(['evidence', 'verify', 'lifeboat.yaml', '--key', 'abc'], usage('--key is not a fingerprint', '64'));
  });
});

test('nothing of all this began a run', async () => {
  expect(documentOf(await lifeboat(['runs', '--json'], calling))).toMatchObject({ runs: [] });
});
