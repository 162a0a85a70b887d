import type { Component, Plan } from '../../model/plan.ts';
import { isLost } from '../losses.ts';
import type { CheckFacts } from '../rule.ts';
import { type ComponentsFate, componentsFate } from './components.ts';
import { storedCopies } from './copies.ts';
import { type ChannelFate, channelFates, type PeopleFate, peopleFate } from './people.ts';
import { type ScenarioFate, scenarioFates } from './scenarios.ts';
import { withParents } from './sets.ts';
import { type ToolFate, toolFate } from './tool.ts';

/** What is left when domains are lost, and what can still be done. What `--json` prints. */
export interface Survival {
  readonly lost: readonly string[];
  /** Further domains of the plan that are lost with them. */
  readonly lostWith: readonly string[];
  /** False when something that keeps data cannot be recovered, or nobody knows. */
  readonly recoverable: boolean;
  readonly components: ComponentsFate;
  readonly channels: readonly ChannelFate[];
  readonly people: PeopleFate;
  readonly tool: ToolFate;
  /** The one that fits this loss best comes first. */
  readonly scenarios: readonly ScenarioFate[];
}

/** Says what the loss of domains takes away, and what each scenario could still do. */
export function survivalOf(plan: Plan, lost: readonly string[], facts: CheckFacts): Survival {
  const components = componentsFate(plan, lost);
  const tool = toolFate(plan, lost);
  const people = peopleFate(plan, lost);
  const missed = components.gone.some(({ data }) => data === 'lost' || data === 'unknown');
  return {
    lost,
    lostWith: Object.keys(plan.domains).filter((name) => isLost(name, lost) && !lost.includes(name)),
    recoverable: !missed && components.notKnown.length === 0,
    components,
    channels: channelFates(plan, lost),
    people,
    tool,
    scenarios: scenarioFates({
      plan,
      lost,
      facts,
      gone: [...components.gone, ...components.notKnown],
      down: components.down.map(({ component }) => component),
      tool,
      away: people.people,
    }),
  };
}

/** Every domain that can be lost: what the plan names, and what that is part of. */
export function domainsOf(plan: Plan): readonly string[] {
  const used = Object.keys(plan.components).flatMap((name) => {
    const { domain, also_in } = plan.components[name] as Component;
    const copies = storedCopies(plan, name).flatMap(({ home, key }) => [...home, ...(key === undefined ? [] : [key])]);
    return [...(domain === undefined ? [] : [domain]), ...also_in, ...copies];
  });
  return [...new Set([...Object.keys(plan.domains), ...used].flatMap(withParents))].sort();
}
