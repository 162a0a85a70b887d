import { describeRule, type RuleText, ruleTexts } from '../check/describe-rule.ts';
import { reportRule } from '../check/reports/rule.ts';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';

export interface ExplainedRule extends RuleText {
  text(): string;
}

/** What a rule of check demands, and why. Throws USAGE with the nearest rule that exists. */
export function explainRule(id: string): ExplainedRule {
  const ids = ruleTexts.map((rule) => rule.id);
  if (!ids.includes(id)) {
    const meant = nearestOf(id, ids);
    const hint = meant ? `Did you mean ${meant}?` : `One of: ${[...ids].sort().join(', ')}.`;
    throw new KnownError('USAGE', `there is no rule "${id}"`, hint);
  }
  const { level, title, why, bad, good } = describeRule(id);
  const examples = bad === undefined || good === undefined ? {} : { bad: bad.trim(), good: good.trim() };
  const rule: RuleText = { id, level, title, why, ...examples };
  return { ...rule, text: () => reportRule(rule) };
}
