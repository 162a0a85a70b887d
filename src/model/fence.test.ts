import { describe, expect, test } from 'vitest';
import type { Json } from '../lib/json.ts';
import { fencedNameIn, unboundComponentIn } from './fence.ts';

const of = (name: string) => ({ name, component: 'database', environment: 'production' });
const names = [of('shop-prod'), of('db.example.com'), of('env:PROD_URL')];
const found = (value: Json) => fencedNameIn(value, { names })?.name;

describe('what belongs to a protected environment is found', () => {
  test.each<[string, Json, string]>([
    ['in a command', { command: 'aws rds delete-db-instance --db-instance-identifier shop-prod' }, 'shop-prod'],
    ['in a list and in another case', { hosts: ['a', 'DB.example.com'] }, 'db.example.com'],
    ['as part of an address', { command: 'psql postgres://u@db.example.com:5432/shop' }, 'db.example.com'],
    ['in an environment variable', { command: 'psql', environment: { PGHOST: 'db.example.com' } }, 'db.example.com'],
    ['by the secret that holds it', { command: 'x', environment: { URL: { secret: 'env:PROD_URL' } } }, 'env:PROD_URL'],
    ['in a variable of the script', { command: 'DB=shop-prod\naws rds reboot --id "$DB"' }, 'shop-prod'],
    ['put together of variables', { command: 'A=shop; B=${A}-prod; drop $B' }, 'shop-prod'],
    ['put together of a step variable', { command: 'drop shop-$STAGE', environment: { STAGE: 'prod' } }, 'shop-prod'],
    ['by the default of a variable', { command: 'drop shop-${STAGE:-prod}' }, 'shop-prod'],
    ['in pieces that quotes divide', { command: `drop shop-'pr'"od"` }, 'shop-prod'],
    ['with a backslash in it', { command: 'drop shop\\-prod' }, 'shop-prod'],
    ['by the second value of a variable', { command: 'S=drill; S=prod; drop shop-$S' }, 'shop-prod'],
    ['with the dot of the root at its end', { host: 'db.example.com.' }, 'db.example.com'],
    ['with a port', { address: 'DB.EXAMPLE.COM:5433' }, 'db.example.com'],
    ['with percent signs in it', { url: 'postgres://u@db%2Eexample%2ecom/shop' }, 'db.example.com'],
    ['among options', { url: 'postgresql:///shop?host=db.example.com&port=5432&sslmode=require' }, 'db.example.com'],
    ['as one of several hosts', { dsn: 'host=replica,db.example.com port=5432,5433 dbname=shop' }, 'db.example.com'],
    ['in a here-document', { command: 'psql <<SQL\n\\c "host=db.example.com"\nSQL' }, 'db.example.com'],
    ['over two lines', { command: 'drop shop-\\\nprod' }, 'shop-prod'],
    ['in base64', { command: 'drop $(echo c2hvcC1wcm9k | base64 -d)' }, 'shop-prod'],
    [
      'in base64, within other words',
      { command: 'echo ZHJvcCBzaG9wLXByb2QgLS1mb3JjZQ== | base64 -d | bash' },
      'shop-prod',
    ],
    ['with escapes of a shell', { command: "drop $'shop\\x2dprod'" }, 'shop-prod'],
    ['with octal escapes', { command: "drop $'shop\\055prod'" }, 'shop-prod'],
    ['by a variable that names a variable', { command: 'TARGET=shop-prod; N=TARGET; drop ${!N}' }, 'shop-prod'],
    ['exported, in quotes', { command: 'export S="prod"; drop shop-"$S"' }, 'shop-prod'],
  ])('%s', (_where, value, name) => expect(found(value)).toBe(name));

  test.each<[string, Json]>([
    ['a longer name', { command: 'drop shop-prod-drill my-shop-prod shop-production' }],
    ['another host', { command: 'psql -h db.example.community' }],
    ['nothing', {}],
    ['a variable that is made of itself', { command: 'A=$A$A$A; drop $A' }],
  ])('and not %s', (_what, value) => expect(found(value)).toBeUndefined());
});

test('a component that is not bound here is found by the fields that name components', () => {
  const fence = { unbound: ['database'] };
  expect(unboundComponentIn({ component: 'database' }, fence)).toBe('database');
  expect(unboundComponentIn({ service: 'database' }, fence)).toBe('database');
  expect(unboundComponentIn({ component: 'cache', thing: 'database' }, fence)).toBeUndefined();
  expect(unboundComponentIn('database', fence)).toBeUndefined();
});
