import { describe, expect, test } from 'vitest';
import { byHand, saidOfSteps } from '../../shell-steps.fake.ts';

describe('deploys-a-named-version', () => {
  const RULE = 'deploys-a-named-version';

  test.each([
    ['cd shop\nvercel --prod'],
    ['vercel deploy --prod --yes'],
    ['docker build --target production -t shop .'],
    ['aws s3 sync . s3://shop-pages --exclude ".*"'],
  ])('%s', (command) => expect(saidOfSteps(RULE, [command])).toHaveLength(1));

  test('over a rollback made just before', () =>
    expect(saidOfSteps(RULE, ['vercel rollback https://a.example.com', 'vercel --prod'])[0]).toContain(
      'over the rollback of "s1"',
    ));

  test.each([
    ['git checkout --detach "$RELEASE"\nvercel --prod'],
    ['git -C shop switch main\ndocker build -t shop .'],
    ['git clone --branch v1 https://git.example.com/shop\ndocker build -t shop .'],
    ['vercel promote https://a.example.com'],
    ['vercel redeploy https://a.example.com --prod'],
    ['vercel deploy --prebuilt --prod'],
    ['vercel list --prod'],
    ['vercel'],
    ['docker build -t shop https://git.example.com/shop.git#v1'],
    ['docker pull shop@sha256:0'],
    ['aws s3 sync s3://releases/v1 s3://shop-pages'],
    ['aws s3 cp ./page.html s3://shop-pages/'],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [command])).toEqual([]));
});

describe('pipeline-is-frozen', () => {
  const RULE = 'pipeline-is-frozen';
  const source = { kind: 'source', technology: 'Git; main is deployed by itself', domain: 'cellar' };
  const said = (steps: Parameters<typeof saidOfSteps>[1], technology = source.technology) =>
    saidOfSteps(RULE, steps, {}, { components: { source: { ...source, technology } } });
  const BACK = 'aws ecs update-service --cluster shop --service api --task-definition "$GOOD"';

  test('a rollback that the next push undoes', () => {
    expect(said([BACK])).toHaveLength(1);
    expect(said(['kubectl rollout undo deploy/api --to-revision="$GOOD"'])).toHaveLength(1);
    expect(said([{ uses: 'ecs.roll_back', with: { component: 'api' } }])).toHaveLength(1);
  });

  test('a push that starts a deployment', () => {
    expect(said(['git add . && git commit -m "Update" && git push origin main'])).toHaveLength(1);
    expect(said(['git push origin HEAD:master'])).toHaveLength(1);
  });

  test.each([
    [[byHand('Freeze the deployment pipeline'), BACK]],
    [['gh workflow disable deploy.yml', BACK, byHand('Pause all workflows')]],
    [[BACK, 'git revert --no-edit "$BAD"\ngit push origin main']],
    [['git push origin runbook-notes']],
    [['git push --tags']],
    [['git commit -m "Notes [skip ci]" && git push origin main']],
    [['aws ecs update-service --cluster shop --service api --force-new-deployment']],
    [[{ uses: 'ci.freeze', with: { component: 'source' } }, BACK]],
  ])('nothing of: %j', (steps) => expect(said(steps)).toEqual([]));

  test('a source that deploys nothing', () => {
    expect(said([BACK, 'git push origin main'], 'Git')).toEqual([]);
    expect(saidOfSteps(RULE, [BACK])).toEqual([]);
  });
});

describe('frontend-is-rolled-back-too', () => {
  const RULE = 'frontend-is-rolled-back-too';
  const site = { kind: 'static-site', title: 'The pages', ids: { bucket: 'shop-pages' } };
  const said = (steps: Parameters<typeof saidOfSteps>[1], kind = 'rollback', loses = ['api', 'site']) =>
    saidOfSteps(RULE, steps, { kind, loses }, { components: { site } });

  test('only the API is taken back', () =>
    expect(said(['kubectl rollout undo deploy/api --to-revision=3'])).toHaveLength(1));

  test.each([
    [['aws s3 sync s3://releases/v1 s3://shop-pages --delete']],
    [['vercel rollback https://a.example.com']],
    [[byHand('Serve the pages of the release before')]],
    [[{ uses: 'static_site.roll_back', with: { component: 'site' } }]],
  ])('the pages too: %j', (steps) => expect(said(steps)).toEqual([]));

  test('no rollback, no pages, or no steps at all', () => {
    expect(said(['true'], 'disaster')).toEqual([]);
    expect(said(['true'], 'rollback', ['api'])).toEqual([]);
    expect(said([])).toEqual([]);
  });
});

describe('static-site-is-published-whole', () => {
  const RULE = 'static-site-is-published-whole';
  const site = { kind: 'static-site', technology: 'S3 and CloudFront', ids: { bucket: 'shop-pages' } };
  const said = (command: string, technology = site.technology) =>
    saidOfSteps(RULE, [command], {}, { components: { site: { ...site, technology } } });
  const INVALIDATE = "aws cloudfront create-invalidation --distribution-id E1 --paths '/*'";

  test('leftovers, and an edge that does not know', () => {
    expect(said('aws s3 sync dist s3://shop-pages')[0]).toMatch(/--delete.*invalidation/);
    expect(said(`aws s3 sync dist s3://shop-pages\n${INVALIDATE}`)[0]).not.toContain('invalidation');
    expect(said(`${INVALIDATE}\naws s3 sync dist s3://shop-pages/ --delete`)[0]).toContain('invalidation');
  });

  test.each([
    [`aws s3 sync dist s3://shop-pages --delete\n${INVALIDATE}`],
    ['aws s3 sync dist s3://other-bucket'],
    ['aws s3 sync dist "s3://$BUCKET"'],
    ['aws s3 sync dist s3://shop-pages --dryrun'],
    ['aws s3 sync s3://shop-pages /tmp/copy'],
    ['aws s3 cp page.html s3://shop-pages/'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));

  test('without an edge only the leftovers count', () =>
    expect(said('aws s3 sync dist s3://shop-pages --delete', 'S3 website')).toEqual([]));
});

describe('registry-login-before-push', () => {
  const RULE = 'registry-login-before-push';
  const HOST = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

  test.each([
    [`docker push ${HOST}/shop:1`],
    [`docker pull ${HOST}/shop@sha256:0`],
    [`docker push ${HOST}/shop:1\ndocker login ${HOST}`],
  ])('%s', (command) => expect(saidOfSteps(RULE, [command])).toHaveLength(1));

  test.each([
    [`aws ecr get-login-password | docker login --username AWS --password-stdin ${HOST}\ndocker push ${HOST}/shop:1`],
    ['docker push ghcr.io/example/shop:1'],
    ['docker push "$REGISTRY/shop:1"'],
    [`docker tag shop ${HOST}/shop:1`],
    [`echo docker push ${HOST}/shop:1`],
  ])('nothing of: %s', (command) => expect(saidOfSteps(RULE, [command])).toEqual([]));

  test('to have signed in in a step before is enough', () =>
    expect(saidOfSteps(RULE, [`podman login ${HOST}`, `podman push ${HOST}/shop:1`])).toEqual([]));
});

describe('certificate-is-issued-before-it-is-used', () => {
  const RULE = 'certificate-is-issued-before-it-is-used';
  const ASK = 'aws acm request-certificate --domain-name shop.example.com --validation-method DNS';
  const USE = 'aws elbv2 create-listener --protocol HTTPS --certificates CertificateArn=$ARN';

  test('asked for and used at once, also by scripts that say so by name', () => {
    expect(saidOfSteps(RULE, [ASK, USE])).toHaveLength(1);
    expect(saidOfSteps(RULE, [`${ASK}\n${USE}`])).toHaveLength(1);
    expect(saidOfSteps(RULE, ['./infra/request-certificate.sh\n./infra/create-https-listener.sh'])).toHaveLength(1);
  });

  test.each([
    [[ASK, 'aws acm wait certificate-validated --certificate-arn $ARN', USE]],
    [[ASK, byHand('Add the validation record at the registrar and wait until the certificate is issued'), USE]],
    [['./infra/request-certificate.sh\n./infra/wait-for-certificate.sh\n./infra/create-https-listener.sh']],
    [[USE, ASK]],
    [[ASK]],
    [[USE]],
    [['certbot renew', USE]],
    [['./infra/create-alb.sh\n./infra/create-https-listener.sh']],
  ])('nothing of: %j', (steps) => expect(saidOfSteps(RULE, steps)).toEqual([]));
});

describe('consumers-are-reloaded, by what commands do', () => {
  const RULE = 'consumers-are-reloaded';

  test.each([
    [['vercel env add DATABASE_URL production']],
    [['aws secretsmanager put-secret-value --secret-id x --secret-string "$S"']],
    [['kubectl rollout restart deploy/api', 'aws secretsmanager update-secret --secret-id x --secret-string "$S"']],
  ])('%j', (steps) => expect(saidOfSteps(RULE, steps)).toHaveLength(1));

  test.each([
    [['vercel env add DATABASE_URL production', 'vercel redeploy https://a.example.com']],
    [['aws secretsmanager update-secret --secret-id x --secret-string "$S"', 'kubectl rollout restart deploy/api']],
    [['kubectl set env deploy/api HOST=x -n shop']],
    [['aws secretsmanager get-secret-value --secret-id x']],
    [['aws ssm get-parameter --name x']],
  ])('nothing of: %j', (steps) => expect(saidOfSteps(RULE, steps)).toEqual([]));
});

describe('found-value-is-used, by what commands do', () => {
  const RULE = 'found-value-is-used';
  const FIND = "aws rds describe-db-snapshots --query 'DBSnapshots[0].DBSnapshotIdentifier'";
  const RESTORE = 'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier';

  test('found in one step, typed in the next', () =>
    expect(saidOfSteps(RULE, [FIND, { id: 'restore', with: { command: `${RESTORE} rds:old` } }])).toHaveLength(1));

  test('found and used in one text', () => {
    const both = `SNAPSHOT=$(${FIND} --output text)\n${RESTORE} "$SNAPSHOT"`;
    expect(saidOfSteps(RULE, [both, { id: 'restore-rights', with: { command: './rights.sh' } }])).toEqual([]);
  });
});
