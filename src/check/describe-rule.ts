import type { FindingLevel } from '../model/finding.ts';
import { rules } from './rules/index.ts';

/** What is said about a rule wherever it is shown: on the terminal, in a scanner's list of rules, in a test report. */
export interface RuleText {
  readonly id: string;
  readonly level: FindingLevel;
  readonly title: string;
  readonly why: string;
  readonly bad?: string;
  readonly good?: string;
}

/** Findings that no rule of the list makes: of the loader, of waivers, of the baseline. None of them can be waived. */
const OTHERS: readonly RuleText[] = [
  {
    id: 'plan.syntax',
    level: 'error',
    title: 'The plan is a file of readable text',
    why: 'A file that is too large, empty or no text cannot be judged, and nothing is run from it.',
  },
  {
    id: 'plan.yaml',
    level: 'error',
    title: 'The plan is YAML that says each thing once',
    why: 'A key that is written twice means one thing to one reader and another thing to the next.',
  },
  {
    id: 'plan.include',
    level: 'error',
    title: 'Every file that the plan includes is there, once, and beside it',
    why: 'A part of a plan that is missing is missed when it is needed. What is outside its folder does not travel with it.',
  },
  {
    id: 'plan.schema',
    level: 'error',
    title: 'Every field of the plan is known, and has a value of its kind',
    why: 'A misspelt field would be ignored in silence, and what it was to protect would stay unprotected.',
  },
  {
    id: 'plan.reference',
    level: 'error',
    title: 'Every name that is used is defined',
    why: 'A name that nothing has points at nothing in the night in which it is needed.',
  },
  {
    id: 'plan.cycle',
    level: 'error',
    title: 'Nothing needs itself, not even through others',
    why: 'Things that wait for each other in a circle never begin.',
  },
  {
    id: 'plan.duplicate',
    level: 'error',
    title: 'Every name is given once',
    why: 'When two things have one name, nobody can tell which of them is meant.',
  },
  {
    id: 'plan.contradiction',
    level: 'error',
    title: 'The plan does not contradict itself',
    why: 'Of two statements that exclude each other at least one is wrong, and a run would have to guess which.',
  },
  {
    id: 'plan.environment',
    level: 'error',
    title: 'The environment that is asked for is in the plan',
    why: 'What would be run elsewhere than meant must not be run at all.',
  },
  {
    id: 'plan.environment-variable',
    level: 'error',
    title: 'Every variable that the plan reads is set',
    why: 'A value that is not there leaves a hole in the plan. While a plan is only judged this is a warning.',
  },
  {
    id: 'plan.expression',
    level: 'error',
    title: 'Every expression can be worked out',
    why: 'An expression that fails would stop a run in its middle.',
  },
  {
    id: 'waiver-expired',
    level: 'error',
    title: 'No waiver is over',
    why: 'A finding was accepted until a day, and that day has come: somebody has to decide again.',
  },
  {
    id: 'waiver-unused',
    level: 'warning',
    title: 'Every waiver excuses something',
    why: 'A waiver without a finding was mended or misspelt. It could excuse something new that nobody has looked at.',
  },
  {
    id: 'baseline-stale',
    level: 'warning',
    title: 'Every entry of the baseline is still found',
    why: 'What is mended should not be excused any longer, so that it is noticed when it comes back.',
  },
];

/** Every rule that can be named in a finding, as people read it. */
export const ruleTexts: readonly RuleText[] = [...rules, ...OTHERS];

/** What is known of a rule; a rule nobody wrote a text for at least has its name. */
export const describeRule = (id: string): RuleText =>
  ruleTexts.find((rule) => rule.id === id) ?? { id, level: 'error', title: id, why: 'See the message of the finding.' };
