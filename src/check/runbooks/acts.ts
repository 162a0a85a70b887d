import type { PlanPath } from '../../model/finding.ts';
import type { Step } from '../../model/plan.ts';
import { type AwsCall, awsCall } from '../../shell/programs/aws.ts';
import { sqlTexts } from '../../shell/programs/sql.ts';
import type { ShellCommand, ShellScript } from '../../shell/script.ts';
import { type SqlStatement, sqlStatements } from '../../shell/sql-statements.ts';
import { operationName } from '../commands/operation-name.ts';
import { scriptOf } from '../commands/scripts.ts';
import type { Complaint } from '../rule.ts';
import type { PlacedStep } from './runbook.ts';

/** Something that happens in a step: where it is written. */
export interface Happening {
  readonly placed: PlacedStep;
  /** Of the step, or of the text in which it stands. */
  readonly path: PlanPath;
  readonly within?: number;
}

/** One thing that a step does: its typed action, or one command of its shell text. */
export interface Act extends Happening {
  /** The typed action that it is or amounts to; undefined for a command that is not known. */
  readonly name: string | undefined;
  readonly command?: ShellCommand;
  /** The text in which the command stands. */
  readonly script?: ShellScript;
  readonly aws?: AwsCall | undefined;
}

/** An act of which is known what it does to a system: rules that know the system need not care whether a command does it. */
export interface Operation extends Act {
  readonly name: string;
}

export interface PlacedCommand extends Act {
  readonly command: ShellCommand;
  readonly script: ShellScript;
  readonly within: number;
  readonly aws: AwsCall | undefined;
}

/** A statement of SQL, with the command that sends it; without one it was pasted among commands. */
export interface PlacedSql extends Happening {
  readonly sql: SqlStatement;
  readonly command: ShellCommand | undefined;
  readonly script: ShellScript;
  readonly within: number;
}

/** What a step does, in the order in which it is written. Most rules ask, so it is worked out once. */
export function actsOf(placed: PlacedStep): readonly Act[] {
  const before = known.get(placed);
  if (before) return before;
  const acts = readActs(placed);
  known.set(placed, acts);
  return acts;
}

const known = new WeakMap<PlacedStep, readonly Act[]>();

function readActs(placed: PlacedStep): readonly Act[] {
  const { step, path } = placed;
  const script = scriptOf(step);
  if (!script) return [{ name: step.uses, placed, path }];
  return script.commands.map((command) => ({
    name: operationName(command),
    command,
    script,
    aws: awsCall(command),
    placed,
    path: [...path, 'with', 'command'],
    within: command.at,
  }));
}

/** What a step does as far as it is known, wherever the step stands. */
export const operationsOf = (step: Step): readonly Pick<Operation, 'name' | 'command'>[] =>
  actsOf({ step, path: [], action: undefined }).filter(isOperation);

export const isOperation = (act: Act): act is Operation => act.name !== undefined;

export const isCommand = (act: Act): act is PlacedCommand => act.command !== undefined;

/** The statements of SQL that a step sends. */
export function sqlOf(placed: PlacedStep): readonly PlacedSql[] {
  const script = scriptOf(placed.step);
  if (!script) return [];
  const path = [...placed.path, 'with', 'command'];
  return sqlTexts(script).flatMap(({ sql, at, command }) =>
    sqlStatements(sql).map((one) => ({ placed, path, within: at + one.at, sql: one, command, script })),
  );
}

type Place = Pick<Happening, 'path' | 'within'>;

/** The place of something, as a complaint says it. */
export const whereIs = ({ path, within }: Place): Place => ({ path, ...(within === undefined ? {} : { within }) });

/** A complaint about something, at its line; `at` is another place in its text. */
export const about = (
  place: Place,
  { at, ...said }: Omit<Complaint, 'path' | 'within'> & { readonly at?: number },
): Complaint => ({ ...whereIs(at === undefined ? place : { path: place.path, within: at }), ...said });

/** Where something else stands, beside a complaint. */
export const beside = (place: Place, message: string): NonNullable<Complaint['related']>[number] => ({
  ...whereIs(place),
  message,
});

/** All that rules look at to tell what a step is about: what people read of it. */
export const wordsOf = ({ step }: PlacedStep): string =>
  [step.id.replaceAll(/[-_]/g, ' '), step.title, step.with.instruction, step.with.command, step.note]
    .filter((text) => typeof text === 'string')
    .join(' ');
