import type { Plan } from '../../model/plan.ts';
import { withFallbacks } from '../channels.ts';
import { isLost } from '../losses.ts';
import { reachOf } from '../reach.ts';

export interface ChannelFate {
  readonly channel: string;
  /** Null when the plan does not say where it lives: then nobody knows whether it works. */
  readonly domain: string | null;
  /** What to take instead; null when nothing is left that surely works. */
  readonly instead: string | null;
}

export interface PeopleFate {
  /** Lost domains that people sign in through. */
  readonly signIn: readonly string[];
  /** People who are lost with a domain of kind person, or whose access is. */
  readonly people: readonly string[];
  /** Roles whose last reachable people are among them. */
  readonly roles: readonly string[];
}

/** The channels that are lost, and those of which nobody knows. */
export function channelFates(plan: Plan, lost: readonly string[]): readonly ChannelFate[] {
  return Object.entries(plan.channels).flatMap(([channel, { domain }]) =>
    domain !== undefined && !isLost(domain, lost)
      ? []
      : [{ channel, domain: domain ?? null, instead: channelLeft(plan, channel, lost).channel ?? null }],
  );
}

/** The first of a channel and its fallbacks that surely works; without one, whether there is one of which nobody knows. */
export function channelLeft(
  plan: Plan,
  first: string,
  lost: readonly string[],
): { readonly channel?: string; readonly unsure: boolean } {
  const chain = withFallbacks(plan, first).map((name) => ({ name, domain: plan.channels[name]?.domain }));
  const alive = chain.find(({ domain }) => domain !== undefined && !isLost(domain, lost));
  return alive ? { channel: alive.name, unsure: false } : { unsure: chain.some(({ domain }) => domain === undefined) };
}

/** Who cannot be reached or cannot sign in. */
export function peopleFate(plan: Plan, lost: readonly string[]): PeopleFate {
  const places = personDomains(plan);
  const people = [...places].filter(([, domains]) => domains.some((one) => isLost(one, lost))).map(([name]) => name);
  const roles = Object.keys(plan.roles).filter((role) => {
    const { people: all, vendor } = reachOf(plan, role);
    return all.length > 0 && vendor === undefined && all.every((name) => people.includes(name));
  });
  const signIn = Object.entries(plan.domains).flatMap(([name, { kind }]) =>
    kind === 'identity' && isLost(name, lost) ? [name] : [],
  );
  return { signIn, people, roles };
}

/** By person, the domains they are lost with: what they sign in through, and those of kind person whose path ends in their name. */
export function personDomains(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [name, { signs_in_through }] of Object.entries(plan.people))
    if (signs_in_through.length > 0) found.set(name, signs_in_through);
  for (const [domain, { kind }] of Object.entries(plan.domains)) {
    const person = domain.split('/').at(-1) as string;
    if (kind === 'person' && Object.hasOwn(plan.people, person))
      found.set(person, [...(found.get(person) ?? []), domain]);
  }
  return found;
}
