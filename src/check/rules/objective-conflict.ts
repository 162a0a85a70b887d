import { parseDuration } from '../../lib/duration.ts';
import type { PlanPath } from '../../model/finding.ts';
import type { Objectives, Plan } from '../../model/plan.ts';
import type { Complaint, Rule } from '../rule.ts';

/** Promises that depend on each other may not exclude each other. */
export const objectiveConflict: Rule = {
  id: 'objective-conflict',
  level: 'error',
  title: 'No promise is broken by another promise',
  why: 'A component serves again when what it needs serves again, so it can promise no more than that. And a scenario that may take longer than a lost component allows breaks the promise of that component. A scenario may promise more than a component does: it is one loss of many, perhaps a light one.',
  bad: `
components:
  api: { objectives: { rto: 15m, rpo: 5m } }
  database: { objectives: { rto: 1h, rpo: 5m } }
`,
  good: `
components:
  api: { objectives: { rto: 1h, rpo: 5m } }
  database: { objectives: { rto: 1h, rpo: 5m } }
`,
  judge: (plan) => [...needsConflicts(plan), ...scenarioConflicts(plan)],
};

const KINDS = ['rto', 'rpo'] as const;

function needsConflicts({ components }: Plan): readonly Complaint[] {
  return Object.entries(components).flatMap(([name, { needs, objectives }]) =>
    needs.flatMap((needed) =>
      looser({
        strict: objectives,
        loose: components[needed]?.objectives,
        path: ['components', name, 'objectives'],
        say: (kind, strict, loose) =>
          `${name} promises an ${kind} of ${strict}, and needs ${needed}, which promises ${loose}`,
        other: ['components', needed, 'objectives'],
      }),
    ),
  );
}

function scenarioConflicts({ components, scenarios }: Plan): readonly Complaint[] {
  return Object.entries(scenarios).flatMap(([name, { loses, objectives }]) =>
    loses.flatMap((lost) =>
      looser({
        strict: components[lost]?.objectives,
        loose: objectives,
        path: ['scenarios', name, 'objectives'],
        say: (kind, strict, loose) =>
          `${name} may have an ${kind} of ${loose}, and ${lost}, which is lost in it, promises ${strict}`,
        other: ['components', lost, 'objectives'],
      }),
    ),
  );
}

interface Pair {
  readonly strict: Objectives | undefined;
  readonly loose: Objectives | undefined;
  readonly path: PlanPath;
  readonly other: PlanPath;
  say(kind: string, strict: string, loose: string): string;
}

/** Complains where the one that must not be looser is. */
function looser({ strict, loose, path, other, say }: Pair): readonly Complaint[] {
  if (!strict || !loose) return [];
  return KINDS.filter((kind) => (parseDuration(loose[kind]) ?? 0) > (parseDuration(strict[kind]) ?? 0)).map((kind) => ({
    path: [...path, kind],
    message: say(kind.toUpperCase(), strict[kind], loose[kind]),
    hint: 'Decide which of the two holds, and write it in both places.',
    related: [{ path: [...other, kind], message: 'the other promise' }],
  }));
}
