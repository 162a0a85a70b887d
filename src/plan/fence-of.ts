import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Fence, FencedName } from '../model/fence.ts';
import { SecretRef } from '../model/plan.ts';
import { forEnvironment } from './environment.ts';
import { type EnvironmentVariables, evaluatorWith, UnsetVariable } from './expressions.ts';
import type { LoadedPlan } from './load.ts';

/** How values of other environments are read, as far as that is possible here. */
export interface FenceReader {
  readonly env: EnvironmentVariables;
  /** Throws SECRET_MISSING. */
  secret(ref: SecretRef | string): string;
}

/** Shorter words stand in too many texts, and name nothing alone. */
const SHORTEST = 4;

/**
 * What a run of this environment must not touch: whatever the components of protected environments are known by. A component that the
 * environment binds itself is another one there; fields it leaves alone are then meant to be shared. Undefined when there is no fence:
 * the environment is protected itself, or no other one is.
 */
export function fenceOf({ plan, source, environment }: LoadedPlan, reader: FenceReader): Fence | undefined {
  const here = plan.environments[environment];
  const others = Object.keys(plan.environments).filter((name) => plan.environments[name]?.protected);
  if (!here || here.protected || others.length === 0) return undefined;
  const own = Object.keys(here.components);
  const components = JSON.parse(JSON.stringify(plan.components)) as JsonObject;
  const bound = new Set(own.flatMap((name) => namesOf(components[name] ?? null, reader)));
  const names = others.flatMap((other) => fencedIn(source, other, reader)).filter(({ name }) => !bound.has(name));
  return { names, unbound: Object.keys(plan.components).filter((name) => !own.includes(name)) };
}

function fencedIn(source: JsonObject, environment: string, reader: FenceReader): readonly FencedName[] {
  const { components } = forEnvironment(source, environment).merged;
  if (!isJsonObject(components)) return [];
  return Object.entries(components).flatMap(([component, written]) =>
    namesOf(resolved(written, reader), reader).map((name) => ({ name, component, environment })),
  );
}

/** Ids, hosts and folders of a component, and the secret that its connection is kept in. */
function namesOf(component: Json, reader: FenceReader): readonly string[] {
  if (!isJsonObject(component)) return [];
  const { ids, health, connection, server } = component;
  const texts = [
    ...(isJsonObject(ids) ? Object.values(ids) : []),
    ...(isJsonObject(server) ? [server.data_folder ?? null] : []),
    ...(isJsonObject(health) ? hostsIn(health.url ?? null) : []),
    ...connectionNames(connection ?? null, reader),
  ];
  return [...new Set(texts.flatMap((text) => (typeof text === 'string' && text.length >= SHORTEST ? [text] : [])))];
}

function connectionNames(connection: Json, reader: FenceReader): readonly string[] {
  const ref = SecretRef.safeParse(connection);
  if (!ref.success) return hostsIn(connection);
  return [ref.data.secret, ...hostsIn(secretValue(ref.data, reader) ?? null)];
}

/** A secret of another environment is often not here; then it is known by its name alone. */
function secretValue(ref: SecretRef, { secret }: FenceReader): string | undefined {
  try {
    return secret(ref);
  } catch (error) {
    if (error instanceof KnownError && error.code === 'SECRET_MISSING') return undefined;
    throw error;
  }
}

/** On this machine itself every environment is `localhost`: only with its port it names one. */
function hostsIn(address: Json): readonly string[] {
  if (typeof address !== 'string' || !URL.canParse(address)) return [];
  const { host, hostname } = new URL(address);
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (!isHere) return [hostname];
  return host === hostname ? [] : [host];
}

/** Every text with its expressions worked out. One that needs a variable that is not set here names nothing. */
function resolved(value: Json, reader: FenceReader): Json {
  if (Array.isArray(value)) return value.map((item) => resolved(item, reader));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolved(member, reader)]));
  try {
    return evaluatorWith(reader.env).resolve(value, {});
  } catch (error) {
    if (error instanceof UnsetVariable || error instanceof KnownError) return null;
    throw error;
  }
}
