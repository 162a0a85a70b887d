import assert from 'node:assert/strict';
import { z } from 'zod';
import type { JsonObject } from '../../lib/json.ts';
import type { Action } from '../action.ts';
import { type Check, type ContractCase, inNewSystem } from './contract-case.ts';

/** What an action says of itself: the reference, dry runs and approvals are made from it. */
export const shapeChecks = <Client extends object, In, Out>(
  action: Action<Client, In, Out>,
  given: ContractCase<Client>,
): readonly Check[] => [
  { name: 'it says what it is', check: async () => saysWhatItIs(action, given) },
  { name: 'every field of input and output is described', check: async () => isDescribed(action) },
  {
    name: 'an input that it does not know is refused',
    check: async () => {
      const parsed = action.input.safeParse({ ...given.input, of_no_action: 1 });
      assert.equal(parsed.success, false, 'a mistyped field would be ignored: use z.strictObject');
    },
  },
  { name: 'the preview depends on its arguments alone', check: () => previewIsPure(action, given) },
  { name: 'what it owes depends on input and key alone', check: async () => owesTheSame(action, given) },
];

function saysWhatItIs<Client, In, Out>(action: Action<Client, In, Out>, given: ContractCase<Client>): void {
  assert.match(action.name, /^[a-z][a-z0-9]*\.[a-z][a-z0-9_]*$/, 'the name is provider.verb_object');
  assert.match(action.summary, /^[A-Z].*\.$/, 'the summary is a sentence');
  assert.ok(action.timeout > 0 && Number.isFinite(action.timeout), 'every wait has an end');
  const input = action.input.parse(given.input);
  const permissions = action.permissions(input);
  assert.ok(Array.isArray(permissions) && permissions.every((text) => text.trim() !== ''), 'permissions are texts');
  if (typeof action.undo !== 'function')
    assert.match(action.undo.impossible, /^[A-Z].*\.$/, 'why undo is impossible is a sentence');
}

function isDescribed<Client, In, Out>(action: Action<Client, In, Out>): void {
  const fields = [
    ...undescribed(z.toJSONSchema(action.input, { io: 'input' }) as Schema, 'input'),
    ...undescribed(z.toJSONSchema(action.output, { io: 'output' }) as Schema, 'output'),
  ];
  assert.deepEqual(fields, [], 'fields without .describe()');
}

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

function undescribed({ properties, items, anyOf }: Schema, at: string): readonly string[] {
  const fields = Object.entries(properties ?? {}).flatMap(([name, field]) => [
    ...(field.description === undefined ? [`${at}.${name}`] : []),
    ...undescribed(field, `${at}.${name}`),
  ]);
  return [
    ...fields,
    ...(items === undefined ? [] : undescribed(items, `${at}[]`)),
    ...(anyOf ?? []).flatMap((form) => undescribed(form, at)),
  ];
}

const previewIsPure = <Client extends object, In, Out>(action: Action<Client, In, Out>, given: ContractCase<Client>) =>
  inNewSystem(action, given, async ({ first, input }) => {
    const seen = await action.observe(first().ctx, input);
    const preview = action.preview(input, seen);
    assert.deepEqual(action.preview(input, seen), preview, 'a second preview of the same is another one');
    assert.equal(preview.danger, action.danger, 'the preview says another danger than the action');
    if (action.danger !== 'read')
      assert.ok(
        action.preview(input, { state: 'absent' }).changes.length > 0,
        'who approves is not told what would change',
      );
  });

function owesTheSame<Client, In, Out>(action: Action<Client, In, Out>, given: ContractCase<Client>): void {
  const input = action.input.parse(given.input);
  const owed = action.owes?.(input, 'run-1/step');
  assert.deepEqual(action.owes?.(input, 'run-1/step'), owed, 'it owes something else each time');
  for (const id of [owed?.id, action.settles?.(input)])
    if (id !== undefined)
      assert.match(id, /^[a-z0-9_]+\.[a-z0-9_]+:.+/, 'the id of an obligation is provider.what:whose');
  if (action.danger === 'read') assert.equal(owed, undefined, 'what only reads owes nothing');
  const kept = owed as JsonObject | undefined;
  if (kept) assert.deepEqual(JSON.parse(JSON.stringify(kept)), kept, 'what it owes changes when it is kept as JSON');
}
