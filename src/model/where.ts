import { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
import type { RunOrigin } from './run.ts';

/** What people call the places where something can happen, in the order from far to near. */
const PLACES = [
  ['account', ['account', 'account_id', 'project', 'subscription']],
  ['region', ['region', 'zone', 'location']],
  ['cluster', ['cluster', 'cluster_name', 'context']],
  ['namespace', ['namespace']],
  ['host', ['host', 'hostname']],
  ['database', ['database', 'dbname', 'db']],
  ['component', ['component', 'service', 'standby', 'primary']],
] as const;

/** Where a step acts, as far as its input names it: `region eu-west-1`. For the person who must say yes to it. */
export function whereOf(input: Json, { plan }: Pick<RunOrigin, 'plan'>): readonly string[] {
  if (!isJsonObject(input)) return [];
  const named = PLACES.flatMap(([place, keys]) =>
    keys.flatMap((key) => texts(input[key]).map((value) => ({ place, value }))),
  );
  return named.map(({ place, value }) => `${place} ${value}${place === 'component' ? hostOf(value, plan) : ''}`);
}

const texts = (value: Json | undefined): readonly string[] =>
  typeof value === 'string' && value !== '' ? [value] : typeof value === 'number' ? [String(value)] : [];

/** A connection is mostly a reference to a secret; then its host is not for showing, and the reference is. */
function hostOf(component: string, plan: JsonObject): string {
  const all = plan.components;
  const known = isJsonObject(all) && Object.hasOwn(all, component) ? all[component] : undefined;
  const connection = isJsonObject(known) ? known.connection : undefined;
  if (typeof connection === 'string') {
    const host = URL.canParse(connection) ? new URL(connection).host : '';
    return host === '' ? '' : ` (${host})`;
  }
  const secret = isJsonObject(connection) ? connection.secret : undefined;
  return typeof secret === 'string' ? ` (connection in ${secret})` : '';
}
