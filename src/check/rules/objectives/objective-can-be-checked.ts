import { formatDuration } from '../../../lib/duration.ts';
import { type ObjectiveValue, parseSpan } from '../../../model/plan.ts';
import { promisesOf } from '../../promises.ts';
import type { Rule } from '../../rule.ts';

/** A promise that nobody can check is none. */
export const objectiveCanBeChecked: Rule = {
  id: 'objective-can-be-checked',
  level: 'warning',
  title: 'Every objective is a number that can be kept or broken',
  why: 'An objective of "varies" or "none" can neither be designed for nor measured in a drill. In a wide range only the longer end can be held to, and people remember the shorter one.',
  bad: `
scenarios:
  loss: { objectives: { rto: 1h..4h, rpo: varies } }
`,
  good: `
components: { database: { objectives: { rto: 1h, rpo: 5m } } }
scenarios:
  loss: { objectives: { rto: 45m..1h, rpo: 5m } }
`,
  judge: (plan) =>
    promisesOf(plan).flatMap(({ who, kind, value, path }) => {
      const fault = faultOf(value);
      if (!fault) return [];
      const hint =
        'Write one length of time for each thing that is promised, e.g. 4h; {best, target, worst} says more.';
      return [{ path, message: `${who} promises an ${kind.toUpperCase()} of ${String(value)}: ${fault}`, hint }];
    }),
};

/** A range is wide when its longer end is more than twice the shorter one. */
const WIDE = 2;

function faultOf(value: ObjectiveValue): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value === 'varies' || value === 'none') return 'nobody can say whether that is kept';
  const span = parseSpan(value);
  if (!span || span.min === span.max || span.max <= span.min * WIDE) return undefined;
  return `only ${formatDuration(span.max)} can be held to`;
}
