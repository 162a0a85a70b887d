import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A key is not a word: blanks belong to it. */
export const objectKeysAreReadWhole: Rule = {
  id: 'object-keys-are-read-whole',
  level: 'warning',
  title: 'A loop over the keys of a bucket reads keys with blanks whole',
  why: 'The shell splits a line at blanks and tabs, and only the last variable of read takes the rest: of "a b.csv<TAB>version" the key becomes "a" and the version "b.csv version". Without -r a backslash is lost as well (POSIX, read).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: back, uses: shell.run, with: { command: "aws s3api list-object-versions --bucket b --query 'DeleteMarkers[].[Key,VersionId]' --output text | while read key id; do aws s3api delete-object --bucket b --key \\"$key\\" --version-id \\"$id\\"; done" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: back, uses: shell.run, with: { command: "aws s3api list-object-versions --bucket b --query 'DeleteMarkers[].[Key,VersionId]' --output text | while IFS=$'\\\\t' read -r key id; do aws s3api delete-object --bucket b --key \\"$key\\" --version-id \\"$id\\"; done" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const list = command.program === 'read' && command.reads ? awsCall(command.reads) : undefined;
      const fields =
        list?.service === 's3api' && /^list-object/.test(list.operation) ? fieldsOf(list.get('query')) : [];
      const names = namesIn(command);
      const key = fields.indexOf('Key');
      if (
        key < 0 ||
        key === fields.length - 1 ||
        names.length < 2 ||
        command.environment.some(({ name }) => name === 'IFS')
      )
        return [];
      return [
        {
          message: `read ${names.join(' ')} splits at blanks: a key with a blank in it is cut off, and its rest lands in ${names[key + 1] ?? names.at(-1)}`,
          hint: "Read it with IFS=$'\\t' read -r, ask for the key last, or use --output json.",
        },
      ];
    }),
};

/** Of `Versions[].[Key,VersionId]` the fields. */
const fieldsOf = (query: string | undefined): readonly string[] =>
  /\[\s*([A-Za-z]\w*(\s*,\s*[A-Za-z]\w*)+)\s*\]$/.exec(query ?? '')?.[1]?.split(/\s*,\s*/) ?? [];

const namesIn = ({ words }: ShellCommand): readonly string[] =>
  words.slice(1).flatMap(({ value }) => (value.startsWith('-') ? [] : [value]));
