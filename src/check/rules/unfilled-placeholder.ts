import type { Rule } from '../rule.ts';
import { textsIn } from '../texts.ts';

/** Forms that templates leave to be filled in. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/(^|\s)\[(?![^\]]*[*"'`:=])[A-Z][A-Za-z ]{1,40}\](\s|$)/, 'a name in square brackets'],
  [/<(your|insert|enter|fill)[^>]*>/i, 'a part to be filled in'],
  [/\bYYYY-?MM-?DD\b/, 'a date that was never filled in'],
  [/\b(TODO|FIXME|TBD|TBC)\b/, 'a note that something is still to be done'],
  [/(?<![A-Za-z0-9])X{3,}(?![A-Za-z0-9])/, 'XXX'],
  [/\b(change|replace)[-_ ]?me\b/i, 'a part to be replaced'],
  [/(?<!\d)555[-. ]?01\d\d(?!\d)/, 'a telephone number that is reserved for examples'],
];

/** What was left open in the template is still open in the emergency. */
export const unfilledPlaceholder: Rule = {
  id: 'unfilled-placeholder',
  level: 'warning',
  title: 'No placeholder of a template is left',
  why: 'A telephone number of +1-XXX or a "[Name]" is noticed when somebody must be called at night.',
  bad: `
people:
  ann: { name: "[Name]", phone: +1-202-555-0143 }
`,
  good: `
people:
  ann: { name: Ann Example, phone: +49-30-1234567 }
`,
  judge: (plan) =>
    textsIn(plan).flatMap(({ path, text }) => {
      const found = PLACEHOLDERS.find(([pattern]) => pattern.test(text));
      return found
        ? [{ path, message: `this is still a placeholder: ${found[1]}`, hint: 'Fill it in, or remove it.' }]
        : [];
    }),
};
