import { formatDuration } from '../../lib/duration.ts';
import { confirmCommands } from '../../usecases/asks.ts';
import type { StepResult } from '../../usecases/run-result.ts';
import { status } from '../../usecases/status.ts';
import { momentLines } from '../clock-words.ts';
import { defineCommand, optional } from '../define-command.ts';
import { rpo, rto } from '../summary.ts';
import { table } from '../table.ts';

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'Say how a run stands: one sentence first, then every step.',
  examples: ['lifeboat status', 'lifeboat status run-20260114-030512-9f3c --json'],
  args: { run: optional('The run. Default: the newest.') },
  flags: {},
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED'],
  run: ({ run }, services) => status(run, services),
  print: (result, paint) =>
    [
      paint.bold(result.sentence),
      '',
      `  RTO      ${rto(result)}`,
      `  RPO      ${rpo(result)}`,
      ...momentLines(result, (word) => `  ${word.padEnd(9)}`),
      '',
      table(['STEP', 'STATUS', 'TOOK', 'WHAT'], result.steps.map(row)),
      ...result.steps.flatMap(waitingLines(result.run)),
      ...result.open_obligations.map(({ what }) => paint.warn(`To be put back: ${what}`)),
    ].join('\n'),
});

const row = (step: StepResult): readonly string[] => [
  step.id,
  step.waits_for ? `waiting (${step.waits_for})` : step.status,
  step.seconds === undefined ? '' : formatDuration(step.seconds * 1000),
  step.error?.message ?? step.title ?? step.action,
];

const waitingLines =
  (run: string) =>
  ({ id, waits_for, preview, error, confirmation }: StepResult): readonly string[] => {
    if (waits_for === 'approval')
      return [
        '',
        `${id} waits for approval. It will (${preview?.danger}):`,
        ...(preview?.changes ?? []).map((change) => `  - ${change}`),
        ...(preview?.notes ?? []).map((note) => `  ${note}`),
        `To approve: lifeboat approve ${run} ${id} --by NAME`,
      ];
    if (waits_for === 'confirmation')
      return [
        '',
        `${id} has acted, and is taken back at ${confirmation?.until} unless ${confirmation?.role} confirms it.`,
        ...confirmCommands(run, id).map((command) => `To answer: ${command}`),
      ];
    if (waits_for === 'decision')
      return [
        '',
        `${id} needs a decision: ${error?.message}`,
        `To decide: lifeboat decide ${run} ${id} retry|done|skip|undo|abort --reason "…"`,
      ];
    return [];
  };
