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
  const isRemoved = (after: PlacedCommand): boolean =>
    sequence.commands.some(
      (one) => /^(rm|shred|unlink|trap)$/.test(one.command.program) && /\/tmp\b|\$|\*/.test(one.command.words.map(({ value }) => value).join(' ')) && (sequence.happensAfter(one, after) || one.command.program === 'trap'),
    ) || sequence.steps.some(({ step }) => /\b(remove|delete|clean\w*|discard)\b.*\b(temporary|tmp|files?|copies|dump)/i.test(`${step.title ?? ''} ${step.with.instruction ?? ''}`)); // biome-ignore format: one condition
  return sequence.commands
    .flatMap((one) => {
      const file = temporaryCopy(one);
      return file === undefined || isRemoved(one) ? [] : [{ one, file }];
    })
    .slice(0, 1)
    .map(({ one, file }) => ({
      ...whereIs(one),
      message: `${file} stays there with all that is in it: no later step removes it`,
      hint: 'Remove it in a last step that runs whatever happened, or pipe the data and write no file.',
    }));
}

/** The file with data that a command leaves in a temporary folder. */
function temporaryCopy({ command, script }: PlacedCommand): string | undefined {
  const words = command.words.map((word) => knownValue(word, script) ?? word.value);
  const call = awsCall(command);
  if (call?.service === 's3' && /^(cp|mv|sync)$/.test(call.operation)) {
    const [from = '', to = ''] = call.plain.map((word) => knownValue(word, script) ?? word.value);
    return isTemporary(to) && (isDump(from) || /backup|dump/i.test(from)) ? (to.endsWith('/') ? `${to}${from.split('/').at(-1)}` : to) : undefined; // biome-ignore format: one condition
  }
  if (/^pg_dump(all)?$/.test(command.program))
    return [...words, ...command.redirects.map(({ target }) => target?.value ?? '')].map((word) => word.replace(/^(-f|--file=)/, '')).find(isTemporary); // biome-ignore format: one chain
  if (kubectlCall(command)?.verb === 'get') return outputPlaces(command).find(isTemporary);
  const copied =
    command.program === 'psql' ? words.map((word) => /\bcopy\b[\s\S]*\bto\s+'([^']+)'/i.exec(word)?.[1]) : [];
  return copied.find((file) => file !== undefined && isTemporary(file));
}

const isTemporary = (path: string): boolean => /^\/(var\/)?tmp(\/|$)/.test(path);
