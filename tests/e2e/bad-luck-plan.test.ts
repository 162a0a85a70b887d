import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentOf, lifeboat, placeAfter, replaced } from './bad-luck.ts';
import {
  calling,
  EXAMPLE,
  invalid,
  makeFolder,
  PASSWORD,
  planFile,
  recoverArgs,
  refused,
  removeFolder,
} from './bad-luck-folder.ts';

/* A plan that is malformed or contradicts itself: named with its place, and nothing is touched. */
beforeAll(makeFolder);
afterAll(removeFolder);

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
    ['a duration in words', edit('expect: 10s', 'expect: quickly'), '', 'a span is written like 15m'],
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
    [
      'a domain that does not exist',
      ...names('corporate-intel") }}\n  domain: ', 'backup-host', 'moon'),
      'the domain "moon"',
    ],
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

test('nothing of all this began a run', async () => {
  expect(documentOf(await lifeboat(['runs', '--json'], calling))).toMatchObject({ runs: [] });
});
