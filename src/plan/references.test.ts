import { describe, expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import { namesUsed } from './references.ts';

const uses = (text: string, bare = false) =>
  namesUsed(text, { bare }).map(({ name, fields }) => [name, ...fields].join('.'));

describe('namesUsed', () => {
  test.each<[string, string[]]>([
    ['no expression: steps.a', []],
    ['${{ steps.find.outputs.rows }}', ['steps.find.outputs.rows']],
    ['${{ steps["find"].outputs["rows"] }}', ['steps.find.outputs.rows']],
    ['${{ steps[inputs.which].outputs }}', ['steps', 'inputs.which']],
    ['a ${{ inputs.a }} b ${{ inputs.b + inputs.c }}', ['inputs.a', 'inputs.b', 'inputs.c']],
    ['${{ has(outputs.x) ? outputs.x : -outputs.y }}', ['outputs.x', 'outputs.x', 'outputs.y']],
    ['${{ outputs.tables.all(t, t.rows > inputs.least) }}', ['outputs.tables', 'inputs.least']],
    ['${{ outputs.list.map(x, outputs.other.filter(y, y == x)) }}', ['outputs.list', 'outputs.other']],
    ['${{ outputs.list.map(x, x) == x }}', ['outputs.list', 'x']],
    ['${{ cel.bind(n, outputs.n, n > steps.a.outputs.m) }}', ['outputs.n', 'steps.a.outputs.m']],
    ['${{ {"a": inputs.a, inputs.b: [inputs.c]} }}', ['inputs.a', 'inputs.b', 'inputs.c']],
    ['${{ inputs.a.startsWith(inputs.b) }}', ['inputs.a', 'inputs.b']],
    ['${{ "steps.find.outputs.rows" }}', []],
    ['${{ env("X") }}', ['env()']],
    ['${{ int(env("X", inputs.d)) }}', ['env()', 'inputs.d']],
  ])('%s', (text, names) => expect(uses(text)).toEqual(names));

  test('a condition may be bare CEL', () => {
    expect(uses('outputs.rows > 0', true)).toEqual(['outputs.rows']);
    expect(uses('outputs.rows > 0')).toEqual([]);
  });

  test.each(['${{ 1 + }}', '${{ 1 + "a" }}', '${{ nosuch(1) }}', '${{ a', '${{ }}'])('%s is not valid', (text) =>
    expect(() => namesUsed(text)).toThrow(KnownError),
  );
});
