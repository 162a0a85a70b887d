import { formatDuration } from '../../lib/duration.ts';
import type { Place } from '../../model/finding.ts';
import { runsText } from '../../model/measured.ts';
import { type Explained, explain } from '../../usecases/explain.ts';
import { defineCommand, needed } from '../define-command.ts';

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Say which value holds in the plan, and where it comes from.',
  examples: [
    'lifeboat explain components.database.rpo',
    'lifeboat explain scenarios.database-destroyed.steps.restore.timeout',
    'lifeboat explain components.database --json',
  ],
  args: {
    path: needed(
      'What to explain: its path in the plan. Steps may be named, and of an objective the last word is enough.',
    ),
  },
  flags: {},
  fails: ['USAGE', 'PLAN_INVALID'],
  verbatim: true,
  run: async ({ path }, services) => explain(path, services),
  print: (explained) =>
    [...lines(explained), ...(explained.objectives ?? []).flatMap((one) => ['', ...lines(one)])].join('\n'),
});

function lines(explained: Explained): readonly string[] {
  const { path, at, from, environment, expression, overridden = [] } = explained;
  const says = {
    written: `written at ${placeText(at)}`,
    environment: `of the environment ${environment}, written at ${placeText(at)}`,
    default: `not written: this is what holds without it; it would stand at ${placeText(at)}`,
    effective: `from ${from}, written at ${placeText(at)}`,
  }[explained.origin];
  return [
    ...valueLines(path, explained),
    `  ${says}`,
    ...(expression === undefined ? [] : [`  worked out from ${expression}`]),
    ...measuredLines(explained),
    ...overridden.map((one) => `  does not hold: ${one.value}, from ${one.from}, written at ${placeText(one.at)}`),
  ];
}

function measuredLines({ measured }: Explained): readonly string[] {
  if (!measured) return [];
  const took = `${formatDuration(measured.p50)} (p50), ${formatDuration(measured.p95)} (p95) in ${runsText(measured)}`;
  return [`  measured: ${took}${measured.counts ? ': this counts instead of expect' : ': too few to count with'}`];
}

function valueLines(path: string, { value, hidden }: Explained): readonly string[] {
  if (hidden !== undefined) return [`${path} is not shown: ${hidden}`];
  if (typeof value === 'string' && !value.includes('\n')) return [`${path} = ${value}`];
  const [first = '', ...rest] = JSON.stringify(value ?? null, null, 2).split('\n');
  return [`${path} = ${first}`, ...rest.map((line) => `  ${line}`)];
}

const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;
