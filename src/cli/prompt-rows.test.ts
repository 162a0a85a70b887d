import { expect, test } from 'vitest';
import { promptRows } from './prompt-rows.ts';

const typed = (text: string, cursor = text.length) => ({ text, cursor, pasting: false });

test('a prompt that fits is one row', () => {
  expect(promptRows('Type yes: ', typed('ye'), { columns: 20, rows: 5 })).toEqual({
    rows: ['Type yes: ye'],
    row: 0,
    column: 12,
  });
});

test('a longer one is broken before the last column, and the cursor stands where it is in the text', () => {
  const space = { columns: 6, rows: 5 };
  expect(promptRows('? ', typed('abcdefgh'), space)).toEqual({ rows: ['? abc', 'defgh'], row: 1, column: 5 });
  expect(promptRows('? ', typed('abcdefgh', 2), space)).toEqual({ rows: ['? abc', 'defgh'], row: 0, column: 4 });
});

test('a wide sign is not cut in two', () => {
  expect(promptRows('? ', typed('ab生c'), { columns: 6, rows: 5 })).toEqual({
    rows: ['? ab', '生c'],
    row: 1,
    column: 3,
  });
});

test('of one that is longer than the screen, the rows at the cursor are shown', () => {
  const text = '1111222233334444';
  const space = { columns: 5, rows: 2 };
  expect(promptRows('', typed(text), space)).toEqual({ rows: ['3333', '4444'], row: 1, column: 4 });
  expect(promptRows('', typed(text, 6), space)).toEqual({ rows: ['1111', '2222'], row: 1, column: 2 });
  expect(promptRows('', typed(text, 0), space)).toEqual({ rows: ['1111', '2222'], row: 0, column: 0 });
});
