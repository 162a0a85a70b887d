import { describe, expect, test } from 'vitest';
import { messages, saidBy } from '../checked-plan.fake.ts';

const steps = (list: string, more = ''): string => `scenarios: { loss: { ${more} steps: [${list}] } }`;
const shell = (id: string, title: string, more = ''): string =>
  `{ id: ${id}, title: ${JSON.stringify(title)}, uses: shell.run, with: { command: "true" }${more} }`;

describe('what is right is left alone', () => {
  test('a service level of 99.9 % over 30 days leaves room for 43 minutes', () =>
    expect(
      messages(
        'outage-fits-the-service-level',
        'service_levels: [{ availability: 99.9%, window: 30d, components: [database] }]\ncomponents: { database: { objectives: { rto: 43m, rpo: 5m } }, api: { objectives: { rto: 43m, rpo: 5m } } }\nscenarios: { loss: { objectives: { rto: 43m, rpo: 5m } } }',
      ),
    ).toEqual([]));

  test('monthly looks at what is kept for 90 days', () =>
    expect(
      messages(
        'verified-more-often-than-kept',
        'components: { database: { backups: [{ method: postgres.dump, every: 24h, keep: 90d, verify: [{ how: restore, every: monthly }] }] } }',
      ),
    ).toEqual([]));

  test('a rotation: frequent copies kept for days, rare ones for months', () =>
    expect(
      messages(
        'one-schedule-for-one-backup',
        'components: { database: { backups: [{ method: postgres.dump, every: 6h, keep: 7d }, { method: postgres.dump, every: monthly, keep: 365d }] } }',
      ),
    ).toEqual([]));

  test('the same backup in two places', () =>
    expect(
      messages(
        'one-schedule-for-one-backup',
        'components: { database: { backups: [{ method: postgres.dump, every: 6h, copies: [{ domain: cellar }] }, { method: postgres.dump, every: 24h, copies: [{ domain: machine }] }] } }',
      ),
    ).toEqual([]));

  test('a daily window in UTC, and hours in a zone that follows the summer', () =>
    expect(
      messages(
        'windows-in-utc',
        'components: { database: { backups: [{ method: rds.automated, every: "daily 03:00-04:00 UTC" }, { method: postgres.dump, every: "daily 03:00 Europe/Berlin" }] } }',
      ),
    ).toEqual([]));

  test('a message that promises news for when it is over', () =>
    expect(
      messages(
        'status-agrees-with-the-text',
        'templates: { down: { status: investigating, text: We will tell you when the service is restored. } }',
      ),
    ).toEqual([]));

  test('the second half of a ladder that is called before the answer is due', () =>
    expect(
      messages(
        'called-before-the-rto-is-over',
        'severities: { sev1: { title: Down, respond_within: 15m } }\nescalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }, { after: 5m, to: [keeper] }] } }',
      ),
    ).toEqual([]));

  test('what may wait needs no scenario', () =>
    expect(
      messages(
        'severity-example-has-a-scenario',
        'severities: { sev4: { title: Low, respond_within: 24h, examples: [A typo] } }',
      ),
    ).toEqual([]));

  test('isolating what an attacker has taken over', () =>
    expect(
      messages(
        'steps-outside-the-loss',
        steps(shell('isolate', 'Isolate it', ', in: machine'), 'kind: security, loses_domains: [machine],'),
      ),
    ).toEqual([]));

  test('checking names, and lowering how long they are kept, moves no traffic', () =>
    expect(
      messages(
        'traffic-after-verification',
        steps(
          `${shell('dns-check', 'Check that the DNS answers')}, ${shell('ttl', 'Lower the TTL of the DNS names')}, ${shell('restore', 'Restore the data')}`,
          'healthy: restore,',
        ),
      ),
    ).toEqual([]));
});

describe('steps that a command or a person carries out are told by their titles', () => {
  test('traffic before capacity is an error, traffic before a look a warning', () => {
    const early = steps(
      `${shell('dns', 'Move the traffic')}, ${shell('capacity', 'Scale up')}, ${shell('verify', 'Smoke tests')}`,
    );
    expect(saidBy('traffic-after-verification', early)).toMatchObject([
      { level: 'error', message: 'the step "dns" moves traffic before "capacity" has run', related: [{}] },
    ]);
    const unseen = steps(
      `${shell('capacity', 'Scale up')}, ${shell('dns', 'Move the traffic')}, ${shell('verify', 'Smoke tests')}`,
    );
    expect(saidBy('traffic-after-verification', unseen)).toMatchObject([
      { level: 'warning', message: 'the step "dns" moves traffic before anything was verified' },
    ]);
    const right = steps(
      `${shell('capacity', 'Scale up')}, ${shell('verify', 'Smoke tests')}, ${shell('dns', 'Move the traffic')}`,
    );
    expect(saidBy('traffic-after-verification', right)).toEqual([]);
  });

  test('looking before anything was done is no verification', () =>
    expect(
      messages(
        'traffic-after-verification',
        steps(
          `${shell('look', 'Check that it is down')}, ${shell('promote', 'Promote the replica')}, ${shell('dns', 'Move the traffic')}`,
          'healthy: dns,',
        ),
      ),
    ).toHaveLength(1));

  test('deleting the old before the look', () => {
    const early = steps(
      `${shell('restore', 'Restore')}, ${shell('delete-old', 'Delete the old instance')}, ${shell('verify', 'Count the rows')}`,
    );
    expect(messages('destroyed-after-verification', early)).toEqual([
      'the step "delete-old" deletes something before anything was verified: "verify" looks only afterwards',
    ]);
    const right = steps(
      `${shell('restore', 'Restore')}, ${shell('verify', 'Count the rows')}, ${shell('delete-old', 'Delete the old instance')}`,
    );
    expect(messages('destroyed-after-verification', right)).toEqual([]);
  });

  test('evidence after the restore; isolating may come first', () => {
    const list = (first: string): string =>
      steps(
        `${shell('isolate', 'Isolate at once, scale to nothing')}, ${first}, ${shell('verify', 'Look at it')}`,
        'kind: security,',
      );
    const restore = shell('restore', 'Restore to a moment before');
    const keep = shell('forensics', 'Keep the old instance as evidence');
    expect(messages('evidence-before-change', list(`${restore}, ${keep}`))).toEqual([
      'the step "forensics" preserves evidence after "restore" changed what it is taken from',
    ]);
    expect(messages('evidence-before-change', list(`${keep}, ${restore}`))).toEqual([]);
  });
});

describe('steps of a procedure are judged in its place', () => {
  const procedure = (list: string): string => `
procedures: { move: { title: Everything moves, steps: [${list}] } }
${steps(`{ id: all, uses: procedure, with: { procedure: move } }, ${shell('verify', 'Smoke tests')}`)}`;

  test('with the place where they are written, once', () => {
    const said = saidBy(
      'traffic-after-verification',
      procedure(`${shell('dns', 'Move the traffic')}, ${shell('capacity', 'Scale up')}`),
    );
    expect(said.map(({ message }) => message)).toEqual([
      'the step "all.dns" moves traffic before "all.capacity" has run',
    ]);
  });

  test('a scenario that ends with a procedure is healthy when that is over', () => {
    const list = shell('capacity', 'Scale up', ', expect: 50m');
    const uses = '{ id: all, uses: procedure, with: { procedure: move } }';
    const plan = `procedures: { move: { title: Everything moves, steps: [${list}] } }
${steps(uses, 'healthy: all, objectives: { rto: 30m, rpo: 5m },')}`;
    expect(messages('rto-is-reachable', plan)).toEqual([
      'loss promises 30m until "all.capacity", and it takes 55m: noticing 5m + all.capacity 50m',
    ]);
  });
});

describe('places that are lost', () => {
  const files = (copies: string): string => `
domains: { aws: { title: AWS, kind: provider }, aws/east: { title: A region, kind: region }, aws/west: { title: Another, kind: region } }
components: { files: { kind: bucket, domain: aws/east, objectives: { rto: 1h }, backups: [{ method: s3.copy, every: 1h, copies: [${copies}] }] } }
scenarios: { region: { title: The region is gone, loses_domains: [aws/east] } }`;

  test('a key that stays behind', () =>
    expect(messages('copies-outside-the-loss', files('{ domain: aws/west, key_in: aws/east }'))).toEqual([
      'region loses aws/east, and with it every copy of files: they are in aws/west, whose key is in aws/east',
    ]));

  test('losing the whole provider loses both regions', () =>
    expect(
      messages(
        'copies-outside-the-loss',
        files('{ domain: aws/west }').replace('loses_domains: [aws/east]', 'loses_domains: [aws]'),
      ),
    ).toHaveLength(1));

  test('a component that lives in a lost domain is lost, also when nobody names it', () => {
    expect(messages('component-without-scenario', files('{ domain: aws/west }'))).toEqual([]);
    expect(
      messages(
        'scenario-fits-the-components',
        files('{ domain: aws/west }').replace('loses_domains', 'states: { takes: 2h }, loses_domains'),
      ),
    ).toEqual(['region takes 2h, and files, which is lost in it, promises to serve again after 1h']);
  });

  test('a fallback that is lost as well', () => {
    const channels = (fallback: string): string =>
      `channels: { alarm: { kind: topic, domain: machine, fallback: mail }, mail: { kind: email, domain: ${fallback} } }
severities: { sev1: { title: Down, updates: { alarm: 15m } } }
scenarios: { loss: { severity: sev1, loses_domains: [machine] } }`;
    expect(messages('channels-outside-the-loss', channels('machine'))).toEqual([
      'loss tells people on alarm, which is lost with machine, and so are its fallbacks (mail)',
    ]);
    expect(messages('channels-outside-the-loss', channels('cellar'))).toEqual([]);
  });

  test('fallbacks that go round in a circle end', () =>
    expect(() =>
      messages(
        'channels-outside-the-loss',
        'channels: { a: { kind: chat, domain: machine, fallback: b }, b: { kind: chat, domain: machine, fallback: a } }\nseverities: { sev1: { title: Down, updates: { a: 15m } } }\nscenarios: { loss: { severity: sev1, loses_domains: [machine] } }',
      ),
    ).not.toThrow());
});

describe('dates go by the clock of the check', () => {
  test('a plan that was never reviewed', () =>
    expect(messages('review-overdue', 'plan: { review: { every: quarterly, last: never } }')).toEqual([
      'the plan was never reviewed, and reviews are quarterly',
    ]));

  test('a drill that was planned, and of which nobody wrote that it took place', () => {
    expect(messages('done-when-due', 'drills: { rehearsal: { next: 2026-05-31, last: 2026-05-20 } }')).toEqual([
      'the drill rehearsal was planned for 2026-05-31, and it was last done on 2026-05-20',
    ]);
    expect(messages('done-when-due', 'drills: { rehearsal: { next: 2026-06-01, last: 2026-05-20 } }')).toEqual([]);
  });

  test('a task without a record of it is not late', () =>
    expect(messages('done-when-due', 'tasks: { keys: { title: Keys are changed, every: monthly } }')).toEqual([]));

  test('a disaster that no drill rehearses', () => {
    const said = messages('drilled-at-all', 'drills: { rehearsal: { scenarios: [] } }');
    expect(said).toEqual(['no drill rehearses loss']);
  });
});

describe('people', () => {
  const ladder = 'escalation: { page: { until: mitigated, levels: [{ after: 0s, to: [keeper, chief] }] } }';
  test.each([
    ['roles: { chief: { people: [] } }', 'nobody has the role chief, and the ladder page calls it'],
    [
      'people: { eve: { name: Eve Example, phone: "[Phone]" } }\nroles: { chief: { people: [eve] } }',
      'nobody who has the role chief can be reached: no telephone, no e-mail, and the ladder page calls it',
    ],
    [
      'people: { eve: { name: Eve Example, phone: "+49-30-1234567" } }\nroles: { chief: { people: [eve] }, extra: { people: [eve] } }',
      'the role extra has people, and no ladder, team, approval or task calls it',
    ],
  ])('%s', (fragment, message) => expect(messages('roles-are-reachable', `${fragment}\n${ladder}`)).toEqual([message]));

  test('a vendor with a contact can be called', () =>
    expect(
      messages(
        'roles-are-reachable',
        `vendors: { cloud: { title: The cloud, contact: "+49-30-1234567" } }\nroles: { chief: { vendor: cloud } }\n${ladder}`,
      ),
    ).toEqual([]));
});

test('two times for one thing', () =>
  expect(
    saidBy(
      'objective-conflict',
      'data: { critical: { title: Critical, in: [database], objectives: { rto: 4h, rpo: 6h } } }',
    ),
  ).toMatchObject([
    {
      level: 'warning',
      message:
        'the data critical promises an RTO of 4h, and database, in which it is kept, 1h: two times for one thing',
    },
  ]));

test('a ladder for several severities that is over before one of them must be answered', () =>
  expect(
    messages(
      'called-before-the-rto-is-over',
      'severities: { p1: { title: High, respond_within: 30m }, p3: { title: Low, respond_within: 24h } }\nescalation: { all: { until: resolved, levels: [{ after: 0s, to: [keeper] }, { after: 30m, to: [keeper] }] } }',
    ),
  ).toEqual(['level 2 of all is called after 30m, and p3 may be answered within 1d: the ladder is over before']));

test('a snapshot that is described as automated and as taken by hand', () =>
  expect(
    saidBy(
      'one-schedule-for-one-backup',
      'components: { database: { backups: [{ method: rds.automated, every: daily, keep: 30d }, { method: rds.snapshot, every: 6h, keep: 30d }] } }',
    ),
  ).toMatchObject([
    {
      level: 'warning',
      message: 'the snapshot (rds.automated, rds.snapshot) of database is described twice: it is taken daily and 6h',
    },
  ]));

test('literal moments and copies are found, versions and sizes are not', () => {
  const said = (value: string): string[] =>
    messages(
      'no-literal-moment',
      steps(`{ id: verify, uses: shell.run, with: { command: ${JSON.stringify(value)} } }`),
    );
  expect(said('restore rds:shop-prod-2025-12-04-03-00 now')).toEqual([
    'the step "verify" holds the name of one copy: rds:shop-prod-2025-12-04-03-00',
  ]);
  expect(said('--restore-time 2025-12-04T02:00:00Z')).toEqual([
    'the step "verify" holds a literal moment: 2025-12-04T02:00:00Z',
  ]);
  expect(said('arn:aws:rds:us-west-2:123456789:snapshot:x')).toHaveLength(1);
  expect(said('arn:aws:rds:us-west-2:111122223333:snapshot:x')).toEqual([]);
  expect(said('db.r5.2xlarge 20 GB, account 111122223333, port 5432')).toEqual([]);
});
