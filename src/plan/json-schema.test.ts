import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { planJsonSchema } from './json-schema.ts';
import { edit, PLAN } from './sample-plan.fake.ts';

const schema = z.fromJSONSchema(planJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
const accepts = (text: string): boolean => schema.safeParse(parse(text)).success;

describe('the schema that editors use', () => {
  test('accepts what is written in good plans, expressions and all', () => {
    expect(accepts(PLAN)).toBe(true);
    const example = new URL('../../examples/corporate-intel/lifeboat.yaml', import.meta.url);
    expect(accepts(readFileSync(example, 'utf8'))).toBe(true);
  });

  test.each([
    ['a number', 'port: 5499', 'port: ${{ int(env("P")) }}'],
    ['a truth', 'protected: false', 'protected: ${{ env("P") == "yes" }}'],
    ['a duration', 'every: 24h', 'every: \'${{ env("EVERY", "24h") }}\''],
    ['a choice', 'method: postgres.base_backup', 'method: \'${{ env("METHOD") }}\''],
    ['a reference to a secret', 'identity: ${{ secret("env:IDENTITY") }}', 'identity: { secret: "env:IDENTITY" }'],
  ])('an expression may give %s', (_, from, to) => expect(accepts(edit(from, to))).toBe(true));

  test.each([
    ['an unknown field', 'needs: [database]', 'need: [database]'],
    ['no duration', 'rto: 30m', 'rto: 30 minutes'],
    ['a bad name', '  ann: {', '  Ann B: {'],
    ['a text that is no expression', 'port: ${{ int(env("PORT", "5432")) }}', 'port: many'],
    ['an unknown kind', 'kind: service', 'kind: servce'],
    ['a missing title', '    title: Rows were deleted\n', ''],
  ])('%s is marked', (_, from, to) => expect(accepts(edit(from, to))).toBe(false));

  test('every field says what it is for', () => {
    const { plan, components } = (planJsonSchema().properties ?? {}) as Record<string, { description?: string }>;
    expect(plan?.description).toBe('What this plan is and who keeps it.');
    expect(components?.description).toBe('What can be lost.');
  });
});
