import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Plan } from '../../model/plan.ts';
import { planWith } from '../checked-plan.fake.ts';
import { isLost } from '../losses.ts';
import { componentsFate } from './components.ts';
import { minimalSets, survivalSets } from './sets.ts';
import { survivalSetsText } from './sets-text.ts';

const BARE = `
lifeboat: 1
plan: { name: shop, title: The shop, owner: keeper, version: "1" }
environments: { production: { protected: true } }
roles: { keeper: { title: Keeps it } }
scenarios: {}
`;

const planOf = (fragment: string): Plan => planWith(fragment, BARE).plan;
const setsOf = (fragment: string) => survivalSets(planOf(fragment));
const fatal = (fragment: string) => setsOf(fragment).sets.map(({ domains }) => domains.join(' + '));

const DOMAINS = `
domains:
  aws: { title: AWS }
  aws/east: { title: East }
  aws/west: { title: West }
  cellar: { title: Cellar }
  safe: { title: Safe }
`;

const files = (backups: string, more = '') =>
  `${DOMAINS}components: { files: { kind: bucket, domain: aws/east, ${more} backups: [${backups}] } }\n`;

describe('the smallest sets of domains with which a component is lost for good', () => {
  test('a copy in the same region falls with it: the region is named, not the provider', () =>
    expect(fatal(files('{ method: s3.copy, every: 1h, copies: [{ domain: aws/east }] }'))).toEqual(['aws/east']));

  test('copies in two regions of one provider: the provider alone, or both regions at once', () =>
    expect(fatal(files('{ method: s3.copy, every: 1h, copies: [{ domain: aws/west }] }'))).toEqual([
      'aws',
      'aws/east + aws/west',
    ]));

  test('a copy elsewhere makes it two domains, and its key counts as the copy does', () =>
    expect(fatal(files('{ method: s3.copy, every: 1h, copies: [{ domain: cellar, key_in: safe }] }'))).toEqual([
      'aws/east + cellar',
      'aws/east + safe',
    ]));

  test('a key that is kept where the component is makes one domain enough', () =>
    expect(fatal(files('{ method: s3.copy, every: 1h, copies: [{ domain: cellar, key_in: aws/east }] }'))).toEqual([
      'aws/east',
    ]));

  test('what it cannot live without, and copies beside it, go with either', () =>
    expect(fatal(files('{ method: s3.copy, every: 1h }', 'also_in: [safe],'))).toEqual(['aws/east', 'safe']));

  test('log without a base backup is no copy; with one the base backup decides', () => {
    const database = (base: string) => `${DOMAINS}components:
  database:
    kind: database
    domain: aws/east
    backups: [{ method: postgres.wal_archive, copies: [{ domain: cellar }] }${base}]\n`;
    expect(fatal(database(''))).toEqual(['aws/east']);
    expect(setsOf(database('')).withoutCopy).toEqual(['database']);
    expect(fatal(database(', { method: postgres.base_backup, every: 24h, copies: [{ domain: safe }] }'))).toEqual([
      'aws/east + safe',
    ]);
  });

  test('four places are more than anybody loses at once', () => {
    const result = setsOf(
      files(
        '{ method: s3.copy, every: 1h, copies: [{ domain: cellar }, { domain: safe }] }, { method: s3.replication, copies: [{ domain: other }] }',
      ).replace('domains:', 'domains:\n  other: { title: Other }'),
    );
    expect(result.sets).toEqual([]);
    expect(result.withstand).toEqual(['files']);
  });

  test('components that fall together share a line', () => {
    const both = `${DOMAINS}components:
  one: { kind: bucket, domain: aws/east, backups: [{ method: s3.copy, every: 1h, copies: [{ domain: cellar }] }] }
  two: { kind: queue, domain: aws/east, backups: [{ method: manual.copy, every: 1h, copies: [{ domain: cellar }] }] }
  none: { kind: workload, domain: aws/east }\n`;
    expect(setsOf(both).sets).toEqual([{ domains: ['aws/east', 'cellar'], components: ['one', 'two'] }]);
    expect(setsOf(both).judged).toBe(2);
  });
});

describe('what is not known is said, and never counts as a copy', () => {
  test('a component without a domain', () => {
    const result = setsOf(`${DOMAINS}components: { files: { kind: bucket } }\n`);
    expect(result.notKnown).toEqual([{ component: 'files', why: 'nothing says where it lives (domain)' }]);
    expect(result).toMatchObject({ sets: [], withstand: [], withoutCopy: ['files'] });
  });

  test('a key of which nothing says where it is', () => {
    const result = setsOf(files('{ method: s3.copy, every: 1h, copies: [{ domain: cellar, encrypted: own-key }] }'));
    expect(result.notKnown).toEqual([
      { component: 'files', why: 's3.copy in cellar: nothing says where its key is kept' },
    ]);
    expect(result.sets).toEqual([{ domains: ['aws/east'], components: ['files'] }]);
  });

  test('a repository without a domain', () => {
    const { plan } = planWith('repository: { folder: /b }');
    const { domain: _, ...repository } = plan.repository as NonNullable<Plan['repository']>;
    const result = survivalSets({ ...plan, repository });
    expect(result.notKnown.map(({ component }) => component)).toEqual(['database']);
    expect(result.carryOut).toEqual([]);
    expect(survivalSetsText({ ...plan, repository }, result)).toContain('Nothing says where the repository');
  });
});

describe('what the plan cannot be carried out without', () => {
  test('its repository, and the last people who can approve', () => {
    const people = `
domains: { people: { title: All, kind: person }, people/ann: { title: Ann, kind: person }, people/bob: { title: Bob, kind: person } }
`;
    expect(survivalSets(planWith(people).plan).carryOut).toEqual([
      { domains: ['cellar'], why: 'the repository of backups is gone, and no run can begin' },
      { domains: ['people'], why: 'nobody is left who can approve as keeper' },
      { domains: ['people/ann', 'people/bob'], why: 'nobody is left who can approve as keeper' },
    ]);
  });

  test('plan, program and key, where the plan says where they are kept; and the sign-on of all who approve', () => {
    const said = `
plan: { kept_in: [machine, cellar] }
repository: { identity_in: [cellar] }
domains: { sso: { title: Sign-on, kind: identity } }
people: { ann: { signs_in_through: [sso] }, bob: { signs_in_through: [sso] } }
`;
    expect(survivalSets(planWith(said).plan).carryOut).toEqual([
      { domains: ['cellar'], why: 'the repository of backups is gone, and no run can begin' },
      { domains: ['cellar', 'machine'], why: 'this plan and the program are nowhere at hand' },
      { domains: ['cellar'], why: 'the private key is gone, and no backup can be opened' },
      { domains: ['sso'], why: 'nobody is left who can approve as keeper' },
    ]);
  });

  test('is only told as far as the plan says where people are', () =>
    expect(survivalSets(planWith('domains: { people/ann: { title: Ann, kind: person } }').plan).carryOut).toHaveLength(
      1,
    ));
});

const NAMES = ['a', 'a/x', 'a/y', 'a/y/k', 'b', 'b/x', 'c', 'd'];
const domain = fc.constantFrom(...NAMES);
const copy = fc.record({
  domain,
  key_in: fc.option(domain, { nil: undefined, freq: 3 }),
  encrypted: fc.constantFrom('provider', 'own-key'),
});
const backup = fc.record({
  method: fc.constantFrom('postgres.base_backup', 'postgres.wal_archive', 'postgres.dump', 'secrets.rotation'),
  every: fc.constant('24h'),
  copies: fc.array(copy, { maxLength: 2 }),
});
const component = fc.record({
  kind: fc.constant('database'),
  domain,
  also_in: fc.array(domain, { maxLength: 1 }),
  backups: fc.array(backup, { maxLength: 3 }),
});

/** All sets of up to three names. */
const SUBSETS = NAMES.flatMap((one, i) => [
  [one],
  ...NAMES.slice(i + 1).flatMap((two, j) => [[one, two], ...NAMES.slice(i + j + 2).map((three) => [one, two, three])]),
]);

/** Tried out on the whole plan, one loss after the other. */
function bruteForce(plan: Plan, name: string): string[] {
  const isFatal = (set: readonly string[]) =>
    componentsFate(plan, set).gone.some(({ component: one, data }) => one === name && data !== 'recoverable');
  return SUBSETS.filter(
    (set) =>
      isFatal(set) &&
      set.every((one) => {
        const rest = set.filter((other) => other !== one);
        return !isFatal(rest) && !NAMES.some((low) => low !== one && isLost(low, [one]) && isFatal([...rest, low]));
      }),
  ).map((set) => set.join(' + '));
}

test('every set is fatal and smallest, and trying all losses finds no other', () => {
  fc.assert(
    fc.property(fc.array(component, { minLength: 1, maxLength: 3 }), (all) => {
      const components = Object.fromEntries(all.map((one, index) => [`c${index}`, one]));
      const plan = planOf(
        stringify({ domains: Object.fromEntries(NAMES.map((name) => [name, { title: name }])), components }),
      );
      const { sets, withstand } = survivalSets(plan);
      for (const name of Object.keys(components)) {
        const told = sets.filter((set) => set.components.includes(name)).map(({ domains }) => domains.join(' + '));
        expect(told.sort()).toEqual(bruteForce(plan, name).sort());
        expect(withstand.includes(name)).toBe(told.length === 0);
      }
    }),
    { numRuns: 200 },
  );
});

test('clauses that nothing can hit have no sets, and none at all need none', () => {
  expect(minimalSets([['a'], []])).toEqual([]);
  expect(minimalSets([])).toEqual([[]]);
});

test('a plan of 1,000 components in 200 domains is solved without trying every three of them', () => {
  const names = Array.from({ length: 200 }, (_, index) => `p${index % 10}/a${index % 50}/r${index}`);
  const at = (index: number) => names[(index * 7919) % names.length] as string;
  const components = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => {
      const copies = [{ domain: at(3 * index + 1), key_in: at(3 * index + 2) }, { domain: at(3 * index + 3) }];
      return [
        `c${index}`,
        { kind: 'bucket', domain: at(index), backups: [{ method: 's3.copy', every: '1h', copies }] },
      ];
    }),
  );
  const plan = planOf(
    stringify({ domains: Object.fromEntries(names.map((name) => [name, { title: name }])), components }),
  );
  const begun = process.cpuUsage();
  const { sets, judged } = survivalSets(plan);
  const { user } = process.cpuUsage(begun);
  expect(judged).toBe(1000);
  expect(sets.length).toBeGreaterThan(100);
  expect(user / 1000).toBeLessThan(10_000);
});
