import { expect, test } from 'vitest';
import { scenarioLike } from './match-scenario.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { nameFor, openReading, type Reading } from './reading.ts';

const add = ({ draft }: Reading, title: string): void =>
  void draft.put(['scenarios', nameFor(title, draft.keys(['scenarios'])), 'title'], title);

function knowing(...titles: readonly string[]): Reading {
  const reading = openReading('DR.md', '', parseMarkdown('').root);
  for (const title of titles) add(reading, title);
  return reading;
}

test.each<[string, readonly string[], string | undefined]>([
  ['Database failure', ['Loss of the cache', 'Database lost'], 'database-lost'],
  ['Database corruption', ['Database failure', 'Database corruption'], 'database-corruption'],
  ['Orders database', ['Users database lost', 'Orders database lost'], 'orders-database-lost'],
  ['Database failure', ['Database failure', 'Database failure'], undefined],
  ['Bad weather', ['Database failure'], undefined],
  ['Security breach', ['Security breach of the office', 'Security breach'], 'security-breach'],
  ['Loss of the queue, the cache and the search', ['Cache lost'], undefined],
  ['Anything', [], undefined],
])('%s among %j is %s', (title, known, meant) => expect(scenarioLike(knowing(...known), title)).toBe(meant));

test('a scenario that was added since the last question is found, too', () => {
  const reading = knowing('Database failure');
  expect(scenarioLike(reading, 'Cache failure')).toBeUndefined();
  add(reading, 'Loss of the cache');
  expect(scenarioLike(reading, 'Cache failure')).toBe('loss-of-the-cache');
});
