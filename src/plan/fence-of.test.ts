import { expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import { fenceOf } from './fence-of.ts';
import { type LoadedPlan, loadPlan } from './load.ts';

const PLAN = `lifeboat: 1
plan: { name: shop, title: The shop, owner: keeper, version: "1" }
environments:
  production: {}
  other: { components: { database: { connection: "postgres://u@other.example.com/shop", ids: { instance: shop-other } } } }
  drill:
    protected: false
    components:
      database: { ids: { instance: shop-drill }, connection: '\${{ secret("env:DRILL_URL") }}' }
      shared: {}
roles: { keeper: { title: Keeper } }
components:
  database:
    kind: postgres
    ids: { instance: shop-prod, name: shop_db, shard: "7" }
    connection: '\${{ secret("env:PROD_URL") }}'
    server: { data_folder: /srv/pg }
  api: { kind: service, ids: { cluster: '\${{ env("CLUSTER", "blue") }}', zone: '\${{ env("ZONE") }}' }, health: { url: "https://api.example.com/health" } }
  local: { kind: service, health: { url: "http://127.0.0.1:8080/" } }
  shared: { kind: bucket, ids: { bucket: shop-backups } }
scenarios: {}
`;

const secrets: Readonly<Record<string, string>> = { 'env:PROD_URL': 'postgres://u:p@db.example.com:5432/shop' };
const reader = {
  env: () => undefined,
  secret: (ref: string | { secret: string }) => {
    const value = secrets[typeof ref === 'string' ? ref : ref.secret];
    if (value === undefined) throw new KnownError('SECRET_MISSING', 'not here', '');
    return value;
  },
};

function fence(environment: string, text = PLAN) {
  const loaded = loadPlan({ file: 'a.yaml', text, env: () => undefined, environment, mode: 'check' });
  expect(loaded.ok).toBe(true);
  return fenceOf(loaded as LoadedPlan, reader);
}

test('all that protected environments are known by, but for what the drill binds or shares', () => {
  const names = fence('drill')?.names.map(({ name, environment }) => `${environment}: ${name}`);
  expect(names?.toSorted()).toEqual(
    [
      'production: shop-prod',
      'production: env:PROD_URL',
      'production: db.example.com',
      'production: blue',
      'production: api.example.com',
      'production: 127.0.0.1:8080',
      'other: shop-other',
      'other: other.example.com',
      'other: blue',
      'other: api.example.com',
      'other: 127.0.0.1:8080',
    ].toSorted(),
  );
});

test('components that the drill does not bind are named', () => {
  expect(fence('drill')?.unbound).toEqual(['api', 'local']);
});

test('a protected environment has no fence, and there is none where nothing is protected', () => {
  expect(fence('production')).toBeUndefined();
  const open = PLAN.replace('production: {}', 'production: { protected: false }').replace(
    'other: {',
    'other: { protected: false,',
  );
  expect(fence('drill', open)).toBeUndefined();
});

test('a fault of ours while a secret is read is not swallowed', () => {
  const loaded = loadPlan({ file: 'a.yaml', text: PLAN, env: () => undefined, environment: 'drill', mode: 'check' });
  const broken = () => {
    throw new TypeError('ours');
  };
  expect(() => fenceOf(loaded as LoadedPlan, { ...reader, secret: broken })).toThrow('ours');
});
