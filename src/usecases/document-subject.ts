import { basename, dirname, relative, resolve } from 'node:path';
import { check } from '../check/check.ts';
import { scenarioSums } from '../check/scenario-sums.ts';
import { samplesIn } from '../document/measurement.ts';
import type { Subject } from '../document/subject.ts';
import type { Finding } from '../model/finding.ts';
import { countedIn, samplesOf } from '../model/measured.ts';
import type { Plan } from '../model/plan.ts';
import type { LoadedPlan } from '../plan/load.ts';
import type { ReadPlan } from './load-plan.ts';
import { readMeasured } from './measured-runs.ts';
import type { Services } from './services.ts';

/** Variables are not read for a document, so that one is not set says nothing about the plan. */
const NOT_SET = 'plan.environment-variable';

/** All that a document of a plan is made of. Nothing of it depends on the hour, the machine or the folder one stands in. */
export function documentSubject({ file }: ReadPlan, loaded: LoadedPlan, { actions, cwd }: Services): Subject {
  const { plan, environment, hash } = loaded;
  const judgedOn = newestDay(plan);
  const measured = readMeasured(file);
  const steps = samplesOf(plan, samplesIn(measured ?? []));
  const facts = {
    now: new Date(judgedOn ?? 0),
    actions,
    outputsUsed: loaded.outputsUsed,
    measured: countedIn(steps),
  };
  const findings = check(loaded, facts).map((one) => ({ ...one, at: { ...one.at, file: besidePlan(file, one, cwd) } }));
  return {
    plan,
    environment,
    hash,
    planFile: basename(file),
    actions,
    findings: findings.filter(({ rule }) => rule !== NOT_SET),
    notKnown: findings.filter(({ rule }) => rule === NOT_SET).map(({ message }) => message),
    ...(judgedOn === undefined ? {} : { judgedOn }),
    ...(measured ? { measured } : {}),
    measuredSteps: steps,
    sums: (name) => scenarioSums(plan, name, facts),
  };
}

/** Findings name files as one who stands in `cwd` writes them; a document names them as seen from the plan. */
const besidePlan = (plan: string, { at }: Finding, cwd: string): string =>
  relative(dirname(plan), resolve(cwd, at.file));

/** The newest day of which the plan says that something happened on it. What is planned for later days does not count. */
function newestDay({ plan, drills, tasks }: Plan): string | undefined {
  const days = [
    plan.updated,
    plan.review?.last,
    ...plan.changes.map(({ on }) => on),
    ...Object.values(drills).map(({ last }) => last),
    ...Object.values(tasks).map(({ last }) => last),
  ];
  return days
    .filter((day) => day !== undefined && day !== 'never')
    .sort()
    .at(-1);
}
