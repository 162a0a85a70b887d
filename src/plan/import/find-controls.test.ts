import { describe, expect, test } from 'vitest';
import { isError } from '../../model/finding.ts';
import { loadPlan } from '../load.ts';
import { importMarkdown } from './import-markdown.ts';

const SCENARIO = '\n\n## Cache lost\n\n1. Look\n2. Go\n';
const imported = (text: string) =>
  importMarkdown({ file: 'DR.md', bytes: new TextEncoder().encode(`# Plan\n\n${text}${SCENARIO}`) });

function controlsOf(text: string): readonly (readonly string[])[] {
  const loaded = loadPlan({ file: 'draft.yaml', text: imported(text).yaml, env: () => undefined, mode: 'check' });
  expect(loaded.findings.filter(isError)).toEqual([]);
  if (!loaded.ok) throw new Error('the draft does not load');
  return Object.entries(loaded.plan.controls).map(([name, { standard, requires }]) => [name, standard, requires]);
}

describe('what a standard asks for', () => {
  test.each<[string, string, readonly (readonly string[])[]]>([
    [
      'items of a list',
      '## Compliance\n\n- **GDPR**: access can be restored\n- SOC 2 A1.3 requires that restores are tested\n- [x] Copies are encrypted (PCI DSS 9.4)\n- Be nice',
      [
        ['gdpr', 'GDPR', 'access can be restored'],
        ['soc-2-a1-3', 'SOC 2 A1.3', 'restores are tested'],
        ['pci-dss-9-4', 'PCI DSS 9.4', 'Copies are encrypted'],
      ],
    ],
    [
      'a heading with items below it',
      '## Regulatory requirements\n\n### HIPAA\n\n- A copy that can be read\n- A way to work in an emergency\n\n### ISO/IEC 27001:2022\n\nRedundancy is planned.',
      [
        ['hipaa', 'HIPAA', 'A copy that can be read'],
        ['hipaa-2', 'HIPAA', 'A way to work in an emergency'],
        ['iso-iec-27001-2022', 'ISO/IEC 27001:2022', 'Redundancy is planned.'],
      ],
    ],
    [
      'rows of a table',
      '## Audit\n\n| Standard | Requirement | Owner |\n|---|---|---|\n| SOC 2 | Restores are tested | Ops |\n| House rule | Be nice | All |\n| GDPR Art. 32 | [TBD] | Legal |',
      [['soc-2', 'SOC 2', 'Restores are tested']],
    ],
  ])('as %s', (_how, text, controls) => expect(controlsOf(text)).toEqual(controls));

  test.each([
    ['a word in running text', '## Overview\n\nWe are SOC 2 certified.'],
    ['a list of something else', '## Tools\n\n- SOC 2: see the folder'],
    ['a procedure about it', '## GDPR data breach\n\n1. Tell the authority\n2. Tell people'],
    ['a number that only looks like it', '## Compliance\n\n- ISO 8601: how days are written'],
  ])('is not %s', (_what, text) => expect(controlsOf(text)).toEqual([]));

  test('is asked about once, and what stands beside it is kept', () => {
    const { yaml, questions } = imported(
      '## Audit\n\n| Standard | Requirement | Owner |\n|---|---|---|\n| SOC 2 | Restores are tested | Ops |',
    );
    expect(questions.filter(({ text }) => text.includes('`evidence`'))).toEqual([
      {
        text: 'What shows that soc-2 is met: which drills, tasks or policies? Name them as `evidence`.',
      },
    ]);
    expect(yaml).toContain('#   | SOC 2 | Restores are tested | Ops |');
  });
});

test.each([
  ['a month', 'January 2026'],
  ['a quarter', 'Q1 2026'],
])('%s is no day, so it stays a note of the drill and is asked about', (_what, when) => {
  const { yaml, questions } = imported(
    `## Testing\n\n- **Quarterly**: Restore test of the cache\n\n**Next Restore Test**: ${when}`,
  );
  expect(yaml).toContain(`note: "Next Restore Test: ${when}"`);
  expect(yaml).not.toMatch(/next:/);
  expect(questions).toContainEqual({
    text: `On which day is "Next Restore Test: ${when}"?`,
    from: { first: 7, last: 7 },
  });
});
