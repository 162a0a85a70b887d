import { reportChart } from '../check/reports/chart.ts';
import { type ScenarioSums, scenarioSums } from '../check/scenario-sums.ts';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import { isError } from '../model/finding.ts';
import { planError, readPlan } from './load-plan.ts';
import { measuredOf } from './measured-runs.ts';
import type { Services } from './services.ts';

export interface ScenarioChart extends ScenarioSums {
  text(): string;
}

/** Adds up what a scenario takes and loses, against what it promises. Needs a plan that can be read; other findings do not matter. */
export function chartScenario(name: string, services: Services): ScenarioChart {
  const { file, loaded } = readPlan(services, 'check');
  if (!loaded.ok) throw planError('PLAN_INVALID', loaded.findings.filter(isError));
  const names = Object.keys(loaded.plan.scenarios);
  if (!names.includes(name)) {
    const meant = nearestOf(name, names);
    const known = names.length === 0 ? 'The plan has none.' : `One of: ${names.join(', ')}.`;
    throw new KnownError('USAGE', `the plan has no scenario "${name}"`, meant ? `Did you mean ${meant}?` : known);
  }
  const facts = {
    now: services.clock.now(),
    actions: services.actions,
    outputsUsed: loaded.outputsUsed,
    measured: measuredOf(file, loaded.plan),
  };
  const sums = scenarioSums(loaded.plan, name, facts);
  return { ...sums, text: () => reportChart(sums) };
}
