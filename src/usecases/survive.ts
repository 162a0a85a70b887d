import { isLost } from '../check/losses.ts';
import { type SurvivalSets, survivalSets } from '../check/survival/sets.ts';
import { survivalSetsText } from '../check/survival/sets-text.ts';
import { domainsOf, type Survival, survivalOf } from '../check/survival/survival.ts';
import { survivalText } from '../check/survival/text.ts';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import { isError } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import { planError, readPlan } from './load-plan.ts';
import type { Services } from './services.ts';

interface Judged {
  /** False when something is lost for good, or not known, or the plan contradicts itself. */
  readonly ok: boolean;
  /** Errors in the plan: what it says of itself may be wrong where they are. */
  readonly planErrors: number;
  text(): string;
}
export type SurvivalResult = (Judged & Survival) | (Judged & SurvivalSets);

/**
 * Says what is left after the loss of domains; without any, which losses the plan cannot get over. Needs a plan that can be read: in the
 * night of the loss a plan with faults is better than none.
 */
export function survive(lose: readonly string[], services: Services): SurvivalResult {
  const { loaded } = readPlan(services, 'check');
  const wrong = loaded.findings.filter(isError);
  if (!loaded.ok) throw planError('PLAN_INVALID', wrong);
  const { plan } = loaded;
  const facts = { now: services.clock.now(), actions: services.actions, outputsUsed: loaded.outputsUsed };
  const judged = <R>(result: R, ok: boolean, text: string): R & Judged => ({
    ok: ok && wrong.length === 0,
    planErrors: wrong.length,
    ...result,
    text: () => `${text}${warning(wrong.length)}`,
  });
  if (lose.length === 0) {
    const sets = survivalSets(plan);
    const ok = sets.notKnown.length === 0 && !sets.sets.some(({ domains }) => domains.length === 1);
    return judged(sets, ok, survivalSetsText(plan, sets));
  }
  const survival = survivalOf(plan, lostDomains(plan, lose), facts);
  return judged(survival, survival.recoverable, survivalText(plan, survival));
}

const warning = (errors: number): string =>
  errors === 0
    ? ''
    : `\n\nThe plan contradicts itself in ${errors} ${errors === 1 ? 'place' : 'places'}, so this may be wrong.\nSee: lifeboat check`;

/** The domains that were typed, without those that go with another one. Throws USAGE for what the plan does not know. */
function lostDomains(plan: Plan, lose: readonly string[]): readonly string[] {
  const typed = [...new Set(lose.flatMap((words) => words.split(',')).map((word) => word.trim()))];
  const known = domainsOf(plan);
  for (const domain of typed) if (!known.includes(domain)) throw unknownDomain(domain, known);
  return typed.filter((one) => !typed.some((other) => other !== one && isLost(one, [other])));
}

function unknownDomain(domain: string, known: readonly string[]): KnownError {
  if (known.length === 0)
    return new KnownError(
      'USAGE',
      'the plan names no domains',
      'Name them under domains: and say in components what lives where.',
    );
  const meant = nearestOf(domain, known);
  const message = domain === '' ? '--lose names an empty domain' : `the plan has no domain "${domain}"`;
  return new KnownError('USAGE', message, meant ? `Did you mean ${meant}?` : `One of: ${known.join(', ')}.`);
}
