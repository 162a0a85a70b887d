import { describe, expect, test } from 'vitest';
import { blank, code } from './document.ts';
import { filledIn, type Known, valueLine } from './fill-in.ts';

const known: Known = {
  components: {
    cluster: { ids: { context: 'production', 'dr-name': 'standby' }, port: 5432 },
    database: { connection: { secret: 'env:DATABASE_URL' }, folder: '${{ env("FOLDER") }}' },
  },
  environment: 'production',
  scenario: 'fire',
  inputs: { actor: {}, to: { default: 'latest' }, xid: { default: 0 } },
};

describe('a text', () => {
  test.each<[string, readonly unknown[]]>([
    ['no expression', ['no expression']],
    ['use ${{ components.cluster.ids.context }} now', ['use ', 'production', ' now']],
    ['${{ components.cluster.ids["dr-name"] }}', ['standby']],
    ['${{ components.cluster.port + 1 }}', ['5433']],
    ['${{ run.environment }}/${{ run.scenario }}', ['production', '/', 'fire']],
    ['${{ steps.find.outputs.before }}', [blank('from step find: before')]],
    ['${{ int(steps.find.outputs.rows) }}', [blank('from step find: rows')]],
    ['${{ inputs.actor }}', [blank('input actor')]],
    ['${{ inputs.to }}', [blank('input to; latest when nothing is said')]],
    ['${{ int(inputs.xid) }}', [blank('input xid; 0 when nothing is said')]],
    ['${{ run.id }}', [blank('the name of the run')]],
    ['${{ steps.a.outputs.b + 1 }}', [blank('worked out from steps.a.outputs.b + 1')]],
    ['${{ components.gone.port }}', [blank('worked out from components.gone.port')]],
    ['${{ components.database.connection }}', [blank('secret env:DATABASE_URL')]],
    ['${{ components.database.folder }}', [blank('environment variable FOLDER')]],
    ['${{ this is no CEL }}', [blank('worked out from this is no CEL')]],
    ['an end is missing ${{ inputs.to', ['an end is missing ${{ inputs.to']],
  ])('%s', (text, pieces) => expect(filledIn(text, known)).toEqual(pieces));

  test('never shows a secret, nor any part of one', () =>
    expect(JSON.stringify(filledIn('a ${{ components.database.connection }} b', known))).not.toContain('postgres://'));
});

test.each<[unknown, readonly unknown[]]>([
  ['database', [code('database')]],
  [5, [code('5')]],
  [true, [code('true')]],
  [null, [code('null')]],
  [
    ['a', '${{ inputs.actor }}'],
    [code('a'), ', ', blank('input actor')],
  ],
  [{ a: 1, b: 'x' }, ['a ', code('1'), '; ', 'b ', code('x')]],
  [{ secret: 'env:KEY' }, [blank('secret env:KEY')]],
])('the value %j', (value, line) => expect(valueLine(value, known)).toEqual(line));
