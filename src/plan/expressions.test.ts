import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../lib/duration.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import { evaluatorWith, expressions, UnsetVariable } from './expressions.ts';

const scope: JsonObject = {
  inputs: { actor: 'analyst', count: 3 },
  steps: {
    find: { status: 'succeeded', outputs: { xid: 771, rows: 41, committed_at: '2026-01-14T03:05:12.123456Z' } },
  },
  outputs: { rows: 41, lost: 0, loss_seconds: 3, tables: [{ table: 'companies', rows: 40 }] },
};

const failure = (work: () => unknown): KnownError => {
  try {
    work();
  } catch (error) {
    if (error instanceof KnownError) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

describe('resolve', () => {
  test.each<[string, Json]>([
    ['no expression, {{ }} $ {', 'no expression, {{ }} $ {'],
    ['${{ steps.find.outputs.xid }}', 771],
    ['  ${{ steps.find.outputs.xid }}\n', 771],
    ['${{ inputs.actor }}', 'analyst'],
    ['role ${{ inputs.actor }}, ${{ inputs.count + 1 }} of ${{ outputs.rows > 1 }}', 'role analyst, 4 of true'],
    ['${{ outputs.tables }}', [{ table: 'companies', rows: 40 }]],
    ['${{ {"a": {"b": inputs.count}} }}', { a: { b: 3 } }],
    ['${{{"a":1}}}', { a: 1 }],
    ['${{ "}}" + "{" }}', '}}{'],
    ["${{ 'it\\'s }}' }}", "it's }}"],
    ['${{ r"\\d" + "x" }}', '\\dx'],
    ['${{ "${{" }}', '${{'],
    ['${{ """a " }} b""" }}', 'a " }} b'],
    ['${{ steps.find.outputs.committed_at }}', '2026-01-14T03:05:12.123456Z'],
    ['${{ timestamp(steps.find.outputs.committed_at) - duration("1h30m") }}', '2026-01-14T01:35:12.123Z'],
    ['${{ duration("1h30m15s") }}', '1h30m15s'],
    ['${{ duration("0s") }}', '0'],
    ['${{ duration("-1.5s") }}', '-1s500ms'],
    ['${{ outputs.loss_seconds * 1.5 }}', 4.5],
    ['${{ outputs.loss_seconds + 0.5 }}', 3.5],
    ['${{ 7 / 2 }}', 3],
    ['${{ size(outputs.tables) }}', 1],
    ['${{ 3u }}', 3],
    ['${{ null }}', null],
    ['at ${{ string(timestamp("2026-01-01T00:00:00Z")) }}', 'at 2026-01-01T00:00:00.000Z'],
    ['${{ secret("env:X") }}', { secret: 'env:X' }],
  ])('%s', (text, result) => expect(expressions.resolve(text, scope)).toEqual(result));

  test('goes through lists and maps, and leaves keys and other values alone', () =>
    expect(expressions.resolve({ '${{ a }}': ['${{ inputs.count }}', 1, null, true] }, scope)).toEqual({
      '${{ a }}': [3, 1, null, true],
    }));

  test.each<[string, string]>([
    ['${{ steps.find.outputs.nothing }}', 'nothing'],
    ['${{ steps.other.outputs.x }}', 'other'],
    ['${{ toString }}', 'toString'],
    ['${{ inputs.constructor }}', 'constructor'],
    ['${{ inputs.__proto__ }}', '__proto__'],
    ['${{ 1 + }}', '1 +'],
    ['${{ }}', 'worked out'],
    ['${{ inputs.count', 'no end'],
    ['${{ "}} }', 'no end'],
    ['${{ 9007199254740993 }}', 'too large'],
    ['${{ 1.0 / 0.0 }}', 'finite'],
    ['${{ b"abc" }}', 'neither'],
    ['password ${{ secret("env:X") }}', 'a reference to a secret'],
    ['tables ${{ outputs.tables }}', 'a list'],
    ['nothing ${{ null }}', 'null'],
    ['${{ env("HOME") }}', 'env'],
  ])('%s fails, saying %s', (text, words) => {
    const error = failure(() => expressions.resolve(text, scope));
    expect(error.code).toBe('PLAN_INVALID');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('\n');
    expect(error.hint).not.toBe('');
  });

  test('any JSON goes in and comes out the same', () => {
    const numbers = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(
          fc.string(),
          fc.boolean(),
          fc.constant(null),
          numbers.map((n) => (Object.is(n, -0) ? 0 : n)),
        ),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          tie('tree'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(expressions.resolve('${{ v }}', { v: value })).toEqual(value);
      }),
    );
  });

  test('text that holds no ${{ is never touched', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('${{'));
        expect(expressions.resolve(text, {})).toBe(text);
      }),
    ));

  test('any text in a CEL string is found to its end', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]*$/), (text) => {
        const source = `<\${{ ${JSON.stringify(text)} }}>`;
        expect(expressions.resolve(source, {})).toBe(`<${text}>`);
      }),
    ));

  test('a duration comes out as a text that plans understand', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (ms) => {
        const text = expressions.resolve(`\${{ duration("${ms}ms") }}`, {});
        expect(parseDuration(text as string)).toBe(ms);
      }),
    ));
});

describe('condition', () => {
  test.each<[string, boolean]>(
    [
      ['${{ outputs.rows > 0 }}', true],
      ['outputs.rows == 0', false],
      ['outputs.tables.all(t, t.rows > 1)', true],
      ['steps.find.status == "succeeded" && inputs.count < 3.5', true],
    ].slice(0, 4) as [string, boolean][],
  )('%s', (text, result) => expect(expressions.condition(text, scope)).toBe(result));

  test.each<[string, string]>([
    ['${{ outputs.rows }}', 'the value 41'],
    ['${{ inputs.actor }}', 'the text "analyst"'],
    ['${{ outputs.tables }}', 'a list'],
    ['${{ null }}', 'nothing'],
    ['rows: ${{ outputs.rows > 0 }}', 'text around'],
    ['${{ true }} ${{ true }}', 'text around'],
    ['', 'worked out'],
    ['outputs.rows >', 'outputs.rows >'],
    ['outputs.missing > 0', 'missing'],
  ])('%s fails, saying %s', (text, words) => {
    const error = failure(() => expressions.condition(text, scope));
    expect(error.code).toBe('PLAN_INVALID');
    expect(error.message).toContain(words);
  });
});

describe('with environment variables', () => {
  const { resolve } = evaluatorWith((name) => ({ PORT: '5433', EMPTY: '' })[name]);

  test.each<[string, Json]>([
    ['${{ env("PORT") }}', '5433'],
    ['${{ int(env("PORT", "5432")) }}', 5433],
    ['${{ int(env("OTHER", "5432")) }}', 5432],
    ['${{ env("EMPTY", "x") }}', ''],
    ['http://127.0.0.1:${{ env("PORT") }}/health', 'http://127.0.0.1:5433/health'],
  ])('%s', (text, result) => expect(resolve(text, {})).toEqual(result));

  test('a variable that is not set is told apart from every other fault', () =>
    expect(() => resolve('${{ int(env("OTHER")) }}', {})).toThrow(UnsetVariable));
});
