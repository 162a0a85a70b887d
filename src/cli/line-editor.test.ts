import { describe, expect, test } from 'vitest';
import { type Key, NOTHING_TYPED, type Pressed, press } from './line-editor.ts';
import { ctrl, ENTER, named, pasted } from './testing/fake-keys.ts';

/** What comes of keys; `|` is where the cursor stands. */
function typing(...keys: readonly (string | Key)[]): string {
  let pressed: Pressed = { line: 'goes on', typed: NOTHING_TYPED };
  for (const key of keys.flatMap((one) => (typeof one === 'string' ? [...one].map((text) => ({ text })) : [one]))) {
    if (pressed.line !== 'goes on') return `too late for ${key.name ?? key.text}`;
    pressed = press(pressed.typed, key);
  }
  if (pressed.line !== 'goes on') return pressed.line === 'is sent' ? `sent: ${pressed.text}` : 'ends';
  const { text, cursor } = pressed.typed;
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const left = named('left');
const back = named('backspace');

describe('a line', () => {
  test.each<[string, string, readonly (string | Key)[]]>([
    ['is what was typed', 'yes it is|', ['yes it is']],
    ['is sent with Enter', 'sent: yes', ['yes', ENTER]],
    ['may be sent empty', 'sent: ', [ENTER]],
    ['is sent with a line feed, too', 'sent: no', ['no', { name: 'enter', text: '\n' }]],
    ['is sent whole, wherever the cursor stands', 'sent: no', ['no', left, ENTER]],
    ['loses its last sign', 'ye|', ['yes', back]],
    ['loses the sign before the cursor', 'y|s', ['yes', left, back]],
    ['loses nothing where there is nothing', '|', [back, named('delete'), ctrl('w'), left, named('right')]],
    ['loses the sign after the cursor', 'y|s', ['yes', left, left, named('delete')]],
    ['gets signs in its middle', 'yeah|s', ['ys', left, 'eah']],
    ['is left and right of the cursor', '|ab', ['ab', ctrl('a')]],
    ['has an end', 'ab|', ['ab', named('home'), ctrl('e')]],
    ['has a beginning and an end by name', 'xab|', ['ab', named('home'), 'x', named('end')]],
    ['is taken back to its beginning', '|c', ['abc', left, ctrl('u')]],
    ['is taken away to its end', 'a|', ['abc', left, left, ctrl('k')]],
    ['loses its last word', 'one |', ['one two  ', ctrl('w')]],
    ['ends with Ctrl-D where nothing is typed', 'ends', [ctrl('d')]],
    ['does not end with Ctrl-D where something is typed', 'ye|', ['yes', left, ctrl('d')]],
    ['is not changed by a key that it does not know', 'a|', ['a', named('f5'), ctrl('o'), named('up'), ctrl('l')]],
    ['is not changed by Alt and a letter', 'a|', ['a', { name: 'b', meta: true, text: undefined }]],
    ['takes no sign that moves the cursor', 'ab|', ['a', { text: '\u0007' }, { text: '\u202e' }, 'b']],
    ['takes no tab', 'a|', ['a', { name: 'tab', text: '\t' }]],
  ])('%s', (_what, expected, keys) => expect(typing(...keys)).toBe(expected));

  test.each([
    ['an accent of its own', 'e\u0301'],
    ['a flag', '🇩🇪'],
    ['a family', '👩‍👧‍👦'],
    ['a wide sign', '生'],
  ])('moves over and erases %s as one sign', (_what, sign) => {
    expect(typing(`a${sign}`, left)).toBe(`a|${sign}`);
    expect(typing(`a${sign}`, left, named('right'))).toBe(`a${sign}|`);
    expect(typing(`a${sign}b`, left, back)).toBe('a|b');
    expect(typing(`a${sign}b`, left, left, named('delete'))).toBe('a|b');
  });
});

describe('text from the clipboard', () => {
  test('stands where the cursor is, and its line breaks send nothing', () => {
    expect(typing('<>', left, ...pasted('first\nsecond\t3'))).toBe('<first second 3|>');
    expect(typing(...pasted('yes\n'), ENTER)).toBe('sent: yes ');
  });

  test('brings no keys of control', () => {
    expect(typing('ab', named('paste-start'), ctrl('u'), ctrl('d'), named('paste-end'))).toBe('ab|');
  });
});
