import { formatDuration } from '../lib/duration.ts';
import { parseSchedule } from '../lib/schedule.ts';
import { type Finding, isError } from '../model/finding.ts';
import { type Item, item, soft, tag } from './document.ts';

/** `immediate` and its like as a person says them; a span as it is written, with what it bounds. */
export function within(text: string): string {
  if (text === 'immediate') return 'at once';
  if (/^\d/.test(text)) return `within ${text}`;
  return text.replaceAll('-', ' ');
}

/** A schedule as a sentence goes on: `every 24h`, `daily 03:00 UTC`, `before a deployment`. */
export const often = (text: string): string =>
  parseSchedule(text)?.kind === 'interval' && /^\d/.test(text) ? `every ${text}` : text;

export const seconds = (n: number): string => formatDuration(n * 1000);

/** `one`, or `many` with its number. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** What is no fault of the plan. That this build lacks an action is told where its steps begin. */
export const isNote = ({ rule, level }: Pick<Finding, 'rule' | 'level'>): boolean =>
  level === 'info' || (rule === 'unknown-action' && level !== 'error');

/** A finding for somebody who cannot run the check now: what is wrong, and what was to be decided. */
export const findingItem = (finding: Finding): Item =>
  item([tag(finding.level, isError(finding) ? 'bad' : 'open'), ` ${finding.message}. `, soft(finding.hint)]);

/** Who makes a promise, by the path where it stands, as the page of a scenario says it. */
export function originWords(path: string, here: string): string {
  const [part, name] = path.split('.');
  if (part === 'objectives') return 'the plan, for all';
  if (part === 'scenarios' && name === here) return 'this scenario';
  const kinds: Readonly<Record<string, string>> = {
    scenarios: 'the scenario',
    components: 'the component',
    classes: 'the class',
    data: 'the data',
  };
  return `${kinds[part ?? ''] ?? part} ${name}`;
}

/** `15m to 30m`. */
export const spanWords = (text: string): string => text.replace('..', ' to ');
