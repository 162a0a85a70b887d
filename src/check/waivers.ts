import type { Finding, Place, PlanPath } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';

/** What a rule found, and the paths by which a waiver may name it. */
export interface Judged {
  readonly paths: readonly string[];
  readonly finding: Finding;
}

type Waiver = Plan['waivers'][number];
type Written = { readonly plan: Plan; place(path: PlanPath): Place };

/** Turns what is waived into information that stays visible; an expired waiver is an error, one that waives nothing a warning. */
export function applyWaivers(judged: readonly Judged[], { plan, place }: Written, now: Date): Finding[] {
  const today = now.toISOString().slice(0, 10);
  const findings = judged.map((one) => {
    const waiver = plan.waivers.find((candidate) => candidate.expires > today && covers(candidate, one));
    return waiver ? waived(one.finding, waiver) : one.finding;
  });
  const faults = plan.waivers.flatMap((waiver, index) => {
    const used = judged.some((one) => covers(waiver, one));
    return faultOf(waiver, used, today, place(['waivers', index, waiver.expires > today ? 'rule' : 'expires']));
  });
  return [...findings, ...faults];
}

/** A waiver covers its path and all below it. */
const covers = ({ rule, at }: Waiver, { paths, finding }: Judged): boolean =>
  rule === finding.rule && paths.some((path) => path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`));

const waived = (finding: Finding, { reason, owner, expires }: Waiver): Finding => ({
  ...finding,
  level: 'info',
  message: `${finding.message} (waived until ${expires} by ${owner}: ${reason})`,
});

function faultOf(waiver: Waiver, used: boolean, today: string, at: Place): Finding[] {
  const what = `the waiver of ${waiver.rule} at ${waiver.at}`;
  if (waiver.expires <= today)
    return [
      {
        rule: 'waiver-expired',
        level: 'error',
        at,
        message: `${what} expired on ${waiver.expires}`,
        hint: used
          ? 'Mend what it excuses, or decide again and write a new day.'
          : 'What it excused is mended: remove the waiver.',
      },
    ];
  if (used) return [];
  const hint = 'Remove it, or correct its rule and path. Findings of rules that begin with "plan." cannot be waived.';
  return [{ rule: 'waiver-unused', level: 'warning', at, message: `${what} excuses nothing`, hint }];
}
