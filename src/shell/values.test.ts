import { expect, test } from 'vitest';
import { parseScript } from './parse-script.ts';
import { fileOf, knownName, knownValue } from './values.ts';

/** What the file that `cat` is given is called. */
const fileOfCat = (text: string) => {
  const script = parseScript(text);
  const word = script.commands.find(({ program }) => program === 'cat')?.words[1];
  return word && { value: knownValue(word, script), name: knownName(word, script) };
};

test.each([
  ['cat /a/b.sql', '/a/b.sql', '/a/b.sql'],
  ['F=/a/b.sql\ncat "$F"', '/a/b.sql', '/a/b.sql'],
  ['D=/a\ncat "$D/b.sql.gz"', '/a/b.sql.gz', '/a/b.sql.gz'],
  ['D=/a\ncat ${D}/x', '/a/x', '/a/x'],
  ['cat "$FROM_OUTSIDE/b.sql"', undefined, 'b.sql'],
  ['cat "/a/$NAME.sql"', undefined, undefined],
  ['F=$(ls | head -1)\ncat "$F"', undefined, undefined],
  ['F=a\nF=b\ncat "$F"', undefined, undefined],
  ['cat "$F"\nF=a', undefined, undefined],
  ['cat *.sql', undefined, undefined],
  ['for f in a b; do cat "$f"; done', undefined, undefined],
  ['cat "$(date).sql"', undefined, undefined],
])('%s', (text, value, name) => expect(fileOfCat(text)).toEqual({ value, name }));

test('the name of a file is what its path ends with', () => {
  expect([fileOf('/a/b.sql'), fileOf('b.sql'), fileOf('/a/')]).toEqual(['b.sql', 'b.sql', '']);
});
