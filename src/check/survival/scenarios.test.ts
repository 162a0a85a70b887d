import { describe, expect, test } from 'vitest';
import { FACTS, planWith } from '../checked-plan.fake.ts';
import { survivalOf } from './survival.ts';

const WORLD = `
domains:
  aws: { title: AWS, kind: provider }
  aws/east: { title: East, kind: region }
  aws/west: { title: West, kind: region }
  rack: { title: A rack, kind: host }
  phones: { title: Telephones }
components:
  api: { domain: phones }
  files: { kind: bucket, domain: aws/east, backups: [{ method: s3.copy, every: 1h, copies: [{ domain: aws/west }] }] }
  queue: { kind: queue, domain: aws/east }
  web: { kind: workload, domain: aws/east, needs: [files] }
`;

const worldWith = (fragment: string) => planWith(fragment, BASE_WITH_WORLD).plan;
const BASE_WITH_WORLD = (() => {
  const { plan } = planWith(WORLD);
  return JSON.stringify(plan);
})();

const fates = (fragment: string, ...lost: readonly string[]) => survivalOf(worldWith(fragment), lost, FACTS).scenarios;

/** One scenario with these steps, under a loss. */
const judged = (steps: string, { lost = 'aws/east', more = '', rest = '' } = {}) =>
  fates(
    `scenarios: { it: { title: It, loses: [files, web], failback: { not_needed: x }, ${more} steps: [${steps}] } }\n${rest}`,
    ...lost.split(','),
  ).find(({ scenario }) => scenario === 'it');

const firstOf = (...args: Parameters<typeof judged>) => {
  const fate = judged(...args);
  return `${fate?.verdict}${fate?.first ? ` at ${fate.first.step}: ${fate.first.why}` : ''}`;
};

const COPY = '{ id: copy, uses: s3.restore, in: aws/west, with: { component: files } }';

describe('a step cannot run', () => {
  test('in a place that is lost, or when it moves something there', () => {
    expect(firstOf('{ id: a, uses: human.task, in: aws/east }')).toBe('stops at a: it acts in aws/east, which is lost');
    expect(firstOf('{ id: a, uses: s3.copy, with: { in: aws/east } }')).toContain('stops at a: it acts in aws/east');
    expect(firstOf('{ id: a, uses: dns.switch, with: { to: aws/east } }')).toContain('stops at a: it acts in aws/east');
    expect(firstOf('{ id: a, uses: dns.switch, with: { to: east-side } }')).toBe('runs');
  });

  test('when every place it looks from is lost', () => {
    const from = (places: string) => firstOf(`{ id: a, uses: region.confirm_lost, with: { from: [${places}] } }`);
    expect(from('aws/east')).toBe('stops at a: it works from aws/east, which is lost');
    expect(from('aws/east, phones')).toBe('runs');
    expect(firstOf('{ id: a, uses: s3.copy, in: aws/west, with: { from: aws/east } }')).toBe(
      'stops at a: it works from aws/east, which is lost',
    );
  });

  test('on a component that is gone and of which no copy is left', () => {
    expect(firstOf('{ id: a, uses: sqs.restore, in: aws/west, with: { component: queue } }')).toBe(
      'stops at a: queue is gone, and no copy of it is left',
    );
    expect(firstOf(COPY, { lost: 'aws' })).toBe('stops at copy: it acts in aws/west, which is lost');
    expect(firstOf(COPY)).toBe('runs');
  });

  test('on a component that is gone and that no step before it brings back', () => {
    const look = '{ id: look, uses: s3.verify, with: { component: files } }';
    expect(firstOf(look)).toBe('stops at look: files is gone, and no step before it brings it back');
    expect(firstOf(`${COPY}, ${look}`)).toBe('runs');
    expect(firstOf(look, { lost: 'rack' })).toBe('runs');
    expect(firstOf('{ id: sure, uses: s3.confirm_lost, with: { component: files } }')).toBe('runs');
  });

  test('that makes something anew in a region that is lost; a machine is made anew where it was', () => {
    const anew = '{ id: a, uses: s3.restore, with: { component: files } }';
    expect(firstOf(anew)).toBe('stops at a: it makes files anew where it was, in aws/east, which is lost');
    expect(firstOf(anew, { lost: 'rack', rest: 'components: { files: { domain: rack } }' })).toBe('runs');
    expect(firstOf(anew, { lost: 'phones', rest: 'components: { files: { domain: phones } }' })).toBe(
      'unknown at a: nothing says where it makes files anew (in)',
    );
  });

  test('that looks whether something serves while what that needs stays gone', () => {
    const look = '{ id: look, uses: http.wait_healthy, in: phones, with: { component: api } }';
    expect(firstOf(look, { lost: 'machine' })).toBe(
      'stops at look: api needs database, which is gone, and this scenario is not about that',
    );
    expect(firstOf(look, { lost: 'machine', more: 'loses_domains: [machine],' })).toBe('runs');
  });

  test('that looks at what nothing surely brings back', () =>
    expect(firstOf(`${COPY}, { id: look, uses: k8s.verify, with: { component: web } }`)).toBe(
      'unknown at look: nothing before it says that it brings web back, only files, which web needs',
    ));

  test('without its channel and all it falls back on', () => {
    const post = '{ id: post, uses: chat.post, with: { channel: room } }';
    const room = (more: string) => `channels: { room: { kind: chat, domain: aws/east${more}`;
    const say = (channels: string) => firstOf(post, { rest: channels });
    expect(say(room(' } }'))).toBe('stops at post: the channel room is lost, and so is all it falls back on');
    expect(say(room(', fallback: phone }, phone: { kind: phone, domain: phones } }'))).toBe('runs');
    expect(say(room(', fallback: phone }, phone: { kind: phone } }'))).toMatch(/^unknown at post: nobody knows/);
  });

  test('without the people who approve it', () => {
    const act = (count: number) => `{ id: act, uses: human.task, approve: { role: keeper, count: ${count} } }`;
    const people = 'domains: { people/ann: { title: A, kind: person }, people/bob: { title: B, kind: person } }';
    expect(firstOf(act(1), { lost: 'people/ann', rest: people })).toBe('runs');
    expect(firstOf(act(1), { lost: 'people', rest: people })).toBe(
      'stops at act: somebody of keeper must approve, and nobody is left',
    );
    expect(firstOf(act(2), { lost: 'people/ann', rest: people })).toBe(
      'stops at act: 2 people of keeper must approve, and only bob is left',
    );
    expect(firstOf(act(1), { rest: 'roles: { keeper: { people: [] } }' })).toContain('and nobody has that role');
    expect(firstOf(act(1), { rest: 'people: { ann: { email: "[Email]" }, bob: { email: "" } }' })).toBe(
      'unknown at act: somebody of keeper must approve, and the plan does not say how to reach them',
    );
    const vendor = 'vendors: { firm: { title: F, contact: "+49" } }\nroles: { keeper: { people: [], vendor: firm } }';
    expect(firstOf(act(1), { rest: vendor })).toBe('runs');
  });

  test('without the repository of backups', () => {
    const restore = '{ id: restore, uses: postgres.restore_server, with: { component: database } }';
    expect(firstOf(restore, { lost: 'cellar' })).toBe(
      'stops at restore: the repository of backups is gone with cellar',
    );
    expect(firstOf(restore, { lost: 'machine' })).toBe('runs');
    expect(firstOf(restore, { lost: 'machine,cellar' })).toBe(
      'stops at restore: database is gone, and no copy of it is left',
    );
  });

  test('without the file it calls', () => {
    const call = '{ id: call, uses: shell.run, in: phones, with: { command: "bash ./bin/a.sh --now" } }';
    const rest = (content: string, source: string) =>
      `files: { bin/a.sh: { title: A, content: ${content} } }\ncomponents: { code: { kind: source, domain: ${source} } }`;
    expect(firstOf(call, { rest: rest('in-repository', 'phones') })).toBe('runs');
    expect(firstOf(call, { rest: rest('in-repository', 'aws/east') })).toBe(
      'stops at call: bin/a.sh is gone with the source repository',
    );
    expect(firstOf(call, { rest: rest('missing', 'phones') })).toBe('stops at call: nobody has bin/a.sh');
    expect(firstOf(call, { rest: rest('unknown', 'phones') })).toMatch(/^unknown at call: nobody says whether/);
    expect(firstOf(call, { rest: 'files: { bin/a.sh: { title: A, content: in-repository } }' })).toMatch(/^unknown/);
    const short = '{ id: call, uses: infra.apply, in: phones, with: { scripts: [a.sh] } }';
    expect(firstOf(short, { rest: rest('missing', 'phones') })).toBe('stops at call: nobody has bin/a.sh');
  });
});

describe('a command', () => {
  const command = '{ id: act, title: Look at it, uses: shell.run, with: { command: run it } }';

  test('acts nobody knows where, unless the step says it', () => {
    expect(firstOf(command)).toBe('unknown at act: nothing says where its command acts (in)');
    expect(firstOf(command.replace('uses', 'in: phones, uses'))).toBe('runs');
  });

  test('of a rollback works on what is there', () =>
    expect(firstOf(command, { more: 'kind: rollback,' })).toBe('stops at act: what it works on is gone: files, web'));

  test('restores nothing where no copy is left', () => {
    const restore = '{ id: restore, uses: shell.run, in: phones, with: { command: run it } }';
    expect(firstOf(restore)).toBe('runs');
    expect(firstOf(restore, { lost: 'aws' })).toBe('stops at restore: no copy is left of files');
    expect(firstOf(restore, { more: 'loses_domains: [aws/east],' })).toBe(
      'unknown at restore: no copy is left of queue',
    );
  });
});

describe('what does not stop a runbook', () => {
  const LOST = 'uses: human.task, in: aws/east';
  const SURE = 'uses: human.task, in: phones';

  test('one of several ways, while another is open', () => {
    const ways = (second: string) =>
      `{ id: one, one_of: way, ${LOST} }, { id: two, one_of: way, needs: [], ${second} }, { id: end, needs: [one, two], ${SURE} }`;
    expect(firstOf(ways(SURE))).toBe(
      'unknown at one: it acts in aws/east, which is lost; it is one of the ways of way',
    );
    expect(firstOf(ways(LOST))).toBe('stops at one: it acts in aws/east, which is lost');
  });

  test('a step with a condition, and one that may fail', () => {
    expect(firstOf(`{ id: a, when: "\${{ 1 == 2 }}", ${LOST} }`)).toMatch(/^unknown at a: .*its condition is not met$/);
    expect(firstOf(`{ id: a, on_failure: continue, ${LOST} }`)).toMatch(/^unknown at a: .*the run goes on without it$/);
  });

  test('what comes after it serves again', () => {
    const steps = `{ id: up, ${SURE} }, { id: later, ${LOST} }`;
    expect(judged(steps, { more: 'healthy: up,' })).toMatchObject({ verdict: 'stops', servesBefore: true });
    expect(judged(steps, { more: 'healthy: later,' })).toMatchObject({ verdict: 'stops', servesBefore: false });
    expect(judged(steps)).toMatchObject({ verdict: 'stops', servesBefore: false });
  });

  test('an attacker: what is taken over is isolated where it is', () =>
    expect(firstOf(`{ id: a, ${LOST} }`, { more: 'kind: security, loses_domains: [aws/east],' })).toBe('runs'));
});

test('steps of procedures are judged under their own names', () =>
  expect(
    firstOf('{ id: all, uses: procedure, with: { procedure: p } }', {
      rest: 'procedures: { p: { title: P, steps: [{ id: x, uses: human.task, in: aws/east }] } }',
    }),
  ).toBe('stops at all.x: it acts in aws/east, which is lost'));

test('a scenario without steps does nothing, and one that runs may bring nothing back', () => {
  expect(judged('')).toMatchObject({ verdict: 'empty', first: null });
  const wait = '{ id: wait, uses: human.task }';
  expect(judged(wait, { lost: 'aws' })).toMatchObject({ verdict: 'runs', staysLost: ['files'] });
  expect(judged(wait)).toMatchObject({ verdict: 'runs', staysLost: [] });
});

describe('which scenario fits', () => {
  const wait = 'failback: { not_needed: x }, steps: [{ id: wait, uses: human.task }]';
  const order = (fragment: string, ...lost: readonly string[]) =>
    fates(fragment, ...lost).map(({ scenario, meant }) => `${scenario}${meant ? '' : ' (not meant)'}`);

  test('the one for the whole loss comes first, then the narrowest, then those for less', () =>
    expect(
      order(
        `scenarios:
  part: { title: Part, loses: [files], ${wait} }
  wide: { title: Wide, loses_domains: [aws], loses: [database], ${wait} }
  region: { title: Region, loses_domains: [aws/east], ${wait} }
`,
        'aws/east',
      ),
    ).toEqual(['region', 'wide', 'part (not meant)', 'loss (not meant)']));

  test('one that stops comes after one that brings it back, and a rollback after a disaster', () =>
    expect(
      order(
        `scenarios:
  back: { title: Back, kind: rollback, loses: [files, queue, web], ${wait} }
  stops: { title: Stops, loses: [files, queue, web], failback: { not_needed: x }, steps: [{ id: a, uses: human.task, in: aws/east }] }
  runs: { title: Runs, loses: [files, queue, web], ${wait} }
`,
        'aws/east',
      ),
    ).toEqual(['runs', 'stops', 'back', 'loss (not meant)']));

  test('one that loses other domains is not meant, even where it is about all that is gone', () =>
    expect(
      order(
        `scenarios:
  region: { title: Region, loses_domains: [aws/east], ${wait} }
  both: { title: Tools, kind: degradation, loses_domains: [phones, rack], ${wait} }
`,
        'rack',
        'phones',
        'aws',
      ),
    ).toEqual(['both (not meant)', 'region (not meant)', 'loss (not meant)']));

  test('a loss that takes no component is meant by none that does not name it', () =>
    expect(order('scenarios: {}', 'rack')).toEqual(['loss (not meant)']));
});

test('counts the steps that this build cannot carry out', () =>
  expect(judged(`${COPY}, { id: a, uses: postgres.verify_server, with: { component: database } }`)?.byHand).toBe(1));
