import type { AnyAction } from '../actions/action.ts';
import type { ScenarioSums } from '../check/scenario-sums.ts';
import type { Finding } from '../model/finding.ts';
import type { MeasuredSteps } from '../model/measured.ts';
import type { Plan } from '../model/plan.ts';
import type { Measurement } from './measurement.ts';

/** All that a document is made of: the plan, what `check` makes of it, and what runs measured. */
export interface Subject {
  readonly plan: Plan;
  readonly environment: string;
  readonly hash: string;
  /** Name of the plan's file, as one writes it beside it. */
  readonly planFile: string;
  readonly actions: ReadonlyMap<string, AnyAction>;
  readonly findings: readonly Finding[];
  /** The day findings were judged on; absent when the plan tells of no day. */
  readonly judgedOn?: string;
  /** What the plan takes from environment variables without a default, so that this document cannot know it. */
  readonly notKnown: readonly string[];
  /** Absent when no record is kept beside the plan: then nothing is known, not even that nothing was measured. */
  readonly measured?: readonly Measurement[];
  /** How long steps took in earlier runs, however few those were. */
  readonly measuredSteps: MeasuredSteps;
  sums(scenario: string): ScenarioSums;
}

/** Anchors are made of names, which are unique and stay when titles change. */
export const anchors = {
  now: 'now',
  signs: 'signs',
  severities: 'severities',
  contacts: 'contacts',
  order: 'order-to-call',
  scenarios: 'scenarios',
  scenario: (name: string) => `scenario.${name}`,
  part: (name: string, part: string) => `scenario.${name}.${part}`,
  step: (name: string, step: string) => `scenario.${name}.step.${step}`,
  role: (name: string) => `role.${name}`,
  severity: (name: string) => `severity.${name}`,
  component: (name: string) => `component.${name}`,
  domain: (name: string) => `domain.${name}`,
  channel: (name: string) => `channel.${name}`,
  vendor: (name: string) => `vendor.${name}`,
  template: (name: string) => `template.${name}`,
  drill: (name: string) => `drill.${name}`,
  findings: 'findings',
} as const;

/** A scenario as it is called in the document: with a number, by which it is found on paper, where nothing can be clicked. */
export function scenarioTitle({ scenarios }: Plan, name: string): string {
  const number = Object.keys(scenarios).indexOf(name) + 1;
  return `${number} · ${scenarios[name]?.title ?? name}`;
}
