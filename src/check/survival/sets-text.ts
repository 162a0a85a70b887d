import type { Plan } from '../../model/plan.ts';
import { listed, paragraph, row, section } from './lines.ts';
import { type FatalSet, MOST_DOMAINS, type SurvivalSets } from './sets.ts';

/** What the plan cannot get over, the worst first. */
export function survivalSetsText(plan: Plan, result: SurvivalSets): string {
  const { withoutCopy, notKnown, sets, withstand, carryOut } = result;
  return [
    ...paragraph(headline(result)),
    ...section(
      'Nothing copies these',
      withoutCopy.flatMap((name) => row(name, plan.components[name]?.domain ?? 'nothing says where it lives')),
    ),
    ...section(
      'Not known',
      notKnown.flatMap(({ component, why }) => row(component, why)),
    ),
    ...SIZES.flatMap(({ size, heading }) =>
      setLines(
        plan,
        heading,
        sets.filter(({ domains }) => domains.length === size),
      ),
    ),
    ...section(`No ${MOST_DOMAINS} domains at once make these unrecoverable`, listed(withstand)),
    ...section('Without these the plan cannot be carried out', [
      ...carryOut.flatMap(({ domains, why }) => row(domains.join(' + '), why)),
      ...(plan.repository ? [] : paragraph('It names no repository of backups: no run can begin.', '  ')),
      ...(plan.repository && plan.repository.domain === undefined
        ? paragraph('Nothing says where the repository of backups is (repository.domain).', '  ')
        : []),
      ...(plan.plan.kept_in.length > 0
        ? []
        : paragraph('Nothing says where this plan and the program are at hand (plan.kept_in).', '  ')),
      ...(plan.repository === undefined || plan.repository.identity_in.length > 0
        ? []
        : paragraph('Nothing says where the private key is kept (repository.identity_in).', '  ')),
    ]),
  ].join('\n');
}

const SIZES = [
  { size: 1, heading: 'Lost with one domain' },
  { size: 2, heading: 'Lost with two domains at once' },
  { size: 3, heading: 'Lost with three domains at once' },
];

function headline({ judged, sets, notKnown }: SurvivalSets): string {
  if (judged === 0) return 'No component of this plan keeps data.';
  const keep = judged === 1 ? '1 component keeps data' : `${judged} components keep data`;
  const fatal = new Set(sets.filter(({ domains }) => domains.length === 1).flatMap(({ components }) => components))
    .size;
  const unsure = notKnown.length === 0 ? '' : ` Of ${notKnown.length} the plan leaves something out.`;
  if (fatal === 0) return `${keep}. No single domain takes any of them for good.${unsure}`;
  return `${keep}. ${fatal} of them ${fatal === 1 ? 'is' : 'are'} lost for good with a single domain.${unsure}`;
}

/** More lines of one kind nobody reads; --json has them all. */
const MOST_SETS = 12;

function setLines({ domains: known }: Plan, heading: string, sets: readonly FatalSet[]): readonly string[] {
  const shown = sets
    .slice(0, MOST_SETS)
    .flatMap(({ domains, components }) => [
      ...paragraph(
        domains.map((one) => (domains.length === 1 && known[one] ? `${one}: ${known[one].title}` : one)).join(' + '),
        '  ',
      ),
      ...paragraph(components.join(', '), '      '),
    ]);
  const left = sets.length - MOST_SETS;
  return section(heading, left > 0 ? [...shown, `  and ${left} more, see --json`] : shown);
}
