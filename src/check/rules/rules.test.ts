import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { check } from '../check.ts';
import { BASE, FACTS, planWith, saidBy } from '../checked-plan.fake.ts';
import { rules } from './index.ts';

test('every rule of the folder is in the list, under its own name', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => !/(^index|\.test)\.ts$/.test(file));
  expect(rules.map(({ id }) => `${id}.ts`).sort()).toEqual(files.sort());
});

test('no rule complains about the base plan', () => expect(check(planWith('{}', BASE), FACTS)).toEqual([]));

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('complains about its bad example, with a place and a hint', () => {
    const findings = saidBy(id, rule.bad);
    expect(findings).not.toEqual([]);
    for (const { at, hint, level } of findings) {
      expect(at.line).toBeGreaterThan(1);
      expect(hint).toMatch(/[.?]$/);
      expect(['error', 'warning']).toContain(level);
    }
  });

  test('says nothing about its good example', () => expect(saidBy(id, rule.good)).toEqual([]));

  test('has a page: a title, and why it matters', () => {
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    expect(rule.why).toMatch(/\.$/);
  });
});
