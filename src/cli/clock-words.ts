import { formatDuration } from '../lib/duration.ts';
import type { RunResult, WaitResult } from '../usecases/run-result.ts';

/** The moments of a run and the waiting for people, as lines below RTO and RPO. `name` pads the first word. */
export function momentLines(result: RunResult, name: (word: string) => string): readonly string[] {
  const { impact_at, impact_source, declared_at, first_action_at, healthy_at, time_to, waits } = result;
  const line = (word: string, at: string | undefined, after: number | undefined, source = ''): readonly string[] => {
    const told = [after === undefined ? '' : `${words(after)} after the damage`, source].filter((one) => one !== '');
    return at === undefined ? [] : [`${name(word)}${at}${told.length === 0 ? '' : ` (${told.join('; ')})`}`];
  };
  return [
    ...line('Impact', impact_at, undefined, impact_source),
    `${name('Detected')}${detection(result)}`,
    ...line('Declared', declared_at, time_to.declare_seconds),
    ...line('Acted', first_action_at, time_to.first_action_seconds),
    ...line('Healthy', healthy_at, time_to.healthy_seconds),
    ...waits.map((wait) => `${name('Waited')}${waited(wait)}`),
  ];
}

function detection({ detected_at, detected_source, detect_met, time_to, objective }: RunResult): string {
  const within = objective.detect_within_seconds;
  const planned = within === undefined ? '' : `planned within ${words(within)}${metText(detect_met)}`;
  const after = time_to.detect_seconds === undefined ? '' : `${words(time_to.detect_seconds)} after the damage`;
  const told = [after, detected_source ?? '', planned].filter((one) => one !== '');
  return `${detected_at ?? 'not known'}${told.length === 0 ? '' : ` (${told.join('; ')})`}`;
}

const metText = (met: boolean | undefined): string => (met === undefined ? '' : met ? ': met' : ': MISSED');

const FOR = {
  approval: 'an approval',
  confirmation: 'a confirmation',
  decision: 'a decision',
  task: 'somebody to do it',
} as const;

function waited({ step, waits_for, role, seconds, by, to }: WaitResult): string {
  const asked = `${FOR[waits_for]}${role === undefined ? '' : ` by ${role}`}`;
  const who =
    by === undefined ? (to === undefined ? ', still waiting' : ', nobody answered') : `, answered by ${by.join(', ')}`;
  return `${words(seconds)} at ${step} for ${asked}${who}`;
}

const words = (seconds: number): string => formatDuration(seconds * 1000);
