import { parse, stringify } from 'yaml';
import { minutes } from '../lib/duration.ts';
import type { Finding } from '../model/finding.ts';
import { type LoadedPlan, loadPlan } from '../plan/load.ts';
import { fakeActions } from './actions.fake.ts';
import { check } from './check.ts';
import type { CheckFacts } from './rule.ts';

/** A plan about which no rule complains; the fragments of rules are laid over it. */
export const BASE = `
lifeboat: 1
plan: { name: shop, title: The shop, owner: keeper, version: "1", review: { every: 365d, last: 2026-01-10 } }
domains: { machine: { title: The machine }, cellar: { title: Another building } }
environments: { production: { protected: true } }
people: { ann: { name: Ann Example, email: ann@example.com }, bob: { name: Bob Example, email: bob@example.com } }
roles: { keeper: { people: [ann, bob] } }
repository: { folder: /srv/backups, domain: cellar, recipients: [age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw], identity: { secret: "env:IDENTITY" } }
components:
  database:
    kind: postgres
    domain: machine
    connection: { secret: "env:DATABASE_URL" }
    objectives: { rto: 1h, rpo: 5m }
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 1h }
      - { method: postgres.wal_stream }
  api:
    kind: service
    needs: [database]
    health: { url: "http://127.0.0.1:8080/health" }
    objectives: { rto: 1h, rpo: 5m }
scenarios:
  loss:
    title: All is lost
    loses: [database, api]
    detect_within: 5m
    objectives: { rto: 1h, rpo: 5m }
    healthy: verify
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 20m, timeout: 30m, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }
drills:
  rehearsal: { title: All is brought back, kind: restore, scenarios: [loss], every: monthly, last: 2026-05-20 }
`;

/** Of the steps of the base plan nothing was measured; of a step `drilled` in its scenario it was. */
const MEASURED = { min: minutes(11), p50: minutes(12), p95: minutes(14), n: 6, drills: 5 };

export const FACTS: CheckFacts = {
  now: new Date('2026-06-01T12:00:00Z'),
  actions: fakeActions,
  measured: new Map([['loss', new Map([['drilled', MEASURED]])]]),
};

/** The base plan with a fragment of YAML laid over it, loaded. Lists are replaced, maps are joined. */
export function planWith(fragment: string, base: string = BASE): LoadedPlan {
  const text = stringify(join(parse(base), parse(fragment)), { lineWidth: 0 });
  const loaded = loadPlan({ file: 'plan.yaml', text, env: () => undefined, mode: 'check' });
  if (!loaded.ok) throw new Error(`the fragment makes no plan: ${JSON.stringify(loaded.findings, null, 1)}`);
  return loaded;
}

/** What one rule says about the base plan with a fragment laid over it. */
export const saidBy = (rule: string, fragment: string, facts: CheckFacts = FACTS): Finding[] =>
  check(planWith(fragment), facts).filter((finding) => finding.rule === rule);

/** Only the messages. */
export const messages = (rule: string, fragment: string): string[] =>
  saidBy(rule, fragment).map(({ message }) => message);

function join(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over === undefined ? base : over;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [
      key,
      Object.hasOwn(over, key) ? join(base[key], over[key]) : base[key],
    ]),
  );
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
