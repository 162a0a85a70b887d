import { check } from '../check/check.ts';
import { samplesIn } from '../document/measurement.ts';
import { isJsonObject, type Json } from '../lib/json.ts';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import { isError, type Place, type PlanPath, pathText } from '../model/finding.ts';
import { ENOUGH_RUNS, type MeasuredSpan, samplesOf } from '../model/measured.ts';
import { effectiveObjective, type ObjectiveOf, type SaidObjective } from '../model/plan/effective.ts';
import { objectiveText, type Plan } from '../model/plan.ts';
import type { LoadedPlan } from '../plan/load.ts';
import { parsePath } from '../plan/parse-path.ts';
import { planError, readPlan } from './load-plan.ts';
import { readMeasured } from './measured-runs.ts';
import type { Services } from './services.ts';

/** A value of the plan and where it comes from. What `--json` prints. */
export interface Explained {
  readonly path: string;
  readonly environment: string;
  /** Absent when nothing says it, and when it holds a secret in clear. */
  readonly value?: Json;
  /** Why there is no value here. */
  readonly hidden?: string;
  /** written: it stands there. environment: what differs in this environment. default: nobody wrote it. effective: said elsewhere for it. */
  readonly origin: 'written' | 'environment' | 'default' | 'effective';
  /** The path that says it, where that is another one. */
  readonly from?: string;
  /** Where it is written; of what is not written, the nearest thing around it. */
  readonly at: Place;
  /** As it is written, where it was worked out from an expression. */
  readonly expression?: string;
  /** Other places that say something of it and do not hold. */
  readonly overridden?: readonly Overridden[];
  /** How long earlier runs took, where it is a step or what a step is expected to take. It counts when it is enough runs. */
  readonly measured?: MeasuredSpan & { readonly counts: boolean };
  /** What is promised for it, where it is something that objectives are for. */
  readonly objectives?: readonly Explained[];
}

export interface Overridden {
  readonly value: string;
  readonly from: string;
  readonly at: Place;
}

/** Says what the plan holds at a path and where that comes from. A plan with errors is explained too, as long as it can be read. */
export function explain(text: string, services: Services): Explained {
  const { file, loaded } = readPlan(services, 'check');
  if (!loaded.ok) throw planError('PLAN_INVALID', loaded.findings.filter(isError));
  const plan = loaded.plan;
  const asked = objectiveAsked(plan, text);
  if (asked) return explainObjective(loaded, asked.of, asked.kind);
  const found = parsePath(plan, text);
  if (found.path === undefined) throw nothingAt(text, found);
  const explained = { ...explainValue(loaded, found.path, services), ...measuredAt(plan, found.path, file) };
  const of = subjectOf(found.path);
  if (!of) return explained;
  const objectives = KINDS.filter((kind) => effectiveObjective(plan, of, kind)).map((kind) =>
    explainObjective(loaded, of, kind),
  );
  return { ...explained, objectives };
}

/** Of a procedure's step every scenario that uses it has numbers of its own; they are told with the scenario's own steps. */
function measuredAt(plan: Plan, path: PlanPath, file: string): Pick<Explained, 'measured'> {
  const [part, scenario, word, index, ...rest] = path;
  const isStep = part === 'scenarios' && word === 'steps' && index !== undefined;
  const isLength = rest.length === 0 || (rest.length === 1 && rest[0] === 'expect');
  if (!isStep || !isLength) return {};
  const step = plan.scenarios[String(scenario)]?.steps[Number(index)];
  const known = samplesOf(plan, samplesIn(readMeasured(file) ?? [])).get(String(scenario));
  const measured = step && known?.get(step.id);
  return measured ? { measured: { ...measured, counts: measured.n >= ENOUGH_RUNS } } : {};
}

const KINDS = ['rto', 'rpo'] as const;
type ObjectiveKind = (typeof KINDS)[number];
const SUBJECTS = { components: 'component', scenarios: 'scenario', data: 'data' } as const;

const isSubject = (part: unknown): part is keyof typeof SUBJECTS =>
  typeof part === 'string' && Object.hasOwn(SUBJECTS, part);

/** A path that ends in an objective of something, whether it is written there or not. `components.api.rto` will do. */
function objectiveAsked(plan: Plan, text: string): { of: ObjectiveOf; kind: ObjectiveKind } | undefined {
  const [, part, name, kind] = /^(\w+)\.([^.]+)(?:\.objectives)?\.(rto|rpo)$/.exec(text.trim()) ?? [];
  if (!isSubject(part) || name === undefined || !Object.hasOwn(plan[part], name)) return undefined;
  return { of: { [SUBJECTS[part]]: name }, kind: kind as ObjectiveKind };
}

const subjectOf = ([part, name, ...rest]: PlanPath): ObjectiveOf | undefined =>
  isSubject(part) && name !== undefined && rest.length === 0 ? { [SUBJECTS[part]]: String(name) } : undefined;

function explainObjective(loaded: LoadedPlan, of: ObjectiveOf, kind: ObjectiveKind): Explained {
  const path = pathOfSubject(of, kind);
  const found = effectiveObjective(loaded.plan, of, kind);
  if (!found)
    throw new KnownError(
      'USAGE',
      `nothing promises an ${kind.toUpperCase()} for ${pathText(path.slice(0, 2))}`,
      'An objective stands at the thing itself, at its class, or at the top of the plan, under objectives.',
    );
  const from = pathText(found.from);
  return {
    path: pathText(path),
    environment: loaded.environment,
    value: objectiveText(found.value),
    ...(from === pathText(path) ? {} : { from }),
    origin: from === pathText(path) ? originOf(loaded, found.from) : 'effective',
    at: loaded.place(found.from),
    overridden: found.overridden.map((one) => overriddenAt(loaded, one)),
  };
}

function pathOfSubject(of: ObjectiveOf, kind: ObjectiveKind): PlanPath {
  const [part, name] = Object.entries(SUBJECTS).flatMap(([whole, one]) =>
    of[one] === undefined ? [] : [whole, of[one]],
  );
  return [part ?? '', name ?? '', 'objectives', kind];
}

const overriddenAt = ({ place }: LoadedPlan, { value, from }: SaidObjective): Overridden => ({
  value: objectiveText(value),
  from: pathText(from),
  at: place(from),
});

function explainValue(loaded: LoadedPlan, path: PlanPath, services: Services): Explained {
  const { plan, environment, source, place } = loaded;
  const value = valueAt(plan as unknown as Json, path);
  const written = writtenAt(source, environment, path);
  const about = { path: pathText(path), environment, origin: originOf(loaded, path), at: place(path) };
  if (holdsSecret(loaded, about.path, services)) return { ...about, hidden: 'it holds a secret in clear' };
  return {
    ...about,
    ...(value === undefined ? {} : { value }),
    ...(typeof written === 'string' && written !== value ? { expression: written } : {}),
  };
}

/** Whether the value, something in it or something around it is a secret in clear: output ends up in logs. */
function holdsSecret(loaded: LoadedPlan, path: string, services: Services): boolean {
  const facts = { now: services.clock.now(), actions: services.actions };
  const within = (inner: string, outer: string) =>
    inner === outer || (/^[.[]/.test(inner.slice(outer.length)) && inner.startsWith(outer));
  return check(loaded, facts).some(
    ({ rule, path: at }) =>
      rule === 'literal-secret' && (at === undefined || path === '' || within(at, path) || within(path, at)),
  );
}

function originOf({ source, environment }: LoadedPlan, path: PlanPath): Explained['origin'] {
  if (valueAt(source, ['environments', environment, ...path]) !== undefined && path[0] === 'components')
    return 'environment';
  return valueAt(source, path) === undefined ? 'default' : 'written';
}

const writtenAt = (source: Json, environment: string, path: PlanPath): Json | undefined =>
  (path[0] === 'components' ? valueAt(source, ['environments', environment, ...path]) : undefined) ??
  valueAt(source, path);

function valueAt(value: Json, path: PlanPath): Json | undefined {
  return path.reduce<Json | undefined>((inner, part) => {
    if (Array.isArray(inner)) return inner[Number(part)];
    return isJsonObject(inner) && Object.hasOwn(inner, String(part)) ? inner[String(part)] : undefined;
  }, value);
}

function nothingAt(
  text: string,
  { before, rest, known }: { before: string; rest: string; known: readonly string[] },
): KnownError {
  const meant = nearestOf(rest, known);
  const prefix = before === '' ? '' : `${before}.`;
  const hint = meant
    ? `Did you mean ${prefix}${meant}?`
    : `${before === '' ? 'A plan' : before} has: ${known.join(', ') || 'nothing further'}.`;
  return new KnownError('USAGE', `the plan has nothing at ${text}`, hint);
}
