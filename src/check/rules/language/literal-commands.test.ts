import { describe, expect, test } from 'vitest';
import { saidBy } from '../../checked-plan.fake.ts';
import { saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

const speaks = (rule: string, texts: readonly string[]) =>
  test.each(texts)('speaks of: %s', (text) => expect(saidOfSteps(rule, [text])).toHaveLength(1));
const isSilent = (rule: string, texts: readonly string[]) =>
  test.each(texts)('is silent about: %s', (text) => expect(saidOfSteps(rule, [text])).toEqual([]));

describe('unfilled-placeholder, in commands', () => {
  const rule = 'unfilled-placeholder';
  speaks(rule, [
    'vercel rollback <deployment-url>',
    'aws rds restore-db-instance-from-db-snapshot --db-snapshot-identifier rds:shop-YYYY-MM-DD',
    'cd /path/to/backend',
    'aws s3api get-object --bucket b --key users/USER_ID/file.csv out',
    'curl https://status.example.com/pages/PAGE_ID/incidents',
    'curl -H "Authorization: $TYPE YOUR_API_KEY" https://status.example.com',
    'psql -h shop.xyz.us-east-1.rds.amazonaws.com -c "SELECT 1"',
    'psql -d shop <<SQL\nDROP TABLE <new_table>;\nSQL',
    'pg_dump shop > shop_<date>.sql',
    'BUCKET=<bucket>\nexport BUCKET',
    'aws configure set mfa_serial XXXXXX',
    'echo TODO',
  ]);
  isSilent(rule, [
    'sort <in.txt >out.txt',
    'diff <(ls a) <(ls b)',
    'cat <<EOF > page.html\n<title> Shop </title>\nEOF',
    'cat <<XML > settings.xml\n<setting> one </setting>\nXML',
    'vercel env add DATABASE_URL production < url.txt',
    'echo "$USER_ID" "$HOME/$USER_ID"',
    'psql -c "SELECT to_char(now(), \'YYYY-MM-DD\')"',
    'date --date-format=YYYY-MM-DD',
    'psql -h shop.c9akciq32rgw.us-east-1.rds.amazonaws.com -c "SELECT 1"',
    'psql -h shop.cluster-c9akciq32rgw.us-east-1.rds.amazonaws.com -c "SELECT 1"',
    'printenv DATABASE_URL',
    'D=$(mktemp -d /tmp/restore.XXXXXX) && cd "$D"',
    'mktemp -t XXXXXX',
    'echo "Ann <ann@example.com>"',
    '[ -n "$Name" ] && echo yes',
    '# replace <this> before you start\ntrue',
    'aws s3 cp a ${{ inputs.place }}',
    'curl https://example.com/STATUS_PAGE',
  ]);

  test('each blank of a command is said once, at its line', () => {
    const findings = saidBy(rule, shellPlan(['date\naws x --a <one> \\\n  --b <two> --c <one>']));
    expect(findings.map(({ message }) => message)).toEqual([
      'this is still a placeholder: <one>',
      'this is still a placeholder: <two>',
    ]);
  });
});

describe('no-literal-moment, in commands', () => {
  const rule = 'no-literal-moment';
  speaks(rule, [
    'aws s3 cp s3://backups/shop_20251025_020000.sql.gz .',
    'pg_restore -d shop /backup/shop-2025-10-25.dump',
    'aws rds restore-db-instance-to-point-in-time --restore-time 2025-10-25T14:30:00Z',
    "cat > x.conf <<EOF\nrecovery_target_time = '2025-10-25 14:30:00+00'\nEOF",
    'aws sns publish --topic-arn arn:aws:sns:us-east-1:123456789:alerts',
    'A=2025-10-25 env',
  ]);
  isSilent(rule, [
    'aws s3 cp "s3://backups/shop_$(date +%Y%m%d).sql.gz" .',
    'aws rds restore-db-instance-to-point-in-time --restore-time "$MOMENT"',
    'aws iam put-role-policy --policy-document \'{"Version":"2012-10-17"}\'',
    'aws sns publish --topic-arn arn:aws:sns:us-east-1:111122223333:alerts',
    'rails db:migrate:down VERSION=20251025143000',
    '# as on 2025-10-25\ntrue',
    'psql -c "SELECT 20251"',
  ]);

  test('the same copy twice is said once', () =>
    expect(saidOfSteps(rule, ['ls shop-2025-10-25.dump\npg_restore -d shop shop-2025-10-25.dump'])).toHaveLength(1));
});

describe('moments-name-their-zone', () => {
  const rule = 'moments-name-their-zone';
  speaks(rule, [
    "cat > x.conf <<EOF\nrecovery_target_time = '2025-10-25 14:30:00'\nEOF",
    'psql -c "ALTER SYSTEM SET recovery_target_time TO \'2025-10-25 14:30\'"',
    'aws rds restore-db-instance-to-point-in-time --restore-time 2025-10-25T14:30:00',
    'aws rds restore-db-cluster-to-point-in-time --restore-to-time "2025-10-25 14:30:00"',
  ]);
  isSilent(rule, [
    "cat > x.conf <<EOF\nrecovery_target_time = '2025-10-25 14:30:00+00'\nEOF",
    "cat > x.conf <<EOF\nrecovery_target_time = '2025-10-25 14:30:00 Europe/Berlin'\nEOF",
    'echo "recovery_target_time = \'$MOMENT\'" >> postgresql.auto.conf',
    'aws rds restore-db-instance-to-point-in-time --restore-time 2025-10-25T14:30:00Z',
    'aws rds restore-db-instance-to-point-in-time --restore-time "$MOMENT"',
    "cat > x.conf <<EOF\nrecovery_target_name = 'before'\nEOF",
  ]);
});

describe('machine-made-ids-are-looked-up', () => {
  const rule = 'machine-made-ids-are-looked-up';
  speaks(rule, [
    'aws ec2 describe-instances --instance-ids i-0123456789abcdef0',
    'aws rds restore-db-instance-from-db-snapshot --vpc-security-group-ids sg-0123456789abcdef0',
    'aws ec2 create-snapshot --volume-id vol-01234567',
    'docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:good',
    'ID=subnet-0123456789abcdef0\nexport ID',
  ]);
  isSilent(rule, [
    'aws ec2 describe-instances --filters Name=tag:Name,Values=bastion',
    'aws ec2 describe-instances --instance-ids "$ID"',
    'docker push "$ACCOUNT.dkr.ecr.us-east-1.amazonaws.com/shop:good"',
    'aws sns publish --topic-arn arn:aws:sns:us-east-1:111122223333:alerts',
    'git checkout feature/i-0123456',
    'echo wifi-01234567',
    '# was sg-0123456789abcdef0\ntrue',
  ]);
});

describe('region-is-named', () => {
  const rule = 'region-is-named';
  const regions = { domains: { one: { title: 'One', kind: 'region' }, two: { title: 'Two', kind: 'region' } } };
  const said = (...texts: readonly string[]) =>
    saidBy(rule, shellPlan(texts, {}, regions)).map(({ message }) => message);

  test.each([
    'aws rds describe-db-instances',
    'aws ecs wait services-stable --cluster c --services s',
    'aws secretsmanager get-secret-value --secret-id shop',
    'aws ecs describe-services \\\n  --cluster c\nexport AWS_REGION=two',
  ])('speaks of: %s', (text) => expect(said(text)).toHaveLength(1));

  test.each([
    'aws rds describe-db-instances --region two',
    'aws rds describe-db-instances --region="$REGION"',
    'export AWS_REGION=two\naws rds describe-db-instances',
    'AWS_DEFAULT_REGION=two aws rds describe-db-instances',
    'aws rds describe-db-instances --profile standby',
    'export AWS_PROFILE=standby\naws rds describe-db-instances',
    'ssh bastion "aws rds describe-db-instances"',
    'aws iam get-role --role-name shop',
    'aws s3 cp a s3://b/',
    'aws route53 list-hosted-zones',
    'aws configure list',
    'kubectl get nodes',
    'echo aws rds describe-db-instances',
  ])('is silent about: %s', (text) => expect(said(text)).toEqual([]));

  test('a step says it once, and how many more there are', () =>
    expect(said('aws rds describe-db-instances\naws ecs list-services\naws sqs list-queues')).toEqual([
      'aws rds describe-db-instances does not say in which region, nor do 2 below it; the plan knows 2 regions',
    ]));

  test('one region, and nobody names it: nothing is said; with one who does, the others are asked', () => {
    expect(saidOfSteps(rule, ['aws rds describe-db-instances'])).toEqual([]);
    expect(saidOfSteps(rule, ['aws rds describe-db-instances', 'aws ecs list-services --region one'])).toEqual([
      'aws rds describe-db-instances does not say in which region; other commands of the plan name theirs',
    ]);
  });
});
