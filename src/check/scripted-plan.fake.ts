import { stringify } from 'yaml';
import type { Finding } from '../model/finding.ts';
import { saidBy } from './checked-plan.fake.ts';

/** A plan of one lost database on RDS whose steps run these shell texts, one after the other; `more` is laid over the plan. */
export function saidOfScripts(rule: string, texts: readonly string[], more: object = {}): readonly Finding[] {
  return saidBy(
    rule,
    stringify(merged({ components: STOCK, scenarios: { gone: goneWith(texts) } }, more), { lineWidth: 0 }),
  );
}

/** Only the messages about one shell text. */
export const saidOfScript = (rule: string, text: string, more: object = {}): readonly string[] =>
  saidOfScripts(rule, [text], more).map(({ message }) => message);

/** Steps that run these texts: `first`, `second` and so on. */
export const shellSteps = (texts: readonly string[]): readonly object[] =>
  texts.map((command, index) => ({ id: NAMES[index], uses: 'shell.run', with: { command } }));

const NAMES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'];

const STOCK = {
  stock: {
    kind: 'database',
    technology: 'RDS PostgreSQL',
    domain: 'machine',
    ids: { instance: 'stock-prod' },
    objectives: { rto: '1h' },
    backups: [{ method: 'rds.automated', every: 'daily 03:00 UTC', takes: '10m' }],
  },
};

const goneWith = (texts: readonly string[]): object => ({ title: 'Gone', loses: ['stock'], steps: shellSteps(texts) });

function merged(base: object, over: object): object {
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => {
      const [a, b] = [(base as Record<string, unknown>)[key], (over as Record<string, unknown>)[key]];
      return [key, isMap(a) && isMap(b) ? merged(a, b) : b === undefined ? a : b];
    }),
  );
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
