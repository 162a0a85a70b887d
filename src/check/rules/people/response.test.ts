import { describe, expect, test } from 'vitest';
import { messages, saidBy } from '../../checked-plan.fake.ts';

const SEVERITIES =
  'severities: { sev1: { title: Down, respond_within: 5m, team: [keeper] }, sev2: { title: Slow, respond_within: 1h, team: [keeper] } }';
const LADDER = 'escalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }] } }';
const FIRE =
  'fire: { title: The machine room burns, loses: [database], detect_within: 5m, steps: [{ id: act, uses: postgres.verify_server }] }';

describe('severities and ladders', () => {
  test('a matrix with times and a ladder is complete', () =>
    expect(messages('severities-are-complete', `${SEVERITIES}\n${LADDER}`)).toEqual([]));

  test('a ladder for one severity does not cover the other', () =>
    expect(
      messages('severities-are-complete', `${SEVERITIES}\n${LADDER.replace('until', 'severities: [sev1], until')}`),
    ).toEqual(['nothing says of sev2 who is called when nobody answers (escalation)']));

  test('the least of the severities can wait until people are at work', () =>
    expect(
      messages(
        'severities-are-complete',
        `${SEVERITIES.replace(' } }', ' }, sev3: { title: Ugly, respond_within: next-business-day, team: [keeper] } }')}\n${LADDER.replace('until', 'severities: [sev1, sev2], until')}`,
      ),
    ).toEqual([]));

  test('a ladder that calls the team one by one within half an hour agrees with the matrix', () =>
    expect(
      messages(
        'called-at-one-time',
        `${SEVERITIES}\nescalation: { page: { until: acknowledged, levels: [{ after: 0s, to: [keeper] }, { after: 30m, to: [keeper] }] } }`,
      ),
    ).toEqual([]));

  test('a role that was called before is not called late', () =>
    expect(
      messages(
        'called-at-one-time',
        `${SEVERITIES}\nescalation: { page: { until: resolved, levels: [{ after: 0s, to: [keeper] }, { after: 2h, to: [keeper] }] } }`,
      ),
    ).toEqual([]));

  test('one disaster needs no matrix, two do', () => {
    expect(messages('response-is-planned', '{}')).toEqual([]);
    expect(messages('response-is-planned', `scenarios: { ${FIRE} }\n${SEVERITIES}\n${LADDER}`)).toEqual([
      'the plan has 2 disasters, and does not say what is looked back at afterwards (post_mortem)',
    ]);
    expect(
      messages('response-is-planned', `scenarios: { ${FIRE.replace('fire: {', 'fire: { kind: rollback,')} }`),
    ).toEqual([]);
  });
});

describe('classes and severities', () => {
  const CLASSES =
    'classes: { p0: { title: First, objectives: { rto: 1h } }, p1: { title: Second, objectives: { rto: 4h } } }';
  const example = (scenario: string) =>
    `severities: { sev1: { title: Down }, sev2: { title: Slow, examples: [{ text: It is slow, scenario: ${scenario} }] } }`;
  const said = (more: string, kind = 'disaster') =>
    messages(
      'severity-agrees-with-the-class',
      `${CLASSES}\ncomponents: { database: { class: p0 } }\n${example('fire')}\nscenarios: { ${FIRE.replace('fire: {', `fire: { kind: ${kind},`)} }\n${more}`,
    );

  test('the loss of what must be back first is of the first severity', () =>
    expect(said('')).toEqual(['"It is slow" is an example of sev2, and fire loses database, of the class p0']));

  test('a degradation, and a scenario with an RTO of its own, are judged by themselves', () => {
    expect(said('', 'degradation')).toEqual([]);
    expect(
      messages(
        'severity-agrees-with-the-class',
        `${CLASSES}\ncomponents: { database: { class: p0 } }\n${example('loss')}`,
      ),
    ).toEqual([]);
  });
});

describe('people', () => {
  test('the only person of a plan, and the only approver', () => {
    expect(messages('somebody-can-stand-in', 'roles: { keeper: { people: [bob] } }')).toEqual([
      'only bob has the role keeper, and steps wait for its approval',
    ]);
    expect(
      messages('somebody-can-stand-in', 'roles: { keeper: { people: [ann, bob] }, chief: { people: [ann] } }'),
    ).toEqual([]);
  });

  test('a firm that answers needs no deputy', () =>
    expect(
      messages(
        'somebody-can-stand-in',
        'vendors: { firm: { title: A firm, contact: +49-30-1234567 } }\nroles: { keeper: { people: [ann], vendor: firm } }',
      ),
    ).toEqual([]));
});

describe('the report of an incident', () => {
  const report = (...fields: readonly string[]) =>
    messages(
      'report-compares-with-the-objectives',
      `${SEVERITIES}\n${LADDER}\npost_mortem: { fields: ${JSON.stringify(fields)} }`,
    );

  test('asks for RTO and RPO in any words', () => {
    expect(report('Recovery time', 'Data loss')).toEqual([]);
    expect(report('RTO reached')).toEqual(['the report of an incident does not ask for RPO']);
  });

  test('a range of severities, or none at all, leaves nothing out', () => {
    expect(report('RTO and RPO', 'severity sev1 to sev2', 'severity')).toEqual([]);
    expect(messages('report-compares-with-the-objectives', `${SEVERITIES}\npost_mortem: { within: 2d }`)).toEqual([]);
  });
});

describe('copies and data', () => {
  test('copies that start at other hours, or in other zones, and streams beside them', () =>
    expect(
      messages(
        'copies-do-not-start-together',
        'components: { database: { backups: [{ method: postgres.base_backup, every: "daily 02:00 UTC", takes: 1h }, { method: postgres.dump, every: "daily 02:00 Europe/Berlin", takes: 1h }, { method: postgres.wal_stream }] } }',
      ),
    ).toEqual([]));

  test('data without an objective may live anywhere', () =>
    expect(messages('data-is-kept-somewhere', 'data: { settings: { title: Settings, objectives: {} } }')).toEqual([]));

  test('what Lifeboat keeps itself is encrypted; other copies must say it, once a component', () => {
    expect(messages('copies-are-encrypted', '{}')).toEqual([]);
    const bucket = (copies: string) =>
      messages(
        'copies-are-encrypted',
        `components: { files: { kind: bucket, domain: machine, objectives: { rto: 1h }, backups: [{ method: s3.copy, every: 1h, copies: [${copies}] }] } }`,
      );
    expect(bucket('{ domain: cellar }, { domain: machine }')).toEqual([
      'nothing says whether the copies of files (s3.copy) are encrypted, nor where the key is',
    ]);
    expect(bucket('{ domain: cellar, encrypted: provider }')).toEqual([]);
  });
});

describe('deployments', () => {
  const IMAGES =
    'images: { kind: registry, domain: cellar, objectives: { rto: 1h }, backups: [{ method: registry.images, copies: [{ domain: machine }] }] }';

  test('who builds nothing has nothing to take back', () =>
    expect(messages('deployments-can-be-taken-back', '{}')).toEqual([]));

  test('only the more important half of the classes', () => {
    const said = (its: string) =>
      messages(
        'deployments-can-be-taken-back',
        `classes: { a: { title: A, objectives: { rto: 1h } }, b: { title: B, objectives: { rto: 2h } } }\ncomponents: { ${IMAGES}, api: { class: ${its} } }`,
      );
    expect(said('a')).toHaveLength(1);
    expect(said('b')).toEqual([]);
  });
});

describe('the time that is known', () => {
  const restore = (expected: string) =>
    `scenarios: { fire: { title: The machine room burns, loses: [database], steps: [{ id: restore, uses: postgres.restore_server, with: { component: database }, expect: ${expected}, approve: { role: keeper, within: 5m } }, { id: verify, uses: postgres.verify_server, with: { component: database } }] } }`;

  test('a scenario without a promise must keep that of what it loses', () => {
    const [said] = saidBy('rto-is-reachable', restore('10m'));
    expect([said?.level, said?.path]).toEqual(['warning', 'scenarios.fire']);
    expect(said?.message).toContain('what fire loses must serve again after 1h, which cannot be proven');
  });

  test('steps that may take all of it leave nothing for the others', () => {
    const [said] = saidBy('rto-is-reachable', restore('30m..55m'));
    expect(said?.level).toBe('error');
    expect(said?.message).toContain('can take all of it: nothing is left for the rest');
  });

  test('a claim is too short already when the steps that say something are longer', () => {
    const claim = (takes: string) =>
      messages('stated-time-adds-up', restore('10m..20m').replace('steps:', `states: { takes: ${takes} }, steps:`));
    expect(claim('5m')).toEqual([
      'fire is said to take 5m, and its steps add up to 10m..20m, without those that do not say how long they take: both ends are too short',
    ]);
    expect(claim('10m..20m')).toEqual([]);
  });
});

describe('slow answers', () => {
  const said = (example: string) =>
    messages(
      'slow-answers-are-noticed-in-time',
      `service_levels: [{ availability: 99.9%, latency: { p99: 200ms }, components: [database] }]\nseverities: { sev1: { title: Slow, respond_within: 5m, team: [keeper], examples: [${example}] } }`,
    );

  test('an alarm near to the promise, or about something else', () => {
    expect(said('Answers take longer than 900 ms')).toEqual([]);
    expect(said('The disk is full for 5 s')).toEqual([]);
    expect(said('Responses are slower than 1.5 s')).toHaveLength(1);
  });
});
