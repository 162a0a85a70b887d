import { misreadingOf, type WrongReading } from '../../../lib/misread.ts';
import { isCommandPath } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';
import { textsIn } from '../../texts.ts';

/** "âœ… done" was once a tick. */
export const textIsNotDamaged: Rule = {
  id: 'text-is-not-damaged',
  level: 'warning',
  title: 'No text was read in the wrong encoding and saved again',
  why: 'When the bytes of UTF-8 are read as Windows-1252 or Mac Roman, each character outside of ASCII becomes two to four others. Names, headings, messages to customers and what scripts print are then hard to read at the worst moment; links to such headings lead nowhere, and a search for the word does not find it.',
  bad: `
plan: { title: "ðŸš¨ Recovery of the shop" }
`,
  good: `
plan: { title: "🚨 Recovery of the shop" }
`,
  judge: (plan) =>
    textsIn(plan).flatMap(({ path, text }) => {
      const misreading = misreadingOf(text);
      const [first] = misreading?.sequences ?? [];
      if (!misreading || !first) return [];
      const damaged = text.slice(first.at, first.at + first.length);
      return [
        {
          path,
          ...(isCommandPath(path) ? { within: first.at } : {}),
          message: `"${damaged}" was once "${first.to}": UTF-8 was read as ${NAMES[misreading.readAs]} and saved again`,
          hint: `Write "${first.to}" and save the file as UTF-8.`,
        },
      ];
    }),
};

const NAMES: Readonly<Record<WrongReading, string>> = { macintosh: 'Mac Roman', 'windows-1252': 'Windows-1252' };
