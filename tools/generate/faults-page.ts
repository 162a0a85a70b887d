import { companies, isFound, type JudgedFault, judgeFaults } from '../faults.ts';
import { madeFrom, page, table } from './markdown.ts';

/** The page that says which of the known faults of the example documents `check` finds. */
export function faultsPage(): string {
  const all = companies.flatMap(judgeFaults);
  return page([
    madeFrom('examples/*/faults.yaml'),
    '# What check finds in five documents',
    'Each of the five example companies has a recovery document that people wrote, kept in `as-written.yaml` with its faults. Beside it stands\n' +
      'the list of what people who know these systems found wrong with it. This page says which of that `lifeboat check` finds, without\n' +
      'credentials and in a moment, and what it does not find, and why. Faults that begin with X are missing from several documents at once.',
    table(
      ['document', 'faults found', 'of the certain ones', 'of the critical ones'],
      [
        ...companies.map((company) =>
          sums(
            company,
            all.filter((one) => one.company === company),
          ),
        ),
        sums('**all**', all),
      ],
    ),
    ...companies.flatMap((company) => [`## ${company}`, section(all.filter((one) => one.company === company))]),
  ]);
}

function sums(name: string, faults: readonly JudgedFault[]): readonly string[] {
  const certain = faults.filter(({ fault }) => fault.certainty === 'certain');
  const critical = faults.filter(({ fault }) => fault.severity === 'critical');
  return [name, share(faults), share(certain), share(critical)];
}

function share(faults: readonly JudgedFault[]): string {
  const found = faults.filter(isFound).length;
  return `${found} of ${faults.length} (${Math.floor((100 * found) / Math.max(1, faults.length))} %)`;
}

const section = (faults: readonly JudgedFault[]): string =>
  table(
    ['fault', 'severity', 'what is wrong', 'found'],
    faults.map((one) => [one.fault.id, one.fault.severity, one.fault.what, verdict(one)]),
  );

function verdict({ fault, unseen }: JudgedFault): string {
  if ('missed' in fault) return `not found: ${fault.missed}`;
  const rules = [...new Set(fault.found.map(({ rule }) => `[${rule}](rules.md#${rule})`))].join(', ');
  return unseen.length > 0 ? `not found by ${rules}` : `${rules} at \`${fault.found[0]?.at}\``;
}
