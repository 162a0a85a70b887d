import { errorRecord } from '../model/errors.ts';
import { type DecideResult, decide } from '../usecases/decide.ts';
import { type EditResult, editStep } from '../usecases/edit-step.ts';
import type { FixResult } from '../usecases/fix.ts';
import type { Services } from '../usecases/services.ts';
import type { Paint, Screen } from './screen.ts';

/** What a person must know to decide about a step, and the exact commands. */
export function fixText(result: FixResult, paint: Paint): string {
  const { run, step, title, error, hint, owed, seen, choices, resume } = result;
  const width = Math.max(...choices.map(({ decision }) => decision.length));
  return [
    paint.bold(`${step}${title === undefined ? '' : ` (${title})`} of ${run} needs a decision.`),
    ...(error ? [paint.bad(`  ✘ ${error.message} (${error.code})`), `  → ${error.hint}`] : []),
    ...(hint === undefined ? [] : [`  → ${hint}`]),
    ...owed.map((what) => paint.warn(`  To be put back: ${what}`)),
    `  The world just now: ${SEEN[seen.state]}${seen.why === undefined ? '' : `: ${seen.why}`}`,
    '',
    ...choices.map(({ decision, follows }) => `  ${decision.padEnd(width)}  ${follows}`),
    '',
    'To say it from any terminal:',
    ...choices.map(({ command }) => `  ${command}`),
    ...(resume === undefined ? [] : [`Nobody drives the run. After the decision: ${resume}`]),
  ].join('\n');
}

const SEEN: Readonly<Record<FixResult['seen']['state'], string>> = {
  absent: 'the step has not taken effect',
  running: 'the step is still under way',
  done: 'the step has taken effect',
  unknown: 'nothing is known of its effect',
};

/** Asks until there is a decision with a reason. Undefined when the person leaves it open with an empty line. */
export async function askForDecision(
  { run, step, choices }: FixResult,
  screen: Screen,
  services: Services,
): Promise<DecideResult | EditResult | undefined> {
  const words = choices.map(({ decision }) => decision);
  for (;;) {
    const decision = await answer(screen, `  ${words.join(', ')}, or nothing to leave it open? `);
    if (decision === undefined) return undefined;
    if (!words.some((word) => word === decision)) {
      screen.say(`  "${decision}" is none of these.`);
      continue;
    }
    const set = decision === 'edit' ? await edits(screen) : [];
    const reason = await answer(screen, '  Why? ');
    if (reason === undefined) return undefined;
    try {
      return decision === 'edit'
        ? await editStep({ run, step, set, reason }, services)
        : await decide({ run, step, decision, reason }, services);
    } catch (error) {
      const { message, hint } = errorRecord(error);
      screen.say(`  ${message}\n  → ${hint}`);
      return undefined;
    }
  }
}

/** One after the other, until an empty line. */
async function edits(screen: Screen): Promise<readonly string[]> {
  const set: string[] = [];
  for (;;) {
    const typed = await answer(screen, '  key=value, or nothing when that is all: ');
    if (typed === undefined) return set;
    set.push(typed);
  }
}

async function answer(screen: Screen, question: string): Promise<string | undefined> {
  const typed = (await screen.ask?.(question, screen.signal))?.trim();
  return typed === '' ? undefined : typed;
}
