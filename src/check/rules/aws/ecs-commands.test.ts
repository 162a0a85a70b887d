import { describe, expect, test } from 'vitest';
import { byHand, levelsOfSteps, saidOfSteps } from '../../shell-steps.fake.ts';

const UPDATE = 'aws ecs update-service --cluster shop --service api';

describe('revision-was-deployed-before', () => {
  const RULE = 'revision-was-deployed-before';
  const LIST = 'aws ecs list-task-definitions --family-prefix api';

  test.each([
    [`${LIST} --query 'taskDefinitionArns[-2]' --output text`],
    [`${LIST} --sort DESC --query 'taskDefinitionArns[1]' --output text`],
    [`REV=$(${LIST} --status ACTIVE \\\n  --query "taskDefinitionArns[-3]")`],
    [`${LIST} --output text | tail -2 | head -1`],
    [`${UPDATE} --task-definition api:42`],
    [`${UPDATE} --task-definition arn:aws:ecs:eu-west-1:111122223333:task-definition/api:42`],
    ['kubectl rollout undo deployment/api --to-revision=3'],
  ])('%s', (command) => expect(saidOfSteps(RULE, [command])).toHaveLength(1));

  test.each([
    [LIST],
    [`${LIST} --query 'taskDefinitionArns'`],
    [`${LIST} --query 'taskDefinitionArns[-1]' --output text`],
    [`${LIST} --output text | tail -1`],
    [`${UPDATE} --task-definition api`],
    [`${UPDATE} --task-definition "api:$REVISION"`],
    [`${UPDATE} --task-definition "$ARN"`],
    ['kubectl rollout undo deployment/api --to-revision="$GOOD"'],
    ['docker run -p 80:42 api:42'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [command])).toEqual([]));

  test('in a rollback the newest is no choice either', () =>
    expect(saidOfSteps(RULE, [`${LIST} --query 'taskDefinitionArns[-1]'`], { kind: 'rollback' })).toHaveLength(1));

  test('the same number in two families is said', () => {
    const said = saidOfSteps(RULE, [`${UPDATE} --task-definition api:42`, `${UPDATE} --task-definition worker:42`]);
    expect(said[1]).toContain('api has the same number, and families count on their own');
    expect(saidOfSteps(RULE, [`${UPDATE} --task-definition api:42`])[0]).not.toContain('same number');
  });
});

describe('rights-of-the-role-that-calls', () => {
  const RULE = 'rights-of-the-role-that-calls';
  const INLINE = 'aws iam get-role-policy --role-name shop-task --policy-name files';
  const ATTACHED = 'aws iam list-attached-role-policies --role-name';

  test('the role that starts tasks, when the application cannot reach its bucket', () =>
    expect(saidOfSteps(RULE, [`${ATTACHED} ecsTaskExecutionRole`, 'aws s3 ls s3://shop/'])).toHaveLength(1));

  test.each([
    [`${ATTACHED} shop-task`, 'aws s3 ls s3://shop/'],
    [`${ATTACHED} ecsTaskExecutionRole`, 'aws logs tail /ecs/api'],
    [
      `${ATTACHED} ecsTaskExecutionRole`,
      'aws ecs describe-task-definition --task-definition api --query taskDefinition.taskRoleArn; aws s3 ls',
    ],
    [`${ATTACHED} lambda-execution-role`, 'aws s3 ls s3://shop/'],
    ['aws iam attach-role-policy --role-name ecsTaskExecutionRole --policy-arn x', 'aws s3 ls s3://shop/'],
  ])('nothing of: %s; %s', (one, two) => expect(saidOfSteps(RULE, [one, two])).toEqual([]));

  test('only the policies inside the role', () => {
    expect(saidOfSteps(RULE, [INLINE])).toHaveLength(1);
    expect(saidOfSteps(RULE, [INLINE, `${ATTACHED} shop-task`])).toEqual([]);
    expect(
      saidOfSteps(RULE, [
        INLINE,
        'aws iam simulate-principal-policy --policy-source-arn x --action-names s3:PutObject',
      ]),
    ).toEqual([]);
    expect(saidOfSteps(RULE, [`${INLINE} > policy.json`])).toEqual([]);
    expect(saidOfSteps(RULE, [`P=$(${INLINE})`])).toEqual([]);
  });
});

describe('restart-brings-nothing-back', () => {
  const RULE = 'restart-brings-nothing-back';
  const lost = { loses: ['api'] };

  test.each([
    [[`${UPDATE} --force-new-deployment`]],
    [['aws ecs describe-services --cluster shop --services api', `${UPDATE} --force-new-deployment`]],
    [['curl https://shop.example.com/health; kubectl rollout restart deployment/api']],
  ])('%j', (steps) => expect(saidOfSteps(RULE, steps, lost)).toHaveLength(1));

  test.each([
    [[`${UPDATE} --force-new-deployment --task-definition "$GOOD"`]],
    [['aws secretsmanager update-secret --secret-id x --secret-string "$S"', `${UPDATE} --force-new-deployment`]],
    [['aws ssm put-parameter --name x --value y --overwrite', `${UPDATE} --force-new-deployment`]],
    [[`aws ssm put-parameter --name x --value y --overwrite; ${UPDATE} --force-new-deployment`]],
    [[byHand('Change the setting'), `${UPDATE} --force-new-deployment`]],
    [['kubectl rollout restart deploy/api', 'kubectl rollout undo deploy/api --to-revision="$GOOD"']],
    [[`${UPDATE} --force-new-deployment`, byHand('If that does not help, roll back to the last good release')]],
    [[`${UPDATE} --desired-count 5`]],
    [['kubectl delete pod api-1']],
  ])('nothing of: %j', (steps) => expect(saidOfSteps(RULE, steps, lost)).toEqual([]));

  test('where a whole region is gone, images are not the question', () =>
    expect(saidOfSteps(RULE, [`${UPDATE} --force-new-deployment`], { ...lost, loses_domains: ['machine'] })).toEqual(
      [],
    ));
});

describe('rollout-state-says-when-it-is-done', () => {
  const said = (command: string) => saidOfSteps('rollout-state-says-when-it-is-done', [command]);
  const DESCRIBE = 'aws ecs describe-services --cluster shop --services api';

  test.each([
    [`${DESCRIBE} --query 'services[0].deployments[0].status'`],
    [`watch -n 5 "${DESCRIBE} --query 'services[0].[runningCount,deployments[0].status]'"`],
    [`${DESCRIBE} | jq -r '.services[0].deployments[0].status'`],
    [`${DESCRIBE} --query 'services[0].deployments[].{s: status}'`],
  ])('%s', (command) => expect(said(command)).toHaveLength(1));

  test.each([
    [`${DESCRIBE} --query 'services[0].deployments[0].rolloutState'`],
    [`${DESCRIBE} --query 'services[0].deployments[].[status,rolloutState]'`],
    [`${DESCRIBE} --query 'services[0].status'`],
    [`${DESCRIBE} --query 'services[0].deployments[].[taskDefinition,status]'`],
    [DESCRIBE],
    ['kubectl get deployments -o json | jq .items[0].status'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));
});

describe('more-workers-are-seen-to-work', () => {
  const RULE = 'more-workers-are-seen-to-work';
  const components = { worker: { kind: 'worker', stateless: true } };
  const MORE = 'aws ecs update-service --cluster shop --service worker --desired-count 3';
  const said = (...steps: Parameters<typeof saidOfSteps>[1]) =>
    saidOfSteps(RULE, steps, { loses: ['worker'] }, { components });

  test('more of them, and nobody looks', () => {
    expect(said(MORE)).toHaveLength(1);
    expect(said('kubectl scale deploy/worker --replicas=5')).toHaveLength(1);
    expect(said('aws sqs get-queue-attributes --queue-url q', MORE)).toHaveLength(1);
  });

  test('who has looked into the dead-letter queue is not told to', () =>
    expect(said('aws sqs get-queue-attributes --queue-url "$DLQ_URL"; echo dead-letter', MORE)[0]).not.toContain(
      'nobody has looked',
    ));

  test('somebody looks afterwards', () => {
    expect(said(MORE, 'aws sqs get-queue-attributes --queue-url q')).toEqual([]);
    expect(said(`${MORE}\naws sqs get-queue-attributes --queue-url q`)).toEqual([]);
    expect(said(MORE, { uses: 'sqs.wait_falling', with: { component: 'worker' } })).toEqual([]);
    expect(said(MORE, byHand('Check that the queue falls'))).toEqual([]);
  });

  test('no more of them, or no workers', () => {
    expect(said(MORE.replace('3', '0'))).toEqual([]);
    expect(said('aws ecs update-service --cluster shop --service worker --force-new-deployment')).toEqual([]);
    expect(saidOfSteps(RULE, [MORE], { loses: ['api'] }, { components })).toEqual([]);
  });
});

describe('one-place-for-a-setting', () => {
  const RULE = 'one-place-for-a-setting';
  const way = (title: string, command?: string) => ({
    one_of: 'repoint',
    title,
    ...(command === undefined ? { uses: 'human.task', with: { instruction: title } } : { with: { command } }),
  });

  test('two places for one setting', () =>
    expect(
      saidOfSteps(RULE, [
        way('Write the host into the parameter', 'aws ssm put-parameter --name /shop/host --value x --overwrite'),
        way('Write the host into the environment variables'),
      ]),
    ).toHaveLength(1));

  test('two ways to one place, or two ways that are no settings', () => {
    expect(
      saidOfSteps(RULE, [
        way('Write the parameter', 'aws ssm put-parameter --name a --value x'),
        way('Write the parameter by hand'),
      ]),
    ).toEqual([]);
    expect(saidOfSteps(RULE, [way('Swap the databases'), way('Point the secret at the new one')])).toEqual([]);
    expect(
      saidOfSteps(RULE, ['aws ssm put-parameter --name a --value x', byHand('Update the environment variables')]),
    ).toEqual([]);
  });
});

describe('host-is-read-where-it-is-kept', () => {
  const RULE = 'host-is-read-where-it-is-kept';
  const KEEP = 'aws ssm put-parameter --name /shop/db_host --value "$NEW" --overwrite';

  test.each([
    ['psql -h new.db.example.com -c "SELECT 1"'],
    ['docker compose exec api psql --host=new.db.example.com shop'],
    ['pg_dump -h new.db.example.com shop > x.sql'],
  ])('%s', (command) => expect(saidOfSteps(RULE, [KEEP, command])).toHaveLength(1));

  test.each([
    ['psql -h "$HOST" -c "SELECT 1"'],
    ['psql -h localhost -c "SELECT 1"'],
    ['psql -h 127.0.0.1 -c "SELECT 1"'],
    ['psql shop -c "SELECT 1"'],
    ['curl -h new.db.example.com'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [KEEP, command])).toEqual([]));

  test('a plan that keeps the host nowhere may type it', () => {
    const redis = 'aws ssm put-parameter --name /shop/redis_host --value x';
    expect(saidOfSteps(RULE, [redis, 'psql -h new.db.example.com'])).toEqual([]);
    expect(saidOfSteps(RULE, ['psql -h new.db.example.com'])).toEqual([]);
    expect(
      saidOfSteps(RULE, ['aws ssm put-parameter --name /shop/limit --value 5', 'psql -h new.db.example.com']),
    ).toEqual([]);
  });
});

describe('host-is-an-endpoint', () => {
  const RULE = 'host-is-an-endpoint';
  const MAKE =
    'aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier shop --target-db-instance-identifier shop-clean';

  test.each([
    ['psql -h shop-clean -d shop'],
    ['kubectl set env deploy/api DATABASE_URL=postgresql://u:p@shop-clean:5432/shop'],
    ['kubectl set env deploy/api POSTGRES_HOST=shop-clean'],
    ['pg_isready -h shop.us-west-2.rds.amazonaws.com'],
    ['kubectl set env deploy/api DB_HOST=shop.eu-central-1.rds.amazonaws.com'],
  ])('%s', (command) => expect(levelsOfSteps(RULE, [MAKE, command])).toEqual(['error']));

  test.each([
    ['psql -h shop-clean.abcdefghijkl.us-west-2.rds.amazonaws.com'],
    ['psql -h "$HOST"'],
    ['psql -h shop -d shop'],
    ['kubectl set env deploy/api DATABASE_URL=postgresql://u:p@database:5432/shop-clean'],
    ['kubectl set env deploy/api HOST=$NEW'],
    ['aws rds describe-db-instances --db-instance-identifier shop-clean'],
    ['echo shop-clean'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [MAKE, command])).toEqual([]));
});
