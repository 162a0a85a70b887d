import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { keptOf, type Measurement, MeasurementRecord, samplesIn } from '../document/measurement.ts';
import { KnownError } from '../model/errors.ts';
import { type MeasuredSteps, measuredSteps } from '../model/measured.ts';
import type { Plan } from '../model/plan.ts';
import type { JournalEvent, RunOrigin } from '../model/run.ts';
import { stepLengths } from '../model/step-lengths.ts';
import { findState } from './find-plan.ts';
import { type RunResult, resultOf } from './run-result.ts';
import type { Services } from './services.ts';
import { replaceFile } from './write-file.ts';

/** `lifeboat.measured.json` beside `lifeboat.yaml`: it is committed with the plan, so that every machine makes the same document. */
export const measuredFile = (plan: string): string =>
  join(dirname(plan), `${basename(plan).replace(/\.ya?ml$/, '')}.measured.json`);

/** What is on record beside the plan; undefined when no record is kept. Throws PLAN_INVALID when it cannot be read. */
export function readMeasured(plan: string): readonly Measurement[] | undefined {
  const file = measuredFile(plan);
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const { data } = MeasurementRecord.safeParse(parsed(text));
  if (!data)
    throw new KnownError(
      'PLAN_INVALID',
      `${file} is no record of measured runs`,
      'Get it back from the repository, or delete it and make a new one with: lifeboat docs --measured',
    );
  return keptOf(data.runs);
}

/** Adds the runs that are kept here to the record beside the plan. What other machines measured stays. */
export async function recordMeasured(plan: string, planName: string, services: Services): Promise<Recorded> {
  const known = readMeasured(plan) ?? [];
  const here = await runsHere(planName, services);
  const runs = keptOf([...known.filter(({ run }) => here.every((one) => one.run !== run)), ...here]);
  const record: MeasurementRecord = { lifeboat_measured: 1, runs: [...runs] };
  replaceFile(measuredFile(plan), `${JSON.stringify(record, null, 2)}\n`);
  const before = new Set(known.map(({ run }) => run));
  return { file: measuredFile(plan), runs: runs.length, added: runs.filter(({ run }) => !before.has(run)).length };
}

/** What a record holds after runs were added to it. */
export interface Recorded {
  readonly file: string;
  readonly runs: number;
  readonly added: number;
}

/** How long the steps of a plan took, as the record beside it tells. Throws PLAN_INVALID when that cannot be read. */
export const measuredOf = (file: string, plan: Plan): MeasuredSteps =>
  measuredSteps(plan, samplesIn(readMeasured(file) ?? []));

/** The same for a recovery, which nothing that is wrong with a record may stop: then the plan's own numbers count. */
export function measuredForRun(file: string, plan: Plan, scenario: string): Pick<RunOrigin, 'measured'> {
  try {
    const steps = measuredOf(file, plan).get(scenario);
    return steps === undefined || steps.size === 0 ? {} : { measured: Object.fromEntries(steps) };
  } catch (error) {
    if (error instanceof KnownError) return {};
    throw error;
  }
}

const OVER = new Set(['succeeded', 'failed', 'canceled']);

/** The runs of this plan that are over; a state folder may hold those of others too. */
async function runsHere(planName: string, services: Services): Promise<readonly Measurement[]> {
  const journal = services.journal(findState(services));
  const over = (await journal.runs()).filter(({ status }) => OVER.has(status));
  const found: Measurement[] = [];
  for (const { id } of over) {
    const events = await journal.events(id);
    const [first] = events;
    if (first?.type === 'run.created' && nameIn(first.plan) === planName)
      found.push(...measurementOf(resultOf(events), events, first.planHash));
  }
  return found;
}

function nameIn(plan: { readonly plan?: unknown }): unknown {
  return typeof plan.plan === 'object' && plan.plan !== null && 'name' in plan.plan ? plan.plan.name : undefined;
}

function measurementOf(result: RunResult, events: readonly JournalEvent[], plan_hash: string): readonly Measurement[] {
  const { run, scenario, environment, status, ended_at, rto_seconds, rto_met, rpo_seconds, rpo_met, loss } = result;
  const { time_to, detect_met, human_wait_seconds } = result;
  if (ended_at === undefined) return [];
  const steps = stepLengths(events);
  return [
    {
      run,
      scenario,
      environment,
      ended_at,
      status,
      ...(rto_seconds === undefined ? {} : { rto_seconds }),
      ...(rto_met === undefined ? {} : { rto_met }),
      ...(rpo_seconds === undefined ? {} : { rpo_seconds }),
      ...(rpo_met === undefined ? {} : { rpo_met }),
      ...(loss?.lost === undefined ? {} : { lost: loss.lost }),
      ...(time_to.detect_seconds === undefined ? {} : { detect_seconds: time_to.detect_seconds }),
      ...(detect_met === undefined ? {} : { detect_met }),
      human_wait_seconds,
      plan_hash,
      ...(steps.length === 0 ? {} : { steps: [...steps] }),
    },
  ];
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KnownError(
      'USAGE',
      `${file} cannot be read: ${(error as Error).message}`,
      'It holds what runs have measured. Make it readable, or move it away.',
      error,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
