import { describe, expect, test } from 'vitest';
import { componentFor, kindIn, newComponent } from './find-components.ts';
import { componentsIn, componentsLike } from './match-component.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { openReading, type Reading } from './reading.ts';

const AT = { first: 1, last: 1 };

function knowing(...titles: readonly string[]): Reading {
  const reading = openReading('DR.md', '', parseMarkdown('').root);
  for (const title of titles) newComponent(reading, title, kindIn(title), AT);
  return reading;
}

describe('words of a document', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['RDS automated backups', ['Database (PostgreSQL)', 'Cache'], ['database']],
    ['Redis snapshots', ['Cache layer', 'Database'], ['cache-layer']],
    ['S3 versioning', ['Media Files', 'Database'], ['media-files']],
    ['Orders DB snapshot', ['Orders database', 'Users database'], ['orders-database']],
    ['Orders DB snapshot', ['Users database'], []],
    ['Orders DB snapshot', ['Orders queue'], []],
    ['Orders DB snapshot', ['Database'], ['database']],
    ['Database', ['Orders database', 'Users database'], ['orders-database', 'users-database']],
    ['RDS Database', ['Database', 'shop_prod database'], ['database']],
    ['AI Services', ['Application (EKS)', 'Cache'], []],
    ['AI service', ['AI Services'], ['ai-services']],
    ['Core API endpoints', ['Application code'], []],
    ['Frontend application', ['Application code'], []],
    ['Something else', ['Database'], []],
  ])('%s among %j means %j', (words, known, meant) => expect(componentsLike(knowing(...known), words)).toEqual(meant));

  test('that fit two components are asked about, and none is chosen', () => {
    const reading = knowing('Orders database', 'Users database');
    expect(componentFor(reading, 'Database backups', AT)).toBeUndefined();
    expect(reading.questions.map(({ text }) => text)).toEqual([
      'Which one is meant by "Database backups": orders-database, users-database?',
    ]);
  });

  test('that fit none make a component', () => expect(componentFor(knowing('Cache'), 'Ledger', AT)).toBe('ledger'));

  test('of two rows of one table never mean the same', () => {
    const reading = knowing('Database');
    expect(componentFor(reading, 'Second database', { first: 2, last: 2 }, { first: 1, last: 2 })).toBe(
      'second-database',
    );
  });
});

test.each<[string, readonly string[], readonly string[]]>([
  ['Complete Database Failure', ['Orders DB', 'Cache'], ['orders-db']],
  ['Loss of the orders database', ['Orders DB', 'Users DB'], ['orders-db']],
  ['Kubernetes Cluster Failure', ['Application (EKS)', 'Database'], []],
  ['Bad weather', ['Database'], []],
])('a loss called %s takes of %j: %j', (title, known, lost) =>
  expect(componentsIn(knowing(...known), title)).toEqual(lost),
);
