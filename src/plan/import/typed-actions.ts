import { parseScript } from '../../shell/parse-script.ts';
import { plain } from './blocks.ts';
import type { FoundStep } from './found-step.ts';
import { durationIn } from './read-values.ts';

/** The action of a step with its input, and the role that must say yes when the document names one. */
export interface TypedAction {
  readonly uses: string;
  readonly with: Readonly<Record<string, string>>;
  readonly approvedBy?: string;
}

/** A service that can be asked how it is, by its address. */
export type HealthOf = (url: string) => string | undefined;

/** The action that does exactly what a step says. Whatever is not exactly one stays a command, or a task for a person. */
export function actionOf(does: FoundStep['does'], healthOf: HealthOf): TypedAction {
  if ('wait' in does) return { uses: 'time.wait', with: { for: does.wait } };
  if ('command' in does)
    return (
      waitOf(does.command) ?? askOf(does.command, healthOf) ?? { uses: 'shell.run', with: { command: does.command } }
    );
  return (
    pauseOf(does.instruction) ??
    approvalOf(does.instruction) ?? { uses: 'human.task', with: { instruction: does.instruction } }
  );
}

/** The words of a script that is one plain command with no more to it; undefined for any other. */
function onlyCommand(text: string): readonly string[] | undefined {
  const { commands, assignments, unreadable } = parseScript(text);
  const [command, ...others] = commands;
  if (!command || others.length + assignments.length + unreadable.length > 0) return undefined;
  const { words, redirects, environment, inside, inBackground } = command;
  const isBare = redirects.length + environment.length + inside.length === 0 && !inBackground;
  return isBare && words.every(({ isLiteral }) => isLiteral) ? words.map(({ value }) => value) : undefined;
}

/** `sleep 600`. */
function waitOf(text: string): TypedAction | undefined {
  const [program, ...times] = onlyCommand(text) ?? [];
  if (program !== 'sleep' || times.length !== 1) return undefined;
  const [, number, unit = 's'] = /^(\d+)([smhd]?)$/.exec(times[0] ?? '') ?? [];
  return number === undefined || Number(number) === 0
    ? undefined
    : { uses: 'time.wait', with: { for: `${number}${unit === '' ? 's' : unit}` } };
}

/** `curl -f` fails on any status from 400 on, which is what the service is then expected not to answer. */
function askOf(text: string, healthOf: HealthOf): TypedAction | undefined {
  const url = askedUrl(text);
  const component = url === undefined ? undefined : healthOf(url);
  return component === undefined ? undefined : { uses: 'http.wait_healthy', with: { component } };
}

/** The address a script asks, when it does nothing else and fails on a wrong status. */
export function askedUrl(text: string): string | undefined {
  const [program, ...words] = onlyCommand(text) ?? [];
  if (program !== 'curl') return undefined;
  const options = words.filter((word) => word.startsWith('-'));
  const plain = words.filter((word) => !word.startsWith('-'));
  const fails = options.some((word) => /^-[sS]*f[sSf]*$|^--fail$/.test(word));
  const known = options.every((word) => /^-[fsS]+$|^--(fail|silent|show-error)$/.test(word));
  const [url] = plain;
  return fails && known && plain.length === 1 && /^https?:\/\/[\w.-]+(:\d+)?(\/[\w./-]*)?$/.test(url ?? '')
    ? url
    : undefined;
}

const unmarked = (instruction: string): string =>
  plain(instruction.replace(/^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?/, '')).replace(/[.!]$/, '');

/** `Wait 10 minutes`. */
function pauseOf(instruction: string): TypedAction | undefined {
  const [, time] =
    /^wait(?: for)?(?: about| another| at least| approximately)? ([\d.,]+ ?[a-z]+)$/i.exec(unmarked(instruction)) ?? [];
  const length = time === undefined ? undefined : durationIn(time);
  return length === undefined ? undefined : { uses: 'time.wait', with: { for: length } };
}

const APPROVAL =
  /^(?:get|obtain|request|seek|wait for|ask for|require|await)\s+(?:(?:written|explicit|formal|the|an?|verbal)\s+)*(?:approval|sign-?off|authori[sz]ation|permission|go-ahead)(?:\s+(?:of|from|by)\s+(?:the\s+)?([\w /&-]{2,40}?))?(?:\s+(?:to|before|for|prior)\s.*)?$/i;

/** `Ask the data owner for approval`. */
const ASKED =
  /^(?:ask|request)\s+(?:the\s+)?([\w /&-]{2,40}?)\s+for\s+(?:(?:written|explicit|formal|the|an?|verbal)\s+)*(?:approval|sign-?off|authori[sz]ation|permission)(?:\s+(?:to|before)\s.*)?$/i;

/** `Get approval from the engineering lead before the restore`. */
export function approvalOf(instruction: string): TypedAction | undefined {
  const text = unmarked(instruction);
  const found = APPROVAL.exec(text) ?? ASKED.exec(text);
  if (!found) return undefined;
  const [, role] = found;
  return { uses: 'human.approve', with: { question: text }, ...(role === undefined ? {} : { approvedBy: role }) };
}

/** Who must agree, where a prerequisite says so: `Approval from the engineering lead`. */
export const approverIn = (text: string): string | undefined =>
  /^(?:(?:written|explicit|formal)\s+)?(?:approval|sign-?off|authori[sz]ation)\s+(?:of|from|by)\s+(?:the\s+|an?\s+)?([\w /&-]{2,40})$/i.exec(
    text.trim().replace(/[.]$/, ''),
  )?.[1];
