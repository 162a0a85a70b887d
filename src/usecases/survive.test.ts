import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { COMMANDS } from '../cli/commands/index.ts';
import { surviveCommand } from '../cli/commands/survive.ts';
import { KnownError } from '../model/errors.ts';
import { survive } from './survive.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

/** Where everything lives; undefined: the plan does not say it. */
function place(database: string | undefined, repository: string | undefined, rest = database) {
  rig.edit((text) => {
    const plan = parse(text);
    plan.domains = {
      aws: { title: 'AWS' },
      'aws/east': { title: 'East' },
      'aws/west': { title: 'West' },
      cellar: { title: 'Cellar' },
    };
    for (const one of Object.values<Record<string, unknown>>(plan.components)) one.domain = rest;
    plan.components.database.domain = database;
    plan.repository.domain = repository;
    return stringify(plan);
  });
}

const asked = (...lose: readonly string[]) => survive(lose, rig.services());
const exitOf = (...lose: readonly string[]) => surviveCommand.exit?.(asked(...lose));

function errorOf(work: () => unknown): KnownError {
  try {
    work();
  } catch (error) {
    if (error instanceof KnownError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the exit code', () => {
  test('with --lose: 0 when data can be recovered, 1 when not, 1 when nobody knows', () => {
    place('aws/east', 'aws/west');
    expect(exitOf('aws/east')).toBe(0);
    expect(exitOf('aws/east,aws/west')).toBe(1);
    expect(exitOf('aws/east', 'aws/west')).toBe(1);
    expect(exitOf('aws')).toBe(1);
    place('aws/east', undefined);
    expect(exitOf('aws/west')).toBe(0);
    expect(exitOf('aws/east')).toBe(1);
    place(undefined, 'cellar');
    expect(exitOf('aws/west')).toBe(1);
  });

  test('alone: 1 when one domain is enough or something is not known, else 0', () => {
    place('aws/east', 'aws/west');
    expect(exitOf()).toBe(1);
    place('aws/east', 'cellar');
    expect(exitOf()).toBe(0);
    place(undefined, 'cellar', 'aws/east');
    expect(exitOf()).toBe(1);
    place('aws/east', undefined);
    expect(exitOf()).toBe(1);
  });
});

describe('what is typed', () => {
  beforeEach(() => place('aws/east', 'aws/west'));

  test('is cut at commas; what goes with another domain is not said twice', () =>
    expect(asked(' aws/east , aws', 'aws')).toMatchObject({ lost: ['aws'], lostWith: ['aws/east', 'aws/west'] }));

  test.each([
    ['aws/eest', 'the plan has no domain "aws/eest"', 'Did you mean aws/east?'],
    ['nothing-near-at-all', 'the plan has no domain "nothing-near-at-all"', 'One of: aws, aws/east, aws/west, cellar.'],
    ['aws,', '--lose names an empty domain', 'One of: aws, aws/east, aws/west, cellar.'],
  ])('%s is refused', (word, message, hint) =>
    expect(errorOf(() => asked(word))).toMatchObject({ code: 'USAGE', message, hint }),
  );
});

test('a plan without domains has none to lose', () => {
  place(undefined, undefined);
  rig.edit((text) => stringify({ ...parse(text), domains: {} }));
  expect(errorOf(() => asked('aws'))).toMatchObject({ code: 'USAGE', message: 'the plan names no domains' });
});

test('a plan that cannot be read is refused, one that contradicts itself is judged with a warning', () => {
  place('aws/east', 'aws/west');
  expect(asked('aws/east')).toMatchObject({ planErrors: 0, ok: true });
  rig.edit((plan) => plan.replace('owner: commander', 'owner: comander'));
  const result = asked('aws/east');
  expect(result).toMatchObject({ planErrors: 1, ok: false, recoverable: true });
  expect(result.text()).toContain('The plan contradicts itself in 1 place, so this may be wrong.\nSee: lifeboat check');
  rig.edit(() => 'lifeboat: [');
  expect(errorOf(() => asked()).code).toBe('PLAN_INVALID');
});

test('json is a promise', () => {
  place('aws/east', 'aws/west');
  const document = (...lose: readonly string[]) => JSON.parse(JSON.stringify(asked(...lose)));
  expect(Object.keys(document())).toEqual([
    'ok',
    'planErrors',
    'judged',
    'withoutCopy',
    'notKnown',
    'sets',
    'withstand',
    'carryOut',
  ]);
  expect(document()).toMatchObject({
    sets: [
      { domains: ['aws'], components: ['database'] },
      { domains: ['aws/east', 'aws/west'], components: ['database'] },
    ],
    carryOut: [{ domains: ['aws/west'], why: 'the repository of backups is gone, and no run can begin' }],
  });
  const lost = document('aws/east');
  expect(Object.keys(lost)).toEqual([
    'ok',
    'planErrors',
    'lost',
    'lostWith',
    'recoverable',
    'components',
    'channels',
    'people',
    'tool',
    'scenarios',
  ]);
  expect(Object.keys(lost.scenarios[0])).toEqual([
    'scenario',
    'title',
    'verdict',
    'first',
    'servesBefore',
    'staysLost',
    'byHand',
    'doubts',
    'meant',
    'answers',
  ]);
  expect(lost.components.gone[0]).toEqual({
    component: 'database',
    kind: 'postgres',
    surely: true,
    keepsData: true,
    data: 'recoverable',
    copies: expect.arrayContaining([{ method: 'postgres.base_backup', domain: 'aws/west', state: 'there', why: null }]),
    replicas: [],
  });
});

test('takes the plan as a word, and is listed with the others', () => {
  expect(Object.keys(surviveCommand.args)).toEqual(['plan']);
  expect(COMMANDS.find(({ name }) => name === 'survive')).toMatchObject({
    takes: '[PLAN]',
    summary: surviveCommand.summary,
  });
});

/** Each is another reading of the plan. */
const MOST = 4;

describe('the example plans', () => {
  const folder = join(import.meta.dirname, '../../examples');
  const plans = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => ['as-written.yaml', 'lifeboat.yaml'].map((file) => join(folder, name, file)));

  test.each(plans)('%s: every domain can be lost, in at most 80 columns', (plan) => {
    const judge = (...lose: readonly string[]) => survive(lose, rig.services({ chosen: { plan } }));
    const { sets } = judge() as Extract<ReturnType<typeof judge>, { sets: unknown }>;
    const texts = [judge().text(), ...sets.slice(0, MOST).map(({ domains }) => judge(domains.join(',')).text())];
    for (const line of texts.join('\n').split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    for (const { domains } of sets.slice(0, MOST)) expect(judge(...domains).ok).toBe(false);
  });
});
