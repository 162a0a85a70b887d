import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Finding } from '../../model/finding.ts';
import { describeRule, ruleTexts } from '../describe-rule.ts';
import { rules } from '../rules/index.ts';
import { type Report, writeReport } from './report.ts';
import { reportRule } from './rule.ts';

const RTO: Finding = {
  rule: 'rto-is-reachable',
  level: 'error',
  at: { file: 'plans/my plan.yaml', line: 12, column: 7 },
  path: 'scenarios.loss.objectives.rto',
  message: 'loss promises 30m, and it takes 31m: 100% <of> "it" & more',
  hint: 'Make it quicker.\nOr promise less.',
  related: [{ at: { file: 'more.yaml', line: 3, column: 1 }, message: 'the steps, all of them' }],
};
const WARNING: Finding = { ...RTO, rule: 'review-overdue', level: 'warning', message: 'the review is overdue' };
const NOTE: Finding = { ...RTO, rule: 'literal-secret', level: 'info', message: 'waived' };
const UNREADABLE: Finding = {
  rule: 'plan.yaml',
  level: 'error',
  at: { file: '/tmp/plan.yaml', line: 1, column: 1 },
  message: 'bad',
  hint: 'Mend it.',
};
const report = (findings: readonly Finding[], more: Partial<Report> = {}): Report => ({
  plan: 'plans/my plan.yaml',
  version: '1.2.3',
  judged: true,
  findings,
  known: [],
  textOf: () => undefined,
  ...more,
});

/* What is written here of SARIF 2.1.0 (sections 3.13 to 3.49), and nothing else; tests/house/sarif.test.ts asks the schema of the standard. */
const Text = z.strictObject({ text: z.string().min(1), markdown: z.string().min(1).optional() });
const Level = z.enum(['none', 'note', 'warning', 'error']);
const Physical = z.strictObject({
  artifactLocation: z.strictObject({ uri: z.string().regex(/^([a-z]+:\/\/\/)?[\w%.~/-]+$/) }),
  region: z.strictObject({ startLine: z.int().min(1), startColumn: z.int().min(1) }),
});
const Sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          semanticVersion: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              shortDescription: Text,
              fullDescription: Text,
              help: Text,
              defaultConfiguration: z.strictObject({ level: Level }),
            }),
          ),
        }),
      }),
      invocations: z.array(z.strictObject({ executionSuccessful: z.boolean() })),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(0),
          level: Level,
          message: Text,
          locations: z.array(
            z.strictObject({
              physicalLocation: Physical,
              logicalLocations: z
                .array(z.strictObject({ fullyQualifiedName: z.string(), kind: z.literal('value') }))
                .optional(),
            }),
          ),
          relatedLocations: z
            .array(z.strictObject({ id: z.int().min(0), physicalLocation: Physical, message: Text }))
            .optional(),
          partialFingerprints: z.record(z.string(), z.string()),
          suppressions: z.array(z.strictObject({ kind: z.enum(['inSource', 'external']), justification: z.string() })),
        }),
      ),
    }),
  ),
});
const sarif = (given: Report) => {
  const [run] = Sarif.parse(JSON.parse(writeReport(given, 'sarif'))).runs;
  return run as NonNullable<typeof run>;
};

describe('sarif', () => {
  test('keeps to the standard, and knows every rule', () => {
    const run = sarif(report([RTO, WARNING, NOTE]));
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(run.results.map(({ level }) => level)).toEqual(['error', 'warning', 'note']);
  });

  test('says where, what else to see, and what to do', () => {
    const [result] = sarif(report([RTO])).results;
    expect(result?.locations[0]).toEqual({
      physicalLocation: {
        artifactLocation: { uri: 'plans/my%20plan.yaml' },
        region: { startLine: 12, startColumn: 7 },
      },
      logicalLocations: [{ fullyQualifiedName: 'scenarios.loss.objectives.rto', kind: 'value' }],
    });
    expect(result?.relatedLocations?.[0]?.physicalLocation.artifactLocation.uri).toBe('more.yaml');
    expect(result?.message.text).toContain('→ Make it quicker.');
  });

  test('a plan that could not be read is no successful check', () => {
    const run = sarif(report([UNREADABLE], { judged: false }));
    expect(run.invocations).toEqual([{ executionSuccessful: false }]);
    expect(run.results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('file:///tmp/plan.yaml');
    expect(run.tool.driver.rules.at(-1)?.id).toBe('plan.yaml');
  });

  test('what the baseline knows is suppressed, and the rest is not', () =>
    expect(sarif(report([WARNING], { known: [RTO] })).results.map(({ suppressions }) => suppressions.length)).toEqual([
      0, 1,
    ]));

  test('the fingerprint stays when lines move, and changes with the words', () => {
    const print = (finding: Finding) => sarif(report([finding])).results[0]?.partialFingerprints['lifeboat/v1'];
    expect(print({ ...RTO, at: { ...RTO.at, line: 99 } })).toBe(print(RTO));
    expect(print({ ...RTO, message: RTO.message.replace('31m', '90m') })).not.toBe(print(RTO));
  });
});

describe('github', () => {
  test('one command a finding, with everything that could end it escaped', () =>
    expect(writeReport(report([RTO, WARNING, NOTE]), 'github').split('\n')).toEqual([
      '::error file=plans/my plan.yaml,line=12,col=7,title=rto-is-reachable::loss promises 30m, and it takes 31m: 100%25 <of> "it" & more%0Asee more.yaml:3:1: the steps, all of them%0A→ Make it quicker.%0AOr promise less.',
      expect.stringMatching(/^::warning .*title=review-overdue::/),
      expect.stringMatching(/^::notice .*title=literal-secret::/),
      '1 error, 1 warning, 1 note',
    ]));

  test('a file name cannot add a field', () =>
    expect(writeReport(report([{ ...RTO, at: { ...RTO.at, file: 'a,line=1:\r\n::error::x' } }]), 'github')).toMatch(
      /^::error file=a%2Cline=1%3A%0D%0A%3A%3Aerror%3A%3Ax,line=12,/,
    ));

  test('says that nothing was found', () => expect(writeReport(report([]), 'github')).toBe('No findings.'));
});

describe('junit', () => {
  test('errors fail, warnings are told, silent rules pass', () => {
    const xml = writeReport(report([RTO, WARNING]), 'junit');
    expect(xml).toContain(`<testsuite name="plans/my plan.yaml" tests="${rules.length}" failures="1" errors="0"`);
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml).toContain('100% &lt;of&gt; &quot;it&quot; &amp; more');
    expect(xml.match(/<system-out>warning: /g)).toHaveLength(1);
    expect(xml.match(/<testcase [^>]* \/>/g)).toHaveLength(rules.length - 2);
  });

  test('a plan that could not be read has passed nothing', () => {
    const xml = writeReport(report([UNREADABLE], { judged: false }), 'junit');
    expect(xml).toContain('tests="1" failures="1"');
    expect(xml).not.toMatch(/<testcase [^>]* \/>/);
  });

  test('what XML cannot hold is replaced', () => {
    const xml = writeReport(report([{ ...RTO, message: 'a\u0000b\u001bc\ud800d' }]), 'junit');
    expect(xml).toContain('a\ufffdb\ufffdc\ufffdd');
  });
});

describe('text', () => {
  test('known findings are counted, not told', () =>
    expect(writeReport(report([WARNING], { known: [RTO, NOTE] }), 'text')).toMatch(
      /\n\n1 warning; 2 known, in the baseline$/,
    ));

  test('only known ones', () =>
    expect(writeReport(report([], { known: [RTO] }), 'text')).toBe('No findings. 1 known, in the baseline'));

  test('a secret that the baseline knows is not shown either', () => {
    const at = { file: 'plan.yaml', line: 1, column: 1 };
    const textOf = () => 'url: postgresql://a:hunter2@b/c';
    const text = writeReport(report([{ ...RTO, at }], { known: [{ ...NOTE, at }], textOf }), 'text');
    expect(text).not.toContain('hunter2');
  });

  test('lines come from the file that the finding is in', () => {
    const inMore = { ...WARNING, at: { file: 'more.yaml', line: 1, column: 1 } };
    expect(writeReport(report([inMore], { textOf: (file) => `text of ${file}` }), 'text')).toContain('| text of more');
  });

  test('is what the problem matcher of docs/editors.md reads', () => {
    const page = readFileSync(new URL('../../../docs/editors.md', import.meta.url), 'utf8');
    const [json] = page.match(/(?<=```json\n)[^`]+/) as RegExpMatchArray;
    const [{ problemMatcher }] = JSON.parse(json).tasks;
    const [first, second] = problemMatcher.pattern.map(({ regexp }: { regexp: string }) => new RegExp(regexp));
    const lines = writeReport(report([RTO]), 'text').split('\n');
    expect(first.exec(lines[0]).slice(1)).toEqual(['plans/my plan.yaml', '12', '7', 'error', 'rto-is-reachable']);
    expect(second.exec(lines[1])[1]).toBe(RTO.message);
    expect(lines.slice(1).some((line) => first.test(line))).toBe(false);
  });
});

describe('a rule explained', () => {
  test.each(ruleTexts.map((rule) => [rule.id, rule] as const))(
    '%s fits the screen and says how to fix it',
    (_id, rule) => {
      const text = reportRule(rule);
      expect(text.split('\n')[0]).toBe(`${rule.id} (${rule.level})`);
      expect(text).toContain('To fix it:');
      expect(text.includes('waivers:')).toBe(rules.some(({ id }) => id === rule.id));
    },
  );

  test('every kind of finding of the loader has a text', () => {
    const folder = new URL('../../plan/', import.meta.url);
    const sources = readdirSync(folder).filter((file) => /^(?!.*\.(test|fake)\.).*\.ts$/.test(file));
    const ids = sources.flatMap(
      (file) => readFileSync(new URL(file, folder), 'utf8').match(/(?<=')plan\.[a-z-]+(?=')/g) ?? [],
    );
    expect(ids.length).toBeGreaterThan(5);
    for (const id of ids) expect(describeRule(id).title, id).not.toBe(id);
    expect(describeRule('unheard-of').title).toBe('unheard-of');
  });
});
