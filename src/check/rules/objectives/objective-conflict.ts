import type { Plan } from '../../../model/plan.ts';
import { alsoDown, lostComponents } from '../../losses.ts';
import { componentPromise, OBJECTIVE_KINDS, type Promised, promiseIn, scenarioPromise } from '../../promises.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** Promises that depend on each other may not exclude each other. */
export const objectiveConflict: Rule = {
  id: 'objective-conflict',
  level: 'error',
  title: 'No promise is broken by another promise',
  why: 'A component serves again when what it needs serves again, so it can promise no more than that. A scenario that may take longer than a lost component allows breaks the promise of that component, whether it is written at the component, its class or the whole plan. And no data is kept better than what it is kept in. A scenario may promise more than a component does: it is one loss of many, perhaps a light one.',
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
  judge: (plan) => [
    ...needsConflicts(plan),
    ...scenarioConflicts(plan),
    ...dataConflicts(plan),
    ...classConflicts(plan),
  ],
};

function needsConflicts(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.components).flatMap(([name, { needs, stateless }]) =>
    needs.flatMap((needed) =>
      OBJECTIVE_KINDS.flatMap((kind) => {
        // What keeps nothing can promise that it loses nothing.
        if (kind === 'rpo' && stateless) return [];
        return conflict(componentPromise(plan, name, kind), componentPromise(plan, needed, kind), (strict, loose) => ({
          at: strict,
          other: loose,
          message: `${name} promises an ${kind.toUpperCase()} of ${strict.text}, and needs ${needed}, which promises ${loose.text}`,
        }));
      }),
    ),
  );
}

function scenarioConflicts(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.scenarios).flatMap(([name, scenario]) => {
    const lost = lostComponents(plan, scenario);
    const told = new Set<string>();
    return [...lost, ...alsoDown(plan, lost).map((one) => one.name)].flatMap((one) =>
      OBJECTIVE_KINDS.flatMap((kind) => {
        if (kind === 'rpo' && (!lost.includes(one) || plan.components[one]?.stateless)) return [];
        const strict = componentPromise(plan, one, kind);
        // A promise of a class or of the whole plan is said once, not for each of its components.
        const general = strict && strict.path[0] !== 'components' ? strict.path.join('.') : undefined;
        if (general !== undefined && told.has(general)) return [];
        const role = lost.includes(one) ? 'which is lost in it' : 'which cannot serve then';
        return conflict(strict, scenarioPromise(plan, name, kind), (tight, loose) => {
          if (general !== undefined) told.add(general);
          const message = `${name} may have an ${kind.toUpperCase()} of ${loose.text}, and ${one}, ${role}, promises ${tight.text}`;
          return { at: loose, other: tight, message };
        });
      }),
    );
  });
}

function dataConflicts(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.data).flatMap(([name, { objectives, in: kept }]) =>
    kept.flatMap((component) =>
      OBJECTIVE_KINDS.flatMap((kind) => {
        const data = promiseIn(objectives, ['data', name, 'objectives'], kind);
        const home = componentPromise(plan, component, kind);
        const tighter = conflict(data, home, (strict, loose) => ({
          at: strict,
          other: loose,
          message: `the data ${name} promises an ${kind.toUpperCase()} of ${strict.text}, and is kept in ${component}, which promises ${loose.text}`,
        }));
        // Data may be worth less than its neighbours, but it is down exactly as long as what it is kept in.
        const twice =
          kind === 'rpo'
            ? []
            : conflict(home, data, (strict, loose) => ({
                at: loose,
                other: strict,
                message: `the data ${name} promises an RTO of ${loose.text}, and ${component}, in which it is kept, ${strict.text}: two times for one thing`,
              }));
        return [...tighter, ...twice.map((one) => ({ ...one, level: 'warning' as const }))];
      }),
    ),
  );
}

/** A component may be held to more than its class, never to less without saying so. */
function classConflicts(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.components).flatMap(([name, { class: group, objectives }]) => {
    const ofClass = group === undefined || !Object.hasOwn(plan.classes, group) ? undefined : plan.classes[group];
    return OBJECTIVE_KINDS.flatMap((kind) =>
      conflict(
        promiseIn(ofClass?.objectives, ['classes', String(group), 'objectives'], kind),
        promiseIn(objectives, ['components', name, 'objectives'], kind),
        (strict, loose) => ({
          at: loose,
          other: strict,
          message: `${name} promises an ${kind.toUpperCase()} of ${loose.text}, and its class ${group} promises ${strict.text}`,
        }),
      ),
    );
  });
}

interface Conflict {
  readonly at: Promised;
  readonly other: Promised;
  readonly message: string;
}

/** Complains where the one that must not be looser is. Only promises that can be compared contradict each other. */
function conflict(
  strict: Promised | undefined,
  loose: Promised | undefined,
  say: (strict: Promised, loose: Promised) => Conflict,
): readonly Complaint[] {
  if (strict?.limit === undefined || loose?.limit === undefined || loose.limit <= strict.limit) return [];
  const { at, other, message } = say(strict, loose);
  const hint = 'Decide which of the two holds, and write it in both places.';
  return [{ path: at.path, message, hint, related: [{ path: other.path, message: 'the other promise' }] }];
}
