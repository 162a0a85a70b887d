import { expect, test } from 'vitest';
import { calmText, cutTo, textWidth, wrapWords } from './text-width.ts';

test('what a program writes cannot move the cursor or change colours', () => {
  expect(calmText('\u001b[31mred\u001b[0m')).toBe('red');
  expect(calmText(' 10%\r 50%\r100%')).toBe('100%');
  expect(calmText('done\r')).toBe('done');
  expect(calmText('a\tb\u0007\u0000c\u001b[2J')).toBe('a  bc');
  expect(calmText('left\u202eright')).toBe('leftright');
});

test('columns are counted as a terminal draws them', () => {
  expect(textWidth('abc')).toBe(3);
  expect(textWidth('日本')).toBe(4);
  expect(textWidth('e\u0301')).toBe(1);
  expect(textWidth('🚒')).toBe(2);
  expect(textWidth('── ▸ ✔')).toBe(6);
});

test('a text that is too wide is cut, and the cut is marked', () => {
  expect(cutTo('abcdef', 6)).toBe('abcdef');
  expect(cutTo('abcdef', 4)).toBe('abc…');
  expect(cutTo('日本語', 4)).toBe('日…');
  expect(cutTo('abc', 0)).toBe('');
});

test('lines break between words, and a long word stays whole', () => {
  expect(wrapWords('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapWords('a abcdefghij b', 5)).toEqual(['a', 'abcdefghij', 'b']);
});
