import { blanksIn } from '../../../shell/mask.ts';
import { isCommandPath, scriptsOf } from '../../commands/scripts.ts';
import { type WrittenPart, writtenParts } from '../../commands/written-parts.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { textsIn } from '../../texts.ts';

/** What was left open in the template is still open in the emergency. */
export const unfilledPlaceholder: Rule = {
  id: 'unfilled-placeholder',
  level: 'warning',
  title: 'No placeholder of a template is left',
  why: 'A telephone number of +1-XXX or a "[Name]" is noticed when somebody must be called at night. A command with <snapshot-id>, YYYY-MM-DD or /path/to in it is finished by hand, in a hurry, or is run as it stands: to a shell, <name> means a file to read from.',
  bad: `
people:
  ann: { name: "[Name]", phone: +1-202-555-0143 }
`,
  good: `
people:
  ann: { name: Ann Example, phone: +49-30-1234567 }
`,
  judge(plan) {
    const scripts = scriptsOf(plan);
    const texts = textsIn(plan).filter(({ path }) => !isCommandPath(path));
    return [
      ...texts.flatMap(({ path, text }) => {
        const found = PLACEHOLDERS.find(([pattern]) => pattern.test(text));
        return found ? [{ path, ...said(found[1]) }] : [];
      }),
      ...scripts.flatMap(({ script, path }) => writtenParts(script).flatMap((part) => inCommand(part, path))),
    ];
  },
};

const said = (what: string) => ({
  message: `this is still a placeholder: ${what}`,
  hint: 'Fill it in, or remove it.',
});

/** Each placeholder of a command once. */
function inCommand(part: WrittenPart, path: Complaint['path']): readonly Complaint[] {
  const text = part.text.replaceAll(FORMATS, (format) => ' '.repeat(format.length));
  const blanks = blanksIn(text).map((blank) => ({ at: blank.at, what: blank.text }));
  const others = [...PLACEHOLDERS, ...IN_COMMANDS].flatMap(([pattern]) => {
    const match = pattern.exec(text);
    return match && !blanks.some(({ at, what }) => match.index >= at && match.index < at + what.length)
      ? [{ at: match.index, what: match[0].trim() }]
      : [];
  });
  const found = [...blanks, ...others];
  const first = found.filter(({ what }, index) => found.findIndex((one) => one.what === what) === index);
  return first.map(({ at, what }) => ({
    path,
    within: part.at + at,
    message: `this is still a placeholder: ${what}`,
    hint: 'Take it from an earlier step (NAME=$(…)), or make it an input of the scenario: ${{ inputs.name }}.',
  }));
}

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

/** What stands for something else in a command. A word in capitals with _ID at its end is one only as a part of a path or an address. */
const IN_COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w$/])\/path\/to\/[\w./-]*/, 'a path that nobody has'],
  [/(?<![\w${])YOUR_[A-Z_]+/, 'a part to be filled in'],
  [/(?<![\w${])[A-Z][A-Z_]*_HERE\b/, 'a part to be filled in'],
  [/(?<=[\w/]\/)[A-Z]+_(ID|NAME|KEY|TOKEN|ARN|TAG|DATE|VERSION)(?=[/.?"'\s]|$)/, 'a part to be filled in'],
  [
    /(?<=\s)[\w-]+\.(?![a-z0-9]{12}\.)[a-z0-9]+\.[a-z]{2}(-[a-z]+)+-\d\.rds\.amazonaws\.com/,
    'not the address of an instance',
  ],
];

/** How dates are written, and where `mktemp` puts letters, is said in the same way. */
const FORMATS =
  /\bto_(char|date|timestamp)\s*\((?:[^()]|\([^()]*\))*\)|--?[\w-]{0,40}format[= ]\S+|\bmktemp\b[^;|&)\n]*/gi;
