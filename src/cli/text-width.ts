import { stripVTControlCharacters } from 'node:util';

/** Text that moves no cursor and changes no colour, whatever a program wrote. A progress line that overwrites itself shows its last state. */
export function calmText(text: string): string {
  const last =
    stripVTControlCharacters(text)
      .split('\r')
      .findLast((part) => part.trim() !== '') ?? '';
  return withoutControls(last.replaceAll('\t', '  '));
}

/** What is left can be seen, or belongs to a sign that can. */
export const withoutControls = (text: string): string => text.replaceAll(CONTROL, '');

/** C0, DEL, C1, and the marks that turn the direction of writing. */
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** How many columns a text takes on a terminal. */
export function textWidth(text: string): number {
  let width = 0;
  for (const sign of text) width += signWidth(sign);
  return width;
}

const COMBINING = /\p{M}|\u200b|\u200d|\ufe0f/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function signWidth(sign: string): number {
  if (sign <= '~') return 1;
  if (COMBINING.test(sign)) return 0;
  return WIDE.test(sign) ? 2 : 1;
}

/** The text, cut where it would be wider; a cut is marked. */
export function cutTo(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const sign of text) {
    if (width + signWidth(sign) > columns - 1) break;
    kept += sign;
    width += signWidth(sign);
  }
  return columns > 0 ? `${kept}…` : '';
}

/** Broken into lines between words; a word that is longer than a line stays whole, so that it can be copied. */
export function wrapWords(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
