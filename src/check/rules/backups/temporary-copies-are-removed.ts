import { outputPlaces } from '../../../shell/files.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import { isDump } from '../../../shell/programs/postgres.ts';
import { knownValue } from '../../../shell/values.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type PlacedCommand, whereIs } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Customer data in /tmp belongs to whoever finds it. */
export const temporaryCopiesAreRemoved: Rule = {
  id: 'temporary-copies-are-removed',
  level: 'warning',
  title: 'Copies of data in temporary folders are removed again',
  why: 'A dump in /tmp holds every customer, in clear, on a machine that nobody thinks of as a database. It outlives the incident, and is in no inventory and in no deletion that a customer asks for.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: fetch, uses: shell.run, with: { command: aws s3 cp s3://copies/shop.dump /tmp/ } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: fetch, uses: shell.run, with: { command: aws s3 cp s3://copies/shop.dump /tmp/ } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: remove, uses: shell.run, with: { command: rm -f /tmp/shop.dump } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  return sequence.commands
    .flatMap((one) => {
      const file = temporaryCopy(one);
      return file === undefined || isRemoved(sequence, one) ? [] : [{ one, file }];
    })
    .slice(0, 1)
    .map(({ one, file }) => ({
      ...whereIs(one),
      message: `${file} stays there with all that is in it: no later step removes it`,
      hint: 'Remove it in a last step that runs whatever happened, or pipe the data and write no file.',
    }));
}

/** By a later command, by a trap that was set beforehand, or by a person. */
function isRemoved({ commands, steps, happensAfter }: Sequence, copy: PlacedCommand): boolean {
  const removes = commands.some((one) => clearsUp(one) && (one.command.program === 'trap' || happensAfter(one, copy)));
  return removes || steps.some(({ step }) => CLEARS_UP.test(`${step.title ?? ''} ${step.with.instruction ?? ''}`));
}

const CLEARS_UP = /\b(remove|delete|clean\w*|discard)\b.*\b(temporary|tmp|files?|copies|dump)/i;

function clearsUp({ command: { program, words } }: PlacedCommand): boolean {
  const text = words.map(({ value }) => value).join(' ');
  return /^(rm|shred|unlink|trap)$/.test(program) && /\/tmp\b|\$|\*/.test(text);
}

/** The file with data that a command leaves in a temporary folder. */
function temporaryCopy({ command, script }: PlacedCommand): string | undefined {
  const words = command.words.map((word) => knownValue(word, script) ?? word.value);
  const call = awsCall(command);
  if (call?.service === 's3' && /^(cp|mv|sync)$/.test(call.operation)) {
    const [from = '', to = ''] = call.plain.map((word) => knownValue(word, script) ?? word.value);
    return holdsData(from) && isTemporary(to) ? fileIn(to, from) : undefined;
  }
  if (/^pg_dump(all)?$/.test(command.program)) {
    const redirected = command.redirects.map(({ target }) => target?.value ?? '');
    return [...words, ...redirected].map((word) => word.replace(/^(-f|--file=)/, '')).find(isTemporary);
  }
  if (kubectlCall(command)?.verb === 'get') return outputPlaces(command).find(isTemporary);
  const copied =
    command.program === 'psql' ? words.map((word) => /\bcopy\b[\s\S]*\bto\s+'([^']+)'/i.exec(word)?.[1]) : [];
  return copied.find((file) => file !== undefined && isTemporary(file));
}

const holdsData = (source: string): boolean => isDump(source) || /backup|dump/i.test(source);

/** Copied into a folder, it keeps its name. */
const fileIn = (to: string, from: string): string => (to.endsWith('/') ? `${to}${from.split('/').at(-1)}` : to);

const isTemporary = (path: string): boolean => /^\/(var\/)?tmp(\/|$)/.test(path);
