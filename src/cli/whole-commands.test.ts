import { describe, expect, test } from 'vitest';
import { COMMANDS } from './commands/index.ts';
import { wholeCommands } from './whole-commands.ts';

const whole = (text: string, typed: Parameters<typeof wholeCommands>[1] = { plan: 'p.yaml' }) =>
  wholeCommands(COMMANDS, typed, '/work')(text);
const P = '--plan /work/p.yaml';

describe('a command that a text names', () => {
  test.each([
    ['lifeboat status run-1', `lifeboat status run-1 ${P}`],
    ['See: lifeboat runs', `See: lifeboat runs ${P}`],
    ['Go on with: lifeboat recover --resume run-1.', `Go on with: lifeboat recover --resume run-1 ${P}.`],
    [
      'Go on with it: lifeboat recover --resume r-1. Or end it: lifeboat cancel r-1 --reason "a b"',
      `Go on with it: lifeboat recover --resume r-1 ${P}. Or end it: lifeboat cancel r-1 --reason "a b" ${P}`,
    ],
    [
      'lifeboat decide r-1 find retry|done --reason "…", then: lifeboat recover --resume r-1',
      `lifeboat decide r-1 find retry|done --reason "…" ${P}, then: lifeboat recover --resume r-1 ${P}`,
    ],
    [
      'lifeboat decide r-1 block undo --reason "…" puts it back; then lifeboat recover --resume r-1',
      `lifeboat decide r-1 block undo --reason "…" ${P} puts it back; then lifeboat recover --resume r-1 ${P}`,
    ],
    ['lifeboat approve r-1 load --by NAME\nnext line', `lifeboat approve r-1 load --by NAME ${P}\nnext line`],
    ['lifeboat points shows what is stored.', `lifeboat points ${P} shows what is stored.`],
    ['Take one with: lifeboat backup database', `Take one with: lifeboat backup database ${P}`],
    ['Did you mean "lifeboat evidence export"?', `Did you mean "lifeboat evidence export ${P}"?`],
    ['Or lifeboat recover --resume run-1 and wait', `Or lifeboat recover --resume run-1 ${P} and wait`],
    ['lifeboat backup --stream keeps the log', `lifeboat backup --stream ${P} keeps the log`],
    ['Next: edit the plan, then: lifeboat check', `Next: edit the plan, then: lifeboat check ${P}`],
    ['lifeboat docs writes the runbook to print.', `lifeboat docs ${P} writes the runbook to print.`],
    [
      'lifeboat check --baseline known.json --write-baseline',
      `lifeboat check --baseline known.json --write-baseline ${P}`,
    ],
    ['lifeboat restore db --discard side-1', `lifeboat restore db --discard side-1 ${P}`],
  ])('%s', (text, expected) => expect(whole(text)).toBe(expected));

  test.each([
    'lifeboat status run-1 --plan other.yaml',
    'lifeboat check other.yaml',
    'lifeboat docs other.yaml --out RUNBOOK.md',
    'lifeboat evidence verify /state/evidence.ndjson --key abc',
    'lifeboat key new --out lifeboat.key',
    'Save it as lifeboat.yaml; run lifeboat as root',
    '/usr/bin/lifeboat status is a file, and so is lifeboat status-page',
  ])('is left as it is: %s', (text) => expect(whole(text)).toBe(text));

  test('is given all that was typed, and nothing else', () => {
    const typed = { plan: '/p/my plan.yaml', state: '../state', environment: 'drill' };
    expect(whole('lifeboat approve r s --by NAME', typed)).toBe(
      `lifeboat approve r s --by NAME --plan '/p/my plan.yaml' --state /state --environment drill`,
    );
    expect(whole('lifeboat approve r s --environment production', { environment: 'production' })).toBe(
      'lifeboat approve r s --environment production',
    );
    expect(whole('lifeboat status r', {})).toBe('lifeboat status r');
  });
});
