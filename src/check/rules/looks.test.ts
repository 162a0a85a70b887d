import { describe, expect, test } from 'vitest';
import { saidBy } from '../checked-plan.fake.ts';

const plan = (step: string): string => `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - id: verify
${step
  .trim()
  .split('\n')
  .map((line) => `        ${line}`)
  .join('\n')}
`;
const waiting = (look: string, more = ''): string =>
  plan(`uses: time.wait_until\nwith: { within: 10m, ${look} }\n${more}`);
const asking = (doneWhen: string): string =>
  plan(`uses: human.task\nwith: { instruction: Set both records., done_when: { ${doneWhen} } }`);

const GOOD = 'uses: shell.look, with: { command: dig +short example.com }, until: outputs.exit_code == 0';
const said = (text: string) => saidBy('looks-only-look', text).map(({ message }) => message);

describe('looks-only-look', () => {
  test.each([
    ['a wait', waiting(GOOD)],
    ['a task', asking(GOOD)],
    [
      'a task of which only people can tell',
      plan('uses: human.task\nwith: { instruction: Call., done_when: He came. }'),
    ],
    ['an input that the run works out', waiting(GOOD.replace('dig +short example.com', '"${{ inputs.cause }}"'))],
  ])('says nothing about %s that only looks', (_, text) => expect(said(text)).toEqual([]));

  test.each([
    [
      'an action that changes something',
      'uses: postgres.open_server, with: { component: database }, until: outputs.x == 1',
      'postgres.open_server does more than look',
    ],
    [
      'an input that is not taken',
      'uses: shell.look, with: { comand: ls }, until: outputs.exit_code == 0',
      'shell.look takes no "comand"',
    ],
    [
      'a component that is not there',
      'uses: postgres.verify_server, with: { component: databse }, until: outputs.tables > 0',
      'the plan has no component "databse"',
    ],
    [
      'an action that is not there',
      'uses: shell.lok, with: { command: ls }, until: outputs.exit_code == 0',
      'the action shell.lok, which is to look, is not available',
    ],
    [
      'a condition in braces',
      'uses: shell.look, with: { command: ls }, until: "${{ outputs.exit_code == 0 }}"',
      'until is worked out at each look',
    ],
    [
      'a condition that says nothing of what is seen',
      'uses: shell.look, with: { command: ls }, until: "true"',
      'until says nothing of what is seen',
    ],
    [
      'a command that deletes',
      'uses: shell.look, with: { command: aws rds delete-db-instance --db-instance-identifier x --skip-final-snapshot }, until: outputs.exit_code == 0',
      'and the step "verify" is only to look',
    ],
  ])('complains about %s, in a wait and in a task', (_, look, message) => {
    expect(said(waiting(look)).join('\n')).toContain(message);
    expect(said(asking(look)).join('\n')).toContain(message);
  });

  test('complains about a task at which a machine cannot look', () =>
    expect(said(asking('uses: shell.look, with: { command: ls }')).join('\n')).toContain(
      'a machine cannot look with this until',
    ));

  test('complains about a wait that looks only once, and about one that is broken off before its end', () => {
    expect(said(waiting(`${GOOD}, every: 10m`))).toEqual(['verify looks every 10m, and gives up after 10m']);
    expect(said(waiting(GOOD, 'timeout: 5m'))).toEqual(['verify is broken off after 5m, before its 10m are over']);
  });

  test('a command of shell.look itself only looks, too', () =>
    expect(said(plan('uses: shell.look\nwith: { command: kubectl delete namespace shop }')).join('\n')).toContain(
      'is only to look',
    ));
});

describe('what ends a look', () => {
  test('uses outputs that the action which looks gives', () => {
    const text = waiting('uses: shell.look, with: { command: ls }, until: outputs.exitcode == 0');
    expect(saidBy('unknown-output', text)).toMatchObject([
      { message: 'shell.look (step verify) puts out no "exitcode"', hint: 'Did you mean exit_code?' },
    ]);
    expect(saidBy('unknown-output', waiting(GOOD))).toEqual([]);
  });
});
