import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { check } from '../check.ts';
import { BASE, FACTS, planWith, saidBy } from '../checked-plan.fake.ts';
import { rules, themes } from './index.ts';

test.each(themes)('every rule of the folder $name is in its list, under its own name', ({ name, rules: listed }) => {
  const files = readdirSync(`${import.meta.dirname}/${name}`).filter((file) => !/(^index|\.test)\.ts$/.test(file));
  expect(listed.map(({ id }) => `${id}.ts`).sort()).toEqual(files.sort());
});

test('every folder is a theme, and no rule is in two', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(themes.map(({ name }) => name).sort()).toEqual(folders.map(({ name }) => name).sort());
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
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
