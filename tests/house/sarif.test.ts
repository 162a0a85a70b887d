import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { writeReport } from '../../src/check/reports/report.ts';
import { checkExample, companies } from '../../tools/faults.ts';

const schema = JSON.parse(readFileSync(new URL('schemas/sarif-2.1.0.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
const isSarif = ajv.compile(schema);
const faultsOf = (log: unknown) => (isSarif(log) ? [] : isSarif.errors);

test('the schema refuses what is no SARIF', () => {
  expect(faultsOf({ version: '2.1.0', runs: [{ tool: {} }] })).not.toEqual([]);
  expect(faultsOf({ version: '2.0.0', runs: [] })).not.toEqual([]);
});

describe.each(companies)('%s', (company) => {
  const findings = checkExample(`${company}/as-written.yaml`);
  const half = Math.floor(findings.length / 2);

  test.each([
    ['all findings', findings, []],
    ['some of them known from a baseline', findings.slice(half), findings.slice(0, half)],
    ['none', [], []],
  ])('%s: as the standard wants it', (_, told, known) => {
    const text = writeReport(
      { plan: 'as-written.yaml', version: '1.2.3', judged: true, findings: told, known, textOf: () => undefined },
      'sarif',
    );
    const log = JSON.parse(text);
    expect(faultsOf(log)).toEqual([]);
    expect(log.runs[0].results).toHaveLength(told.length + known.length);
  });
});

test('a plan that cannot be read', () => {
  const at = { file: '/tmp/a plan.yaml', line: 1, column: 1 };
  const unreadable = [{ rule: 'plan.yaml', level: 'error' as const, at, message: 'bad', hint: 'Mend it.' }];
  const text = writeReport(
    { plan: 'a plan.yaml', version: '1.2.3', judged: false, findings: unreadable, known: [], textOf: () => undefined },
    'sarif',
  );
  expect(faultsOf(JSON.parse(text))).toEqual([]);
});
