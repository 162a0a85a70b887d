import { describe, expect, test } from 'vitest';
import { loadPlan } from './load.ts';
import { edit, lineOf, RECIPIENT, request, said } from './sample-plan.fake.ts';

describe('a plan of the wrong shape', () => {
  test.each<[string, string, string, string, string]>([
    [
      'an unknown field',
      'needs: [database]',
      'need: [database]',
      'components.api has no field "need"',
      'Did you mean needs?',
    ],
    ['an unknown field at the top', 'roles:', 'rolls:', 'a plan has no field "rolls"', 'Did you mean roles?'],
    [
      'a field far from any',
      'version: "1"',
      'version: "1"\n  qwertz: 1',
      'plan has no field "qwertz"',
      'Known fields: name, title',
    ],
    [
      'a missing field',
      '    title: Rows were deleted\n',
      '',
      'scenarios.deletion lacks the field "title"',
      'What happened, as people say it.',
    ],
    [
      'a number for a text',
      'version: "1"',
      'version: 1.5',
      'plan.version: must be a text; found 1.5',
      'Put it in quotes: "1.5".',
    ],
    [
      'a duration without quotes',
      'rpo: "0"',
      'rpo: 0',
      'rpo: must be a text or a map of fields; found 0',
      'Put it in quotes: "0".',
    ],
    [
      'no duration',
      'rto: 30m',
      'rto: 30 minutes',
      'a span is written like 15m, or 15m..30m with the shorter first; found "30 minutes"',
      'Longest acceptable time',
    ],
    [
      'an unknown kind',
      'kind: service',
      'kind: servce',
      'components.api.kind: must be one of the 33 words for it, such as postgres and service; found "servce"',
      'Did you mean service?',
    ],
    [
      'an unknown method',
      'method: postgres.wal_stream',
      'method: pg_basebackup',
      'must be one of the 25 words for it, such as postgres.base_backup and postgres.wal_stream; found "pg_basebackup"',
      'The words are: postgres.base_backup, ',
    ],
    ['a bad name', '  ann: { name', '  Ann B: { name', '"Ann B": a name is lower-case letters', 'another name'],
    [
      'an empty list',
      `recipients: [${RECIPIENT}]`,
      'recipients: []',
      'repository.recipients: must not be empty; found an empty list',
      'age public keys',
    ],
    [
      'a text for a list',
      'loses: [database]',
      'loses: database',
      'loses: must be a list; found "database"',
      'Components that are lost',
    ],
    [
      'a port too high',
      'port: ${{ int(env("PORT", "5432")) }}',
      'port: 99999',
      'port: must be at most 65535; found 99999',
      'Port a restored server listens on.',
    ],
    [
      'half a port',
      'port: ${{ int(env("PORT", "5432")) }}',
      'port: 1.5',
      'port: must be a whole number; found 1.5',
      'Port',
    ],
    ['a recipient that is too short', RECIPIENT, 'age1foo', 'begins with age1 and 58 letters', 'An age public key'],
    [
      'a recipient with two letters exchanged',
      RECIPIENT,
      RECIPIENT.replace('hyw', 'hwy'),
      'is mistyped: its checksum is wrong',
      'An age public key',
    ],
    [
      'a private key for a recipient, which is not repeated',
      RECIPIENT,
      'AGE-SECRET-KEY-1QQ',
      'found a private key, which never stands in a plan',
      'An age public key',
    ],
    ['an empty field', 'title: The shop', 'title:', 'plan.title: must be a text; found empty', 'Title'],
    ['a wrong version', 'lifeboat: 1', 'lifeboat: 2', 'lifeboat: must be 1; found 2', 'Version of the plan language'],
    [
      'a number for a connection',
      'connection: ${{ secret("env:DATABASE_URL") }}',
      'connection: 5',
      'connection: must be a map of fields or a text; found 5',
      'Put it in quotes: "5".',
    ],
    [
      'no environment',
      'environments:\n  production: {}\n  drill:',
      'environments: {}\nwaivers: []\nx:\n  drill:',
      'environments: a plan has at least one environment; found an empty map',
      'Where the plan applies',
    ],
  ])('%s', (_, from, to, message, hint) => {
    const text = edit(from, to);
    const result = loadPlan(request(text));
    const finding = result.findings.find((one) => one.message.includes(message));
    expect(result.ok).toBe(false);
    expect(said(text).join('\n')).toContain(message);
    expect(finding).toMatchObject({ rule: 'plan.schema', level: 'error' });
    expect(finding?.hint).toContain(hint);
  });

  test('an unknown field is pointed at, a missing one at its parent, a wrong value at the value', () => {
    const text = edit('    title: Rows were deleted\n', '').replace('needs:', 'need:').replace('rto: 30m', 'rto: soon');
    const places = said(text).map((line) => line.split(' ')[1]);
    expect(places).toEqual([
      `${lineOf(text, 'need:')}:5`,
      `${lineOf(text, 'deletion:')}:3`,
      `${lineOf(text, 'rto:')}:24`,
    ]);
  });

  test('a fault in an environment is pointed at there', () => {
    const text = edit('port: 5499', 'port: none');
    expect(said(text, { environment: 'drill' })).toEqual([
      `plan.schema ${lineOf(text, 'port: none')}:17 components.database.server.port: must be a number; found "none"`,
    ]);
  });
});
