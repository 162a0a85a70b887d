import { expect, test } from 'vitest';
import { check } from '../../check.ts';
import { FACTS, planWith } from '../../checked-plan.fake.ts';

/*
 * What five real plans promise, and what they can keep as written. Each line lays its fact over a small plan; the verdict is
 * whether an error is found among the rules that judge objectives, and the numbers that it must show.
 */

const JUDGES = new Set([
  'rpo-is-reachable',
  'rto-is-reachable',
  'scenario-fits-the-components',
  'objective-conflict',
  'archive-fits-the-rto',
  'recovery-is-more-than-waiting',
  'copies-outside-the-loss',
]);

const SHOP = `
lifeboat: 1
plan: { name: shop, title: The shop, owner: keeper, version: "1" }
domains:
  aws: { title: AWS, kind: provider }
  aws/east: { title: A region, kind: region }
  aws/east/bucket: { title: The bucket itself }
  aws/west: { title: Another region, kind: region }
environments: { production: { protected: true } }
people: { ann: { name: Ann Example, email: ann@example.com } }
roles: { keeper: { people: [ann] } }
components: { database: { kind: database, domain: aws/east } }
scenarios: { loss: { title: It is lost, loses: [database], detection: [An alarm], healthy: verify } }
`;

const found = (fragment: string): readonly string[] =>
  check(planWith(fragment, SHOP), FACTS)
    .filter(({ rule, level }) => level === 'error' && JUDGES.has(rule))
    .map(({ message }) => message);

const backups = (list: string, objectives: string): string =>
  `components: { database: { objectives: { ${objectives} }, backups: ${list} } }`;
const lose = (more: string, steps: string): string => `scenarios: { loss: { ${more}, steps: [${steps}] } }`;
const step = (id: string, expect: string, more = ''): string =>
  `{ id: ${id}, uses: shell.run, with: { command: "true" }, expect: ${expect}${more} }`;
const SNAPSHOT =
  '{ id: restore, uses: rds.restore_snapshot, with: { component: database } }, { id: verify, uses: shell.run, with: { command: "true" } }';
const DAILY = '{ method: rds.automated, every: "daily 03:00-04:00 UTC", takes: 10m }';
const PITR = '{ method: rds.point_in_time }';

const SCRIPT = (command: string): string =>
  `{ id: restore, uses: shell.run, with: { command: "${command}" } }, { id: verify, uses: shell.run, with: { command: "true" } }`;
const RESTORE_COMMAND =
  'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier';
const REWIND_COMMAND =
  'aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier new --restore-time $T';

const FAILS: readonly (readonly [string, string, string])[] = [
  [
    'R database RPO 60: the procedure restores a daily snapshot',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 4h')}\n${lose('objectives: { rpo: 1h }', SNAPSHOT)}`,
    'database can lose 1d + 1h + 10m',
  ],
  [
    'R database RPO 60: a command restores a daily snapshot',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 4h')}\n${lose('objectives: { rpo: 1h }', SCRIPT(`${RESTORE_COMMAND} rds:shop-2026-01-04-03-00`))}`,
    'database can lose 1d + 1h + 10m',
  ],
  [
    'W migration RPO 0: the snapshot that is restored is the daily one',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 4h')}
procedures: { back: { title: Back, steps: [{ id: restore, uses: shell.run, with: { command: "${RESTORE_COMMAND} $BEFORE" } }] } }
${lose('kind: rollback, objectives: { rpo: "0" }', '{ id: verify, uses: procedure, with: { procedure: back } }')}`,
    'database can lose 1d + 1h + 10m',
  ],
  [
    'R bucket deletion RPO 0: the versions go with the bucket',
    `components: { files: { kind: bucket, domain: aws/east/bucket, backups: [{ method: s3.versioning }] } }
${lose('loses: [files], loses_domains: [aws/east/bucket], objectives: { rpo: "0" }', step('verify', '5m'))}`,
    'no copy of files bounds the loss',
  ],
  [
    'R region RPO 4 h: all backups are in the region',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 8h')}\n${lose('loses_domains: [aws/east], objectives: { rpo: 4h }', step('verify', '5m'))}`,
    'no copy of database bounds the loss',
  ],
  [
    'R region RTO 8 h: nothing is done but waiting',
    `${backups(`[${PITR}]`, 'rto: 8h')}\n${lose('objectives: { rto: 8h }', '{ id: verify, uses: human.task, title: Wait until the provider has recovered, with: { instruction: Wait. } }')}`,
    'it only waits and tells people',
  ],
  [
    'R backend rollback 5 min: the wait may take 10',
    lose(
      'kind: rollback, objectives: { rto: 5m }',
      `${step('roll', '1m')}, { id: verify, uses: shell.run, with: { command: "true" }, timeout: 10m }`,
    ),
    'it can take 11m',
  ],
  [
    'S database RPO 6 h: dumps every 6 h take time',
    backups('[{ method: postgres.dump, every: "daily 00:00,06:00,12:00,18:00 UTC", takes: 20m }]', 'rto: 1h, rpo: 6h'),
    'database can lose 6h + 20m',
  ],
  [
    'S database RTO 60: approval, restore and a look',
    lose(
      'detect_within: 5m, objectives: { rto: 1h }',
      `${step('restore', '30m..1h', ', approve: { role: keeper, within: 30m }')}, ${step('verify', '5m')}`,
    ),
    'it can take 1h 40m',
  ],
  [
    'S rebuild 120-240 against P0 60',
    `classes: { p0: { objectives: { rto: 1h } } }\ncomponents: { database: { class: p0 } }\n${lose('states: { takes: 2h..4h }', '{ id: verify, uses: shell.run, with: { command: "true" } }')}`,
    'loss takes 2h..4h, and database, which is lost in it, promises to serve again after 1h',
  ],
  [
    'S cross-region 240-360 against P1 240',
    `classes: { p1: { objectives: { rto: 4h } } }\ncomponents: { database: { class: p1 } }\n${lose('states: { takes: 4h..6h }', '{ id: verify, uses: shell.run, with: { command: "true" } }')}`,
    'loss takes 4h..6h',
  ],
  [
    'E database RPO 15: snapshots every 6 h',
    backups('[{ method: rds.automated, every: 6h }]', 'rto: 1h, rpo: 15m'),
    'database can lose 6h',
  ],
  [
    'E application RTO 30 in a database failure of 45',
    `components: { database: { objectives: { rto: 1h }, backups: [${PITR}] }, app: { kind: workload, domain: aws/east, needs: [database], stateless: true, objectives: { rto: 30m } } }
${lose('states: { takes: 45m }', '{ id: verify, uses: shell.run, with: { command: "true" } }')}`,
    'app, which needs database, promises to serve again after 30m',
  ],
  [
    'E application RTO 30 needs a database of 60',
    `components: { database: { objectives: { rto: 1h } }, app: { kind: workload, needs: [database], stateless: true, objectives: { rto: 30m } } }`,
    'app promises an RTO of 30m, and needs database, which promises 1h',
  ],
  ...(
    [
      ['database', '1h'],
      ['application', '30m'],
      ['cache', '15m'],
      ['AI services', '1h'],
    ] as const
  ).map(([what, rto]): readonly [string, string, string] => [
    `E region takes 120, ${what} ${rto}`,
    `components: { database: { objectives: { rto: ${rto} } } }\n${lose('loses_domains: [aws/east], states: { takes: 2h }', '{ id: verify, uses: shell.run, with: { command: "true" } }')}`,
    `promises to serve again after ${rto}`,
  ]),
  [
    'E cache RPO 60: snapshots daily',
    'components: { cache: { kind: cache, domain: aws/east, objectives: { rpo: 1h }, backups: [{ method: redis.snapshot, every: daily }] } }',
    'cache can lose 1d',
  ],
  [
    'E search RPO 24 h: no backup',
    'components: { search: { kind: search, domain: aws/east, objectives: { rpo: 24h } } }',
    'nothing copies search',
  ],
  [
    'E media RPO 24 h: a daily copy takes time',
    'components: { media: { kind: bucket, domain: aws/east, objectives: { rpo: 24h }, backups: [{ method: s3.copy, every: daily }] } }',
    'media can lose 1d + the time it takes',
  ],
  [
    'E media RTO 4 h: copies lie in the archive',
    'components: { media: { kind: bucket, domain: aws/east, objectives: { rto: 4h }, backups: [{ method: s3.copy, every: 12h, copies: [{ domain: aws/west, storage: archive }] }] } }',
    'takes 3h..5h before copying back can begin',
  ],
  [
    'W database RPO 24 h by a command that restores one of the automated snapshots',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 4h')}\n${lose('objectives: { rpo: 24h }', SCRIPT(`aws rds describe-db-snapshots --snapshot-type automated\\n${RESTORE_COMMAND} $ID`))}`,
    'database can lose 1d + 1h + 10m',
  ],
  [
    'W database RPO 24 h by snapshot',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 4h')}\n${lose('objectives: { rpo: 24h }', SNAPSHOT)}`,
    'database can lose 1d + 1h + 10m',
  ],
  [
    'W rebuild 6-8 h: its steps add up to 430-500 minutes',
    `objectives: { rto: 4h }\n${lose(
      'objectives: { rto: 6h..8h }',
      [
        ['network', '1h'],
        ['data', '2h'],
        ['compute', '2h'],
        ['balancer', '1h..2h'],
        ['frontend', '1h'],
        ['dns', '5m..10m'],
        ['verify', '5m..10m'],
      ]
        .map(([id, expect]) => step(String(id), String(expect)))
        .join(', '),
    )}`,
    'it can take 8h 20m',
  ],
  [
    'W rebuild 6-8 h against 4 h for everything',
    `objectives: { rto: 4h }\n${lose('objectives: { rto: 6h..8h }', step('verify', '5m'))}`,
    'loss may have an RTO of 6h..8h, and database, which is lost in it, promises 4h',
  ],
  [
    'W account RPO 24 h: all backups are in it',
    `${backups('[{ method: rds.automated, every: 12h }]', 'rto: 4h')}\n${lose('loses_domains: [aws], objectives: { rpo: 24h }', step('verify', '5m'))}`,
    'no copy of database bounds the loss',
  ],
  [
    'C deletion 30: 1 + 5 + 15 + 10 is 31',
    lose(
      'objectives: { rto: 30m }',
      `${step('block', '1m')}, ${step('find', '5m')}, ${step('rewind', '15m')}, ${step('verify', '10m')}`,
    ),
    'it takes 31m: block 1m + find 5m + rewind 15m + verify 10m',
  ],
  [
    'C database RPO 5: log without a base backup helps nothing',
    backups(
      '[{ method: postgres.dump, every: "daily 02:00 UTC" }, { method: postgres.wal_archive }]',
      'rto: 2h, rpo: 5m',
    ),
    'database can lose 1d',
  ],
  [
    'C user data RPO 0: a replica is always behind',
    `${backups('[{ method: postgres.replica }]', 'rto: 2h')}\ndata: { users: { title: What users entered, in: [database], objectives: { rpo: "0" } } }`,
    'what postgres.replica is behind',
  ],
];

const PASSES: readonly (readonly [string, string])[] = [
  [
    'R database RPO 60 by point-in-time recovery',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 4h')}\n${lose('objectives: { rpo: 1h }', '{ id: restore, uses: rds.restore_to_time, with: { component: database } }')}`,
  ],
  [
    'R database RPO 60 by a command that restores to a moment',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 4h')}\n${lose('objectives: { rpo: 1h }', SCRIPT(REWIND_COMMAND))}`,
  ],
  [
    'R object deletion RPO 0 by versions',
    `components: { files: { kind: bucket, domain: aws/east, backups: [{ method: s3.versioning }] } }\n${lose('loses: [files], objectives: { rpo: "0" }', step('verify', '5m'))}`,
  ],
  ['S service 5-10 against 240', lose('objectives: { rto: 4h }', step('verify', '5m..10m'))],
  ['S frontend 2-5 against 240', lose('objectives: { rto: 4h }', step('verify', '2m..5m'))],
  [
    'S files RPO 24 h by replication',
    'components: { files: { kind: bucket, domain: aws/east, objectives: { rpo: 24h }, backups: [{ method: s3.versioning }, { method: s3.replication, copies: [{ domain: aws/west }] }] } }',
  ],
  [
    'E database 45 against 60',
    `${backups(`[${PITR}]`, 'rto: 1h')}\n${lose('states: { takes: 45m }', '{ id: verify, uses: shell.run, with: { command: "true" } }')}`,
  ],
  [
    'E search 120 against 120: no margin, but kept',
    `components: { database: { objectives: { rto: 2h } } }\n${lose('states: { takes: 2h }', '{ id: verify, uses: shell.run, with: { command: "true" } }')}`,
  ],
  [
    'W database RPO 24 h by point-in-time recovery',
    `${backups(`[${DAILY}, ${PITR}]`, 'rto: 4h')}\n${lose('objectives: { rpo: 24h }', '{ id: restore, uses: rds.restore_to_time, with: { component: database } }')}`,
  ],
  [
    'C corruption 47-82 against 120',
    lose('objectives: { rto: 2h }', `${step('a', '5m..10m')}, ${step('b', '30m..1h')}, ${step('verify', '12m')}`),
  ],
  ['C API 7 against 240', lose('objectives: { rto: 4h }', step('verify', '7m'))],
  ['C cluster 50 against 60', lose('objectives: { rto: 1h }', step('verify', '50m'))],
];

test.each(FAILS)('FAIL: %s', (_, fragment, words) => {
  const said = found(fragment);
  expect(said.join('\n')).toContain(words);
});

test.each(PASSES)('PASS: %s', (_, fragment) => expect(found(fragment)).toEqual([]));

test('C service level 99.9 %: 43.2 minutes, and one recovery uses up many months of it', () => {
  const plan = planWith(
    'service_levels: [{ availability: 99.9%, window: 30d }]\ncomponents: { database: { objectives: { rto: 4h } } }',
    SHOP,
  );
  const said = check(plan, FACTS).filter(({ rule }) => rule === 'outage-fits-the-service-level');
  expect(said[0]?.message).toBe(
    '99.9% over 30d allows an outage of 43m 12s, and one recovery may take 4h, which is 5.6 times as much',
  );
});
