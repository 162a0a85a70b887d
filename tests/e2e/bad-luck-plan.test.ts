import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Calling,
  contentOf,
  documentOf,
  expectRefusal,
  lifeboat,
  placeAfter,
  type Refusal,
  replaced,
} from './bad-luck.ts';

/* Everything that is wrong before any system is asked: the plan, the command line, the key, the paths. No server here. */
const EXAMPLE = readFileSync(join(process.cwd(), 'examples/corporate-intel/lifeboat.yaml'), 'utf8');
const PASSWORD = 'canary-5f2b';
let folder: string;
let calling: Calling;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-bad-luck-'));
  const env = { PATH: process.env.PATH ?? '', HOME: folder, NO_COLOR: '1' };
  const made = await lifeboat(['key', 'new', '--out', join(folder, 'lifeboat.key'), '--json'], { cwd: folder, env });
  const key = readFileSync(join(folder, 'lifeboat.key'), 'utf8');
  calling = {
    cwd: folder,
    env: {
      ...env,
      LIFEBOAT_STATE: join(folder, 'state'),
      CORPORATE_INTEL_RECIPIENT: /age1[0-9a-z]+/.exec(made.stdout)?.[0] ?? '',
      LIFEBOAT_IDENTITY: /AGE-SECRET-KEY-\S+/.exec(key)?.[0] ?? '',
      CORPORATE_INTEL_REPOSITORY: join(folder, 'repository'),
      CORPORATE_INTEL_DATABASE_URL: `postgresql://lifeboat:${PASSWORD}@127.0.0.1:1/corporate_intel`,
    },
  };
  writeFileSync(join(folder, 'lifeboat.yaml'), EXAMPLE);
  expect((await lifeboat(['init', '--repository', join(folder, 'repository')], calling)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recoverArgs = ['recover', 'accidental-deletion', '--set', 'actor=analyst'];
let plans = 0;
/** Looking into the journal makes one, and that is no change. That no run began is looked at in the end. */
const RUNS = /-?state\/(journal|work|\.gitignore)/;

/** Calls lifeboat, and looks that whatever it answered, nothing in the folder was changed and no password was shown. */
async function refused(args: readonly string[], refusal: Refusal, how: Partial<Calling> = {}) {
  const before = contentOf(folder, RUNS);
  const ended = await lifeboat([...args, '--json'], { ...calling, ...how });
  const error = expectRefusal(ended, refusal);
  expect(ended.stdout + ended.stderr).not.toContain(PASSWORD);
  expect(contentOf(folder, RUNS)).toEqual(before);
  return error;
}

/** A plan in a folder of its own, beside which nothing stands that could change. */
function planFile(content: string | Buffer): string {
  const own = mkdtempSync(join(tmpdir(), 'lifeboat-bad-plan-'));
  made.push(own);
  plans += 1;
  const file = join(own, `plan-${plans}.yaml`);
  writeFileSync(file, content);
  return file;
}
const made: string[] = [];
afterAll(() => {
  for (const one of made) rmSync(one, { recursive: true, force: true });
});

const invalid = (says: string | RegExp, hint: string | RegExp = 'lifeboat check --plan'): Refusal => ({
  exit: 2,
  code: 'PLAN_INVALID',
  says,
  hint,
});

describe.concurrent('a malformed plan', () => {
  const edit = (from: string, to: string) => replaced(EXAMPLE, from, to);
  const cases: readonly (readonly [string, string | Buffer, string, string])[] = [
    ['nothing at all', '', '1:1', 'the file is empty'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0, 1, 2]), '1:1', 'the file is not text'],
    ['a list', '- a\n- b\n', '1:1', 'not a map of fields'],
    ['a tab', edit('  name: corporate-intel', '\tname: corporate-intel'), '9:1', 'indented with a tab'],
    [
      'a field twice',
      edit('  owner: database-lead', '  name: again'),
      '11:3',
      '"name" stands here for the second time',
    ],
    [
      'a field that there is not',
      edit('  owner: database-lead', '  owner: database-lead\n  onwer: x'),
      '12:3',
      'no field "onwer"',
    ],
    ['two documents', `${EXAMPLE}---\nlifeboat: 1\n`, '', 'more than one document'],
    ['another version', edit('lifeboat: 1', 'lifeboat: 2'), '6:11', 'must be 1; found 2'],
    ['a wrong kind of value', edit('people: [alex, kim]', 'people: 7'), '', 'people'],
    [
      'a text where a number belongs',
      edit('port: ${{ int(env("CORPORATE_INTEL_PORT", "5432")) }}', 'port: soon'),
      '',
      'must be a number; found "soon"',
    ],
    ['a duration in words', edit('expect: 10s', 'expect: quickly'), '', 'a duration is written like 90s'],
    ['half an expression', edit('outputs.rows > 0 }}', 'outputs.rows > }}'), '', 'not a valid expression'],
    ['an expression without an end', edit('${{ outputs.rows > 0 }}', '${{ outputs.rows > 0'), '', 'has no end'],
    [
      'an empty folder',
      edit('folder: ${{ env("CORPORATE_INTEL_REPOSITORY", "/srv/lifeboat/corporate-intel") }}', 'folder: ""'),
      '',
      'repository.folder: must not be empty',
    ],
    ['an alias bomb', `a: &a [1,1,1,1]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n${EXAMPLE}`, '', ''],
    ['brackets without end', `a: ${'['.repeat(20_000)}`, '1:', 'nested too deeply'],
    ['no steps', edit('approve: { role: incident-commander, within: 10m }', 'approve: {}'), '', 'approve'],
  ];
  test.each(cases)('with %s is refused with the place', async (_what, content, place, says) => {
    const file = planFile(content);
    const { message } = await refused([...recoverArgs, '--plan', file], invalid(says));
    expect(message.startsWith(`${file}:`)).toBe(true);
    expect(message.slice(file.length + 1)).toMatch(new RegExp(`^${place || '\\d+:\\d+'}`));
  });

  test('the same findings come from check, which exits 2 as well', async () => {
    const file = planFile(edit('expect: 10s', 'expect: quickly'));
    const ended = await lifeboat(['check', '--plan', file, '--json'], calling);
    expect(ended.code).toBe(2);
    expect(documentOf(ended)).toMatchObject({ findings: [{ level: 'error', at: { file, column: 17 } }] });
  });

  test('Windows line ends and a byte order mark are no fault', async () => {
    const file = planFile(`\uFEFF${EXAMPLE.replaceAll('\n', '\r\n')}`);
    expect((await lifeboat(['check', '--plan', file], calling)).code).toBe(0);
  });
});

describe.concurrent('a plan that contradicts itself', () => {
  const edit = (from: string, to: string) => replaced(EXAMPLE, from, to);
  const names = (mark: string, from: string, to: string): [string, string] => {
    const text = edit(`${mark}${from}`, `${mark}${to}`);
    return [text, placeAfter(text, mark)];
  };
  test.each([
    ['a step that does not exist', ...names('before_xid: ', '${{ steps.find.', '${{ steps.fnd.'), 'the step "fnd"'],
    ['a role that does not exist', ...names('approve: { role: ', 'incident-commander', 'nobody'), 'the role "nobody"'],
    ['a person that does not exist', ...names('people: [alex, ', 'kim]', 'kym]'), 'the person "kym"'],
    ['a domain that does not exist', ...names('  domain: ', 'backup-host', 'moon'), 'the domain "moon"'],
    ['a component that does not exist', ...names('needs: [', 'database]', 'databse]'), 'the component "databse"'],
    [
      'an input that does not exist',
      ...names('component: database, role: ', '"${{ inputs.actor }}"', '"${{ inputs.actr }}"'),
      'the input "actr"',
    ],
    ['a step twice', ...names('- id: ', 'find', 'block'), 'two steps'],
    ['a healthy moment that never comes', ...names('healthy: ', 'ledger', 'never'), 'the step "never"'],
  ])('%s', async (_what, text, place, says) => {
    const file = planFile(text);
    const { message } = await refused([...recoverArgs, '--plan', file], invalid(says));
    if (place !== '') expect(message).toContain(`${file}:`);
    if (says !== 'two steps') expect(message).toContain(`${file}:${place}: `);
  });

  test.each([
    ['steps in a circle', edit('- id: block\n', '- id: block\n        needs: [find]\n'), 'block → find → block'],
    ['a component that needs itself', edit('needs: [database]', 'needs: [api]'), 'api → api'],
  ])('%s', async (_what, text, says) => {
    await refused([...recoverArgs, '--plan', planFile(text)], invalid(says));
  });

  test.each([
    ['an action nobody has', edit('uses: postgres.block_role', 'uses: postgres.blok_role'), 'postgres.blok_role'],
    ['an input the action does not take', edit('within: 24h, ', 'witin: 24h, '), 'takes no "witin"'],
    [
      'an output the action does not put out',
      edit('steps.find.outputs.xid', 'steps.find.outputs.xidd'),
      'puts out no "xidd"',
    ],
    ['an RTO that cannot be met', edit('rto: 30m, rpo: "0"', 'rto: 1m, rpo: "0"'), 'promises 1m'],
    ['an expectation beyond the timeout', edit('expect: 10s', 'expect: 5m'), 'broken off after 1m'],
    [
      'a password in clear',
      edit('${{ secret("env:CORPORATE_INTEL_DATABASE_URL") }}', `postgres://a:${PASSWORD}@db/x`),
      'in clear',
    ],
  ])('%s: the run is refused before it begins', async (_what, text, says) => {
    const refusal = { exit: 2, code: 'PLAN_REFUSED', says, hint: 'lifeboat check --plan' };
    await refused([...recoverArgs, '--plan', planFile(text)], refusal);
  });
});

const usage = (says: string | RegExp, hint: string | RegExp): Refusal => ({ exit: 2, code: 'USAGE', says, hint });

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
    ['an environment', [...recoverArgs, '--environment', 'prod'], invalid('no environment "prod"', 'production')],
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
    ['dry run', [...recoverArgs, '--dry-run']],
  ])('that is not there is named: %s', async (_what, args) => {
    const refusal = { exit: 30, code: 'REPOSITORY_MISSING', says: join(folder, 'nowhere'), hint: 'lifeboat init' };
    await refused(args, refusal, at('nowhere'));
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
