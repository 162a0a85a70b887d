import { option, plainWords } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Act, about, beside } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** To be registered is not to have worked. */
export const revisionWasDeployedBefore: Rule = {
  id: 'revision-was-deployed-before',
  level: 'warning',
  title: 'One rolls back to what was deployed and worked, found out when it is needed',
  why: 'ListTaskDefinitions lists what was registered, in the order of revision numbers (ECS API reference). The last but one may never have run, may have failed, or may be the bad one itself after a failed rollback. Every family counts its own revisions, and a number in a document is that of the day on which it was written. What has worked is the task definition of the last deployment whose rolloutState was COMPLETED.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: find, uses: shell.run, with: { command: "aws ecs list-task-definitions --family-prefix api --query 'taskDefinitionArns[-2]' --output text" } }
      - { id: back, uses: shell.run, with: { command: aws ecs update-service --cluster shop --service api --task-definition api:42 } }
`,
  good: `
scenarios:
  loss:
    inputs: { revision: { describe: Task definition of the last completed deployment } }
    steps:
      - { id: back, uses: shell.run, with: { command: "aws ecs update-service --cluster shop --service api --task-definition \${{ inputs.revision }}" } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => [
      ...sequence.acts.flatMap((act) => chosenByPosition(act, sequence)),
      ...writtenDown(sequence),
    ]),
};

/** `taskDefinitionArns[-2]`, or `… | tail -2 | head -1`. The newest of all is a choice only where something is taken back. */
function chosenByPosition(act: Act, { scenario }: Sequence): readonly Complaint[] {
  const call = act.command && awsCall(act.command);
  if (!act.command || call?.operation !== 'list-task-definitions') return [];
  const index = /taskDefinitionArns\[(-?\d+)\]/.exec(call.get('query') ?? '')?.[1];
  const isNewest = index === (call.get('sort') === 'DESC' ? '0' : '-1');
  const cut = act.command.feeds && /^(tail|head|sed)$/.test(act.command.feeds.program) ? act.command.feeds : undefined;
  if (index === undefined ? cut === undefined || isOne(cut) : isNewest && scenario?.kind !== 'rollback') return [];
  return [
    about(act, {
      message: `the revision is chosen by its place in the list of what was registered (${index === undefined ? said(cut) : `[${index}]`}): it need never have been deployed, nor have worked`,
      hint: 'Take the task definition of the last deployment that was COMPLETED, from your records of deployments (or CloudTrail), for each service.',
    }),
  ];
}

const said = (command: ShellCommand | undefined): string => command?.words.map(({ text }) => text).join(' ') ?? '';

/** The last line alone is the newest. */
const isOne = ({ program, words, feeds }: ShellCommand): boolean =>
  program === 'tail' && /^(-n?1|-n)$/.test(words[1]?.value ?? '') && feeds === undefined;

interface Written {
  readonly act: Act;
  readonly family: string;
  readonly number: string;
}

/** Revisions that stand in the plan as numbers. */
function writtenDown({ acts }: Sequence): readonly Complaint[] {
  const all = acts.flatMap(literalRevision);
  return all.map((one) => {
    const same = all.find(({ family, number }) => family !== one.family && number === one.number);
    const alike = same ? ` ${same.family} has the same number, and families count on their own.` : '';
    return about(one.act, {
      message: `${one.family}:${one.number} is written in the plan: it was right on the day of writing at best.${alike}`,
      hint: 'Let a step look it up for this service, or ask for it as an input.',
      ...(same ? { related: [beside(same.act, `${same.family}:${same.number}`)] } : {}),
    });
  });
}

function literalRevision(act: Act): readonly Written[] {
  if (!act.command) return [];
  const call = awsCall(act.command);
  const given =
    call?.service === 'ecs' && call.operation === 'update-service' ? call.get('task-definition') : undefined;
  const [, family, number] = /(?:^|\/)([\w-]+):(\d+)$/.exec(given ?? '') ?? [];
  if (family !== undefined && number !== undefined) return [{ act, family, number }];
  const revision = option(act.command, '--to-revision');
  const isUndo = act.command.program === 'kubectl' && /^[1-9]\d*$/.test(revision ?? '');
  if (!isUndo) return [];
  const what = plainWords(act.command, ['-n', '--namespace', '--context']).at(-1)?.value ?? 'the deployment';
  return [{ act, family: what, number: String(revision) }];
}
