import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../lib/json.ts';
import { type Finding, isError, type Place, type PlanPath } from '../model/finding.ts';
import type { OutputUse } from '../model/output-use.ts';
import type { Plan } from '../model/plan.ts';
import { contradictions } from './contradictions.ts';
import { forEnvironment, originsOf } from './environment.ts';
import type { EnvironmentVariables } from './expressions.ts';
import { type Problem, toFinding } from './problem.ts';
import { type IncludeReader, readPlanFiles } from './read-files.ts';
import type { ReadPlan } from './read-yaml.ts';
import { resolvePlan } from './resolve.ts';
import { outputsUsed } from './runbook-expressions.ts';
import { type Shaped, shapePlan } from './schema-problems.ts';
import { shapeWithStandIns } from './stand-ins.ts';

export interface LoadRequest {
  /** How the file is named in findings. */
  readonly file: string;
  readonly text: string | Uint8Array;
  /** Reads the files that the plan includes. Without it a plan that includes any cannot be used. */
  readonly readInclude?: IncludeReader;
  readonly env: EnvironmentVariables;
  /** Default: the first environment of the plan. */
  readonly environment?: string;
  /** check: a variable that is not set is a warning. run: it is an error, and so is every contradiction. */
  readonly mode: 'check' | 'run';
}

/** A plan that was read, resolved for one environment. In mode `check` it may still contradict itself: see its findings. */
export interface LoadedPlan {
  readonly ok: true;
  readonly file: string;
  readonly plan: Plan;
  /** As written: expressions unresolved, environments not laid over. */
  readonly source: JsonObject;
  /** sha256 of the canonical JSON of `plan`. */
  readonly hash: string;
  readonly environment: string;
  readonly findings: readonly Finding[];
  /** Which outputs of earlier steps the runbooks rely on. */
  readonly outputsUsed: readonly OutputUse[];
  /** Where a value is written; with `within`, where that character of a text is. */
  place(path: PlanPath, within?: number): Place;
}

/** A plan that cannot be used; at least one finding is an error. */
export interface UnusablePlan {
  readonly ok: false;
  readonly file: string;
  readonly findings: readonly Finding[];
}

/** Reads a plan for one environment. What the author got wrong comes back as findings, all of it at once, never as an exception. */
export function loadPlan(request: LoadRequest): LoadedPlan | UnusablePlan {
  return planFrom(readPlanFiles(request), request);
}

/** The same for what was read already. */
export function planFrom(read: ReadPlan, request: Omit<LoadRequest, 'text'>): LoadedPlan | UnusablePlan {
  if (!read.source) return unusable(request, read.findings);
  const chosen = forEnvironment(read.source, request.environment);
  const resolved = resolvePlan(chosen.merged, request);
  const written = writtenIn(read, chosen.environment);
  const place = (path: PlanPath, atKey?: boolean): Place => read.place(written(path), atKey);
  const shaped = shape(resolved.value, request.mode);
  const problems = [
    ...chosen.problems,
    ...(shaped.plan
      ? [...resolved.problems, ...contradictions(shaped.plan)]
      : oneForEachPlace(resolved.problems, shaped.problems)),
  ];
  const findings = problems.map((problem) => toFinding(problem, place));
  const refused = chosen.problems.length > 0 || (request.mode === 'run' && findings.some(isError));
  if (!shaped.plan || refused) return unusable(request, findings);
  return {
    ok: true,
    file: request.file,
    plan: shaped.plan,
    source: read.source,
    hash: hashOf(shaped.plan),
    environment: chosen.environment,
    findings,
    outputsUsed: outputsUsed(shaped.plan),
    place: (path, within) => (within === undefined ? place(path) : read.placeWithin(written(path), within)),
  };
}

const unusable = ({ file }: Pick<LoadRequest, 'file'>, findings: readonly Finding[]): UnusablePlan => ({
  ok: false,
  file,
  findings,
});

/** A value that could not be worked out is not of the right form either: that is said once, and it is what keeps the plan from being used. */
function oneForEachPlace(unresolved: readonly Problem[], misshapen: readonly Problem[]): readonly Problem[] {
  const at = ({ path }: Problem): string => JSON.stringify(path);
  const known = new Set(unresolved.map(at));
  const doubled = new Set(misshapen.map(at).filter((place) => known.has(place)));
  return [
    ...unresolved.map((problem) => (doubled.has(at(problem)) ? { ...problem, level: 'error' as const } : problem)),
    ...misshapen.filter((problem) => !doubled.has(at(problem))),
  ];
}

const shape = (data: JsonObject, mode: LoadRequest['mode']): Shaped =>
  mode === 'check' ? shapeWithStandIns(data) : shapePlan(data);

/** What differs in an environment is found where that environment says it. */
const writtenIn =
  (read: ReadPlan, environment: string): ((path: PlanPath) => PlanPath) =>
  (path) =>
    originsOf(path, environment).find((origin) => read.has(origin)) ?? path;

/** Two plans that mean the same for an environment have the same hash, however they are written. */
const hashOf = (plan: Plan): string =>
  createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(plan)) as JsonObject))
    .digest('hex');
