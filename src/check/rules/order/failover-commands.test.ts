import { describe, expect, test } from 'vitest';
import { messages } from '../../checked-plan.fake.ts';
import { byHand, levelsOfSteps, saidOfSteps } from '../../shell-steps.fake.ts';

const REGIONS = {
  aws: { title: 'AWS' },
  'aws/us-east-1': { title: 'Production' },
  'aws/us-west-2': { title: 'Standby' },
};
const EAST = { loses_domains: ['aws/us-east-1'], failback: { not_needed: 'x' } };
const PROMOTE = 'aws rds promote-read-replica --db-instance-identifier shop-replica --region us-west-2';

describe('old-primary-is-fenced', () => {
  const RULE = 'old-primary-is-fenced';
  const database = {
    domain: 'machine',
    backups: [{ method: 'postgres.base_backup', every: '24h' }, { method: 'postgres.replica' }],
  };

  test('while the primary lives it is an error, else a warning', () => {
    expect(levelsOfSteps(RULE, [PROMOTE], { loses: ['api'] }, { components: { database } })).toEqual(['error']);
    expect(levelsOfSteps(RULE, [PROMOTE], { loses: ['database'] }, { components: { database } })).toEqual(['warning']);
    expect(
      levelsOfSteps(RULE, [PROMOTE], { loses: ['api'], loses_domains: ['machine'] }, { components: { database } }),
    ).toEqual(['warning']);
  });

  test('once in a runbook, and of typed actions too', () => {
    expect(saidOfSteps(RULE, [PROMOTE, PROMOTE])).toHaveLength(1);
    expect(saidOfSteps(RULE, [{ uses: 'rds.promote_replica', with: { component: 'database' } }])).toHaveLength(1);
  });

  test.each([
    [[{ uses: 'rds.fence', with: { component: 'database' } }, PROMOTE]],
    [[byHand('Stop all writes to the old primary'), PROMOTE]],
    [['aws rds stop-db-instance --db-instance-identifier shop', PROMOTE]],
    [['aws ec2 revoke-security-group-ingress --group-id "$G" --ip-permissions "$P"', PROMOTE]],
    [['aws rds describe-db-instances --db-instance-identifier shop-replica']],
    [[byHand('Promote the engineer on call')]],
  ])('nothing of: %j', (steps) => expect(saidOfSteps(RULE, steps)).toEqual([]));

  test('fencing afterwards is too late', () =>
    expect(saidOfSteps(RULE, [PROMOTE, { uses: 'rds.fence', with: { component: 'database' } }])).toHaveLength(1));
});

describe('lag-is-read-before-promotion', () => {
  const RULE = 'lag-is-read-before-promotion';

  test('nobody reads it, or too late', () => {
    expect(saidOfSteps(RULE, [PROMOTE])).toHaveLength(1);
    expect(saidOfSteps(RULE, [PROMOTE, byHand('Read the lag')])).toHaveLength(1);
    expect(
      saidOfSteps(RULE, ['aws cloudwatch get-metric-statistics --metric-name CPUUtilization', PROMOTE]),
    ).toHaveLength(1);
  });

  test.each([
    [['aws cloudwatch get-metric-statistics --metric-name ReplicaLag --namespace AWS/RDS', PROMOTE]],
    [['psql -h "$R" -c "SELECT now() - pg_last_xact_replay_timestamp()"', PROMOTE]],
    [[byHand('See how far the replica is behind'), PROMOTE]],
    [[{ uses: 'rds.read_lag', with: { component: 'database' } }, PROMOTE]],
    [[{ uses: 'rds.create_replica', with: { component: 'database' } }, PROMOTE]],
    [['pg_ctl status']],
  ])('nothing of: %j', (steps) => expect(saidOfSteps(RULE, steps)).toEqual([]));
});

describe('aws-names-its-region', () => {
  const RULE = 'aws-names-its-region';
  const more = {
    domains: REGIONS,
    environments: { production: { domain: 'aws/us-east-1' } },
    components: {
      replica: { kind: 'replica', domain: 'aws/us-west-2', ids: { instance: 'shop-replica' } },
      queue: { kind: 'queue', domain: 'aws/us-east-1', ids: { name: 'shop-queue', both: 'shop' } },
      other: { kind: 'queue', domain: 'aws/us-west-2', ids: { both: 'shop' } },
    },
  };
  const said = (command: string) => saidOfSteps(RULE, [command], {}, more);
  const OPEN = 'aws rds wait db-instance-available --db-instance-identifier shop-replica';

  test('what lives elsewhere', () => {
    expect(said(OPEN)[0]).toContain('shop-replica is in us-west-2');
    expect(said(`ssh bastion "${OPEN}"`)).toHaveLength(1);
    expect(said(`${OPEN}\nexport AWS_REGION=us-west-2`)).toHaveLength(1);
  });

  test.each([
    [`${OPEN} --region us-west-2`],
    [`${OPEN} --region "$REGION"`],
    [`AWS_REGION=us-west-2 ${OPEN}`],
    [`export AWS_DEFAULT_REGION=us-west-2\n${OPEN}`],
    [`${OPEN} --profile standby`],
    ['aws sqs get-queue-url --queue-name shop-queue'],
    ['aws sqs get-queue-url --queue-name shop'],
    ['aws rds describe-db-instances'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));

  test('a plan that does not say where production is', () =>
    expect(saidOfSteps(RULE, [OPEN], {}, { ...more, environments: {} })).toEqual([]));
});

describe('commands-outside-the-loss', () => {
  const RULE = 'commands-outside-the-loss';
  const said = (command: string, scenario: Record<string, unknown> = EAST) =>
    saidOfSteps(RULE, [command], scenario, { domains: REGIONS });

  test.each([
    ['aws sns publish --region us-east-1 --topic-arn "$T" --message x'],
    ['aws sns publish --topic-arn arn:aws:sns:us-east-1:111122223333:alerts --message x'],
    ['docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:1'],
    ['aws ecs update-service --region=us-east-1 --cluster c --service s --desired-count 2'],
  ])('%s', (command) => expect(said(command)).toHaveLength(1));

  test.each([
    ['aws sns publish --region us-west-2 --topic-arn "$T" --message x'],
    ['aws rds describe-db-instances --region us-east-1'],
    ['curl -f https://api.us-east-1.example.com/health'],
    ['docker push 111122223333.dkr.ecr.us-west-2.amazonaws.com/shop:1'],
    [
      'aws rds copy-db-snapshot --source-region us-east-1 --region us-west-2 --source-db-snapshot-identifier x --target-db-snapshot-identifier y',
    ],
    ['echo "us-east-1 is lost"'],
    ['aws sns publish --region "$REGION" --topic-arn "$T" --message x'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));

  test('a provider that is lost as a whole takes its regions with it, and a break-in takes none', () => {
    expect(said('aws sns publish --region us-east-1 --message x', { loses_domains: ['aws'] })).toHaveLength(1);
    expect(said('aws sns publish --region us-east-1 --message x', { ...EAST, kind: 'security' })).toEqual([]);
    expect(said('aws sns publish --region us-east-1 --message x', {})).toEqual([]);
  });

  test('one complaint a step', () =>
    expect(said('aws a b --region us-east-1\naws c d --region us-east-1')).toEqual([
      '"s1" calls us-east-1, which loss has lost: --region us-east-1 (and 1 more here)',
    ]));
});

describe('ids-of-what-is-rebuilt', () => {
  const RULE = 'ids-of-what-is-rebuilt';
  const components = { network: { kind: 'network' }, bastion: { kind: 'bastion' } };
  const said = (command: string, loses = ['network']) => saidOfSteps(RULE, [command], { loses }, { components });

  test.each([
    [
      'aws rds restore-db-instance-from-db-snapshot --vpc-security-group-ids sg-0123456789abcdef0 --db-instance-identifier x',
    ],
    ['aws ec2 run-instances --subnet-id subnet-01234567 --security-group-ids "$G"'],
  ])('%s', (command) => expect(said(command)).toHaveLength(1));

  test.each([
    ['aws ec2 run-instances --subnet-id "$SUBNET"'],
    ['aws ec2 describe-security-groups --group-ids sg-0123456789abcdef0'],
    ['aws rds restore-db-instance-from-db-snapshot --db-snapshot-identifier msg-0123456789abcdef0'],
    ['echo i-am-no-id'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));

  test('only what is lost has new ids', () => {
    const group = 'aws rds modify-db-instance --db-instance-identifier x --vpc-security-group-ids sg-0123456789abcdef0';
    expect(said(group, ['api'])).toEqual([]);
    expect(said(group, ['bastion'])).toEqual([]);
    expect(said('aws ec2 start-instances --instance-ids i-0123456789abcdef0', ['bastion'])).toHaveLength(1);
  });
});

describe('names-can-be-changed-in-the-outage', () => {
  const RULE = 'names-can-be-changed-in-the-outage';
  const CHANGE = 'aws route53 change-resource-record-sets --hosted-zone-id Z --change-batch file://x';
  const said = (command: string, scenario: Record<string, unknown>) =>
    saidOfSteps(RULE, [command], scenario, { domains: REGIONS });

  test('the part that takes changes is in the lost region', () => {
    expect(said(CHANGE, EAST)).toHaveLength(1);
    expect(said(CHANGE, { ...EAST, loses_domains: ['aws'] })).toHaveLength(1);
  });

  test('another region, another question, or nothing lost', () => {
    expect(said(CHANGE, { ...EAST, loses_domains: ['aws/us-west-2'] })).toEqual([]);
    expect(said('aws route53 list-resource-record-sets --hosted-zone-id Z', EAST)).toEqual([]);
    expect(said('gcloud dns record-sets update shop.example.com', EAST)).toEqual([]);
    expect(said(CHANGE, {})).toEqual([]);
    expect(said(CHANGE, { ...EAST, kind: 'security' })).toEqual([]);
  });
});

describe('compose', () => {
  test('version one is complained about once, with all places', () => {
    expect(
      saidOfSteps('compose-is-version-two', ['docker-compose stop a', 'docker-compose start a\ndocker-compose logs a']),
    ).toEqual([
      'docker-compose is the name of version 1, which is no longer made, and Docker today comes with docker compose, here and in 2 more places',
    ]);
    expect(
      saidOfSteps('compose-is-version-two', ['docker compose stop a', 'cat docker-compose.yml', 'echo docker-compose']),
    ).toEqual([]);
  });

  const PROJECT = 'compose-names-its-project';
  const NAMED = 'docker compose -f /srv/compose.yaml stop postgres';

  test.each([
    ['docker compose start postgres'],
    ['docker-compose stop postgres'],
    ['docker compose exec postgres psql'],
  ])('%s', (command) => expect(saidOfSteps(PROJECT, [NAMED, command])).toHaveLength(1));

  test.each([
    ['docker compose -f /srv/compose.yaml start postgres'],
    ['docker compose -p shop start postgres'],
    ['COMPOSE_FILE=/srv/compose.yaml docker compose start postgres'],
    ['export COMPOSE_PROJECT_NAME=shop\ndocker compose start postgres'],
    ['docker compose start other'],
    ['docker compose ps'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(PROJECT, [NAMED, command])).toEqual([]));

  test('a plan that never names a file stands in the right folder', () =>
    expect(saidOfSteps(PROJECT, ['docker compose stop postgres', 'docker compose start postgres'])).toEqual([]));
});

describe('curl', () => {
  const json = (command: string) => saidOfSteps('json-is-sent-as-json', [command]);
  const retry = (command: string) => saidOfSteps('curl-retries-what-fails', [command]);

  test.each([
    [`curl -X POST https://page.example.com -H "Authorization: x" -d '{"incident": {"name": "Down"}}'`],
    [`curl https://page.example.com --data-raw '[{"a": 1}]'`],
    ['curl -d "{\\"a\\": \\"$B\\"}" https://page.example.com'],
  ])('%s', (command) => expect(json(command)).toHaveLength(1));

  test.each([
    [`curl -H 'Content-Type: application/json' -d '{"a": 1}' https://page.example.com`],
    [`curl -H "content-type:application/json; charset=utf-8" -d '{"a": 1}' x`],
    [`curl --json '{"a": 1}' https://page.example.com`],
    ['curl -d "name=Down&body={x}" https://page.example.com'],
    ['curl -d @body.json https://page.example.com'],
    ['curl -d "$BODY" https://page.example.com'],
    ['curl https://page.example.com'],
    [`wget --post-data '{"a": 1}' https://page.example.com`],
  ])('nothing of: %s', (command) => expect(json(command)).toEqual([]));

  test('a retry that does not try again', () => {
    expect(retry('curl -f --retry 3 https://shop.example.com')[0]).not.toContain('depends');
    expect(retry('if curl -f --retry=3 https://shop.example.com; then exit 1; fi')[0]).toContain(
      'what the script does next depends on it',
    );
  });

  test.each([
    ['curl --retry 3 --retry-all-errors https://shop.example.com'],
    ['curl --retry 3 --retry-connrefused https://shop.example.com'],
    ['curl --retry 0 https://shop.example.com'],
    ['curl -f https://shop.example.com'],
    ['wget --retry 3 https://shop.example.com'],
  ])('nothing of: %s', (command) => expect(retry(command)).toEqual([]));

  test('what is posted must agree with its status', () => {
    const post = (body: string) =>
      saidOfSteps('status-agrees-with-the-text', [`curl -X POST -d '${body}' https://page.example.com`]);
    expect(post('{"status": "investigating", "message": "The service is restored."}')).toEqual([
      'what is posted shows "investigating", and its text says "is restored"',
    ]);
    expect(post('{"status": "resolved", "message": "The service is restored."}')).toEqual([]);
    expect(post('{"status": "investigating", "message": "We write again once it is restored."}')).toEqual([]);
    expect(post('{"message": "The service is restored."}')).toEqual([]);
  });
});

describe('news-of-an-outage-has-an-end', () => {
  const said = (templates: Record<string, unknown>, kind = 'status-page') =>
    messages('news-of-an-outage-has-an-end', JSON.stringify({ channels: { page: { kind } }, templates }));
  const down = { channel: 'page', status: 'investigating', text: 'We are looking into it.' };

  test('opened and never closed', () => expect(said({ down })).toHaveLength(1));

  test('closed by a message of its own, or by one whose status is filled in', () => {
    expect(said({ down, over: { channel: 'page', status: 'resolved', text: 'Over.' } })).toEqual([]);
    expect(said({ down, news: { channel: 'page', text: 'Now: {{status}}', variables: ['status'] } })).toEqual([]);
  });

  test('no incident is opened, or not on a page', () => {
    expect(said({ news: { channel: 'page', text: 'News.' } })).toEqual([]);
    expect(said({ down }, 'chat')).toEqual([]);
  });
});

describe('traffic-after-verification, by what commands do', () => {
  const RULE = 'traffic-after-verification';
  const CHANGE = 'aws route53 change-resource-record-sets --hosted-zone-id Z --change-batch file://x';
  const SCALE = 'kubectl --context dr scale deployment api --replicas=10';
  const LOOK = 'curl -fsS https://dr.example.com/health';

  test('names before capacity, or before anybody has looked', () => {
    expect(levelsOfSteps(RULE, [CHANGE, SCALE, LOOK])).toEqual(['error']);
    expect(levelsOfSteps(RULE, [SCALE, CHANGE, LOOK])).toEqual(['warning']);
  });

  test.each([
    [[SCALE, LOOK, CHANGE]],
    [[SCALE, LOOK, CHANGE, 'kubectl --context old scale deployment api --replicas=0']],
    [[{ title: 'Lower the TTL', with: { command: CHANGE } }, SCALE, LOOK]],
    [
      [
        `aws route53 change-resource-record-sets --change-batch '{"Changes": [{"ResourceRecordSet": {"Type": "TXT"}}]}'`,
        SCALE,
        LOOK,
      ],
    ],
    [['aws cloudfront create-invalidation --distribution-id E1 --paths /', SCALE, LOOK]],
    [['aws route53 list-resource-record-sets --hosted-zone-id Z', SCALE, LOOK]],
  ])('nothing of: %j', (steps) => expect(saidOfSteps(RULE, steps)).toEqual([]));
});
