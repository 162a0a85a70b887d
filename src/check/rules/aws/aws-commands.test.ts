import { describe, expect, test } from 'vitest';
import { saidOfScript, saidOfScripts } from '../../scripted-plan.fake.ts';

const RESTORE =
  'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier "$ID"';

describe('aws-knows-its-options', () => {
  const said = (text: string): readonly string[] => saidOfScript('aws-knows-its-options', text);

  test.each([
    [`${RESTORE} --publicly-accessible false`, 'Unknown options: false'],
    [`${RESTORE} --publicly-accessible=false`, 'Unknown options: false'],
    [`${RESTORE} \\\n  --multi-az true \\\n  --port 5432`, 'Unknown options: true'],
    [`ssh bastion "${RESTORE.replaceAll('"', '')} --deletion-protection yes"`, 'Unknown options: yes'],
    [
      'docker compose exec tools aws rds delete-db-instance --db-instance-identifier x --skip-final-snapshot true',
      'Unknown options: true',
    ],
    ['aws rds describe-db-snapshots --max-records 5', 'between 20 and 100'],
    ['aws rds describe-db-snapshots --max-records=500', 'between 20 and 100'],
    ['aws rds create-db-snapshot --db-instance-identifier shop', 'needs --db-snapshot-identifier'],
    ['aws rds create-db-snapshot --db-instance-identifier "$DB"', 'needs --db-snapshot-identifier'],
    ['aws s3api put-bucket-versioning --versioning-configuration Status=Enabled', 'needs --bucket'],
    [
      'aws rds delete-db-instance --db-instance-identifier x --skip-final-snapshots',
      'has no option --skip-final-snapshots',
    ],
  ])('%s', (text, words) => expect(said(text).join()).toContain(words));

  test.each([
    `${RESTORE} --no-publicly-accessible --multi-az`,
    `${RESTORE} --multi-az $MORE`,
    `${RESTORE} "\${NETWORK[@]}"`,
    // The beginning of one option stands for it.
    'aws rds delete-db-instance --db-instance-id x --skip-final',
    'aws --region eu-west-1 --profile dr rds describe-db-snapshots --max-records 20 --no-paginate --output json',
    'aws rds describe-db-snapshots --max-items 5',
    'aws rds describe-db-snapshots --max-records "$N"',
    'aws rds create-db-snapshot --cli-input-json file://request.json',
    'aws rds create-db-snapshot $ARGUMENTS',
    'echo x | xargs aws rds create-db-snapshot --db-instance-identifier shop --db-snapshot-identifier',
    // Services and operations that are not in the table are not judged.
    'aws quantum entangle --with false --max-records 1',
    'aws elasticache describe-snapshots --max-records 5',
    'echo "aws rds describe-db-snapshots --max-records 5"',
    'myaws rds describe-db-snapshots --max-records 5',
    'aws ecs update-service --cluster c --service s --force-new-deployment --region eu-west-1',
    'aws ssm put-parameter --name /a --value -5 --overwrite --type SecureString',
  ])('silent: %s', (text) => expect(said(text)).toEqual([]));

  test('a strange option weighs less: the table may be older than the command line; and the place is that of the option', () => {
    const [found] = saidOfScripts('aws-knows-its-options', [`${RESTORE} \\\n  --publicly-accesible`]);
    expect(found?.level).toBe('warning');
    expect(found?.hint).toBe('Did you mean --publicly-accessible?');
    expect(
      saidOfScripts('aws-knows-its-options', [`${RESTORE} \\\n  --quite-new-thing 5`]).map(({ level }) => level),
    ).toEqual(['warning']);
  });

  test('the hint says what to write', () => {
    const hints = (text: string) => saidOfScripts('aws-knows-its-options', [text]).map(({ hint }) => hint);
    expect(hints(`${RESTORE} --multi-az false`)).toEqual(['Write --no-multi-az alone.']);
    expect(hints(`${RESTORE} --multi-az true`)).toEqual(['Write --multi-az alone.']);
    expect(hints(`${RESTORE} --no-multi-az true`)).toEqual(['Write --no-multi-az alone.']);
    expect(hints(`${RESTORE} --no-multi-az false`)).toEqual(['Write --multi-az alone.']);
  });
});

describe('aws-knows-its-fields', () => {
  const PUT = 'aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration';
  const said = (text: string) =>
    saidOfScripts('aws-knows-its-fields', [text]).map(({ level, message }) => `${level} ${message}`);
  const document = (json: string) => `cat > rules.json <<'JSON'\n${json}\nJSON\n${PUT} file://rules.json`;

  test.each([
    [`${PUT} '{"Rules": [{"Id": "x"}]}'`, 'error', 'no field Id'],
    [document('{\n  "Rules": [\n    { "ID": "x", "status": "Enabled" }\n  ]\n}'), 'error', 'no field status'],
    [document('{"Rules": [{"ID": "x", "Transitions": [{"Day": 1}]}]}'), 'warning', 'no field Day'],
    [
      'aws s3api put-bucket-versioning --bucket b --versioning-configuration status=Enabled',
      'error',
      'no field status',
    ],
    [
      `aws route53 change-resource-record-sets --hosted-zone-id Z --change-batch '{"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"a","Type":"A","ttl":60}}]}'`,
      'error',
      'no field ttl',
    ],
  ])('%s', (text, level, words) => {
    expect(said(text).join()).toContain(words);
    expect(said(text).join()).toContain(level);
  });

  test.each([
    `${PUT} '{"Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Transitions": [{"Days": 90, "StorageClass": "GLACIER_IR"}]}]}'`,
    document('{"Rules": []}'),
    `${PUT} file://elsewhere.json`,
    `${PUT} "$RULES"`,
    `${PUT} "{\\"Rules\\": [{\\"Id\\": $ID}]}"`,
    `cat > other.json <<'JSON'\n{"Rules": [{"Id": "x"}]}\nJSON\n${PUT} file://rules.json`,
    `aws dynamodb put-item --table-name t --item '{"Id": {"S": "x"}}'`,
  ])('silent: %s', (text) => expect(said(text)).toEqual([]));

  test('the line is that of the field', () => {
    const lines = (text: string) => saidOfScripts('aws-knows-its-fields', [text]).map(({ at }) => at.line);
    const [first] = lines(`${PUT} '{"Rules": [{"Id": "x"}]}'`);
    expect(first).toBeGreaterThan(1);
    expect(lines(document('{\n  "Rules": [\n    { "Id": "x" }\n  ]\n}'))[0]).toBe((first ?? 0) + 4);
  });
});

const LIST = 'aws rds describe-db-snapshots --db-instance-identifier shop';

describe('newest-copy-is-sorted-by-time', () => {
  const said = (text: string): readonly string[] => saidOfScript('newest-copy-is-sorted-by-time', text);

  test.each([
    `${LIST} --query 'DBSnapshots[0].DBSnapshotIdentifier'`,
    `${LIST} --query "DBSnapshots[?Status=='available'] | [-1]"`,
    `ID=$(${LIST} --query 'DBSnapshots[-1].DBSnapshotIdentifier' --output text)`,
    `${LIST} --query "DBSnapshots[?DBInstanceIdentifier=='shop'][0]"`,
    `ssh ops@bastion "${LIST} --query 'DBSnapshots[0]'"`,
    `aws ec2 describe-snapshots --owner-ids self --query 'Snapshots[0].SnapshotId'`,
    `aws ecr describe-images --repository-name shop --query 'imageDetails[-1].imageTags[0]'`,
    `${LIST} --output json | jq -r '.DBSnapshots[0].DBSnapshotIdentifier'`,
    `${LIST} | jq -r ".DBSnapshots[-1]"`,
    `${LIST} --query 'DBSnapshots[*].DBSnapshotIdentifier' --output text | head -1`,
    `${LIST} --query 'DBSnapshots[].[DBSnapshotIdentifier]' --output text | tail -n 1`,
    'aws rds describe-db-cluster-snapshots --db-cluster-identifier c --query "DBClusterSnapshots[0]"',
  ])('%s', (text) => expect(said(text).length).toBe(1));

  test.each([
    `${LIST} --query 'sort_by(DBSnapshots, &SnapshotCreateTime)[-1].DBSnapshotIdentifier'`,
    `${LIST} --query "reverse(sort_by(DBSnapshots[?Status=='available'],&SnapshotCreateTime))[0]"`,
    `${LIST} --query 'max_by(DBSnapshots, &SnapshotCreateTime).DBSnapshotIdentifier'`,
    `${LIST} --query 'DBSnapshots[*].[SnapshotCreateTime,DBSnapshotIdentifier]' --output text | sort | tail -1`,
    `aws rds describe-db-snapshots --db-snapshot-identifier "$ID" --query 'DBSnapshots[0].Status'`,
    `${LIST} | jq -r '.DBSnapshots | sort_by(.SnapshotCreateTime) | .[-1].DBSnapshotIdentifier'`,
    `${LIST} | jq '.DBSnapshots[] | .Status'`,
    `${LIST} --query 'sort_by(DBSnapshots,&SnapshotCreateTime)[].DBSnapshotIdentifier' --output text | tail -1`,
    `${LIST} --query 'DBSnapshots[].Status' --output text | head -20`,
    `${LIST} --query "DBSnapshots[?DBSnapshotIdentifier=='x'] | [0].Status"`,
    `aws rds describe-db-instances --query 'DBInstances[0].Endpoint.Address'`,
    'aws ecr describe-images --repository-name shop --image-ids imageTag=v1 --query "imageDetails[0]"',
    `${LIST} --query "$QUERY"`,
    LIST,
    `echo "${LIST} --query DBSnapshots[0]"`,
    'gcloud sql backups list --query "DBSnapshots[0]"',
  ])('silent: %s', (text) => expect(said(text)).toEqual([]));
});

describe('chosen-copy-is-complete', () => {
  const said = (text: string): readonly string[] => saidOfScript('chosen-copy-is-complete', text);

  test.each([
    [
      "aws rds describe-db-snapshots --query 'sort_by(DBSnapshots,&SnapshotCreateTime)[-1]'",
      'of whatever instance it is and finished or not; while one is being taken it has no time, and sorting fails',
    ],
    [`${LIST} --query 'sort_by(DBSnapshots,&SnapshotCreateTime)[-1]'`, 'taken, finished or not; while'],
    [`${LIST} --query 'DBSnapshots[0]'`, 'taken, finished or not'],
    [
      `aws rds describe-db-snapshots --query "sort_by(DBSnapshots[?Status=='available'],&SnapshotCreateTime)[-1]"`,
      'of whatever instance it is',
    ],
  ])('%s', (text, words) => expect(said(text).join()).toContain(words));

  test.each([
    `${LIST} --query "sort_by(DBSnapshots[?Status=='available'],&SnapshotCreateTime)[-1]"`,
    `aws rds describe-db-snapshots --filters Name=db-instance-id,Values=shop --query "max_by(DBSnapshots[?Status=='available'],&SnapshotCreateTime)"`,
    `aws rds describe-db-snapshots --query "sort_by(DBSnapshots[?DBInstanceIdentifier=='shop' && Status=='available'],&SnapshotCreateTime)[-1]"`,
    "aws rds describe-db-snapshots --db-snapshot-identifier x --query 'DBSnapshots[0].Status'",
    "aws rds describe-db-snapshots --query 'DBSnapshots[*].DBSnapshotIdentifier'",
    'aws rds describe-db-snapshots',
  ])('silent: %s', (text) => expect(said(text)).toEqual([]));
});

describe('snapshot-is-named-as-it-is-called', () => {
  const restore = (id: string) =>
    `aws rds restore-db-instance-from-db-snapshot --db-instance-identifier n --db-snapshot-identifier ${id}`;
  const said = (...texts: readonly string[]) => saidOfScripts('snapshot-is-named-as-it-is-called', texts);

  test.each([
    restore('latest'),
    restore('shop-latest'),
    restore('"latest-automated"'),
    restore('arn:aws:rds:us-west-2:111122223333:snapshot:shop-newest'),
    'aws rds copy-db-snapshot --source-db-snapshot-identifier most-recent --target-db-snapshot-identifier copy',
    'aws elasticache create-replication-group --replication-group-id r --replication-group-description d --snapshot-name latest',
  ])('%s', (text) => expect(said(text).length).toBe(1));

  test.each([
    restore('"$LATEST"'),
    restore('$(newest-snapshot shop)'),
    restore('<latest-snapshot>'),
    restore('"${{ steps.find.outputs.latest }}"'),
    restore('rds:shop-2026-01-04-03-00'),
    restore('before-the-last-migration'),
    restore('greatest-hits'),
    'aws ecr describe-images --repository-name shop --image-ids imageTag=latest',
    'docker pull shop:latest',
  ])('silent: %s', (text) => expect(said(text)).toEqual([]));

  test('silent where the plan makes a snapshot of that name', () => {
    const make =
      'aws rds copy-db-snapshot --source-db-snapshot-identifier "$S" --target-db-snapshot-identifier shop-latest';
    expect(said(make, restore('shop-latest'))).toEqual([]);
    expect(said(make, restore('arn:aws:rds:eu-west-1:111122223333:snapshot:shop-latest'))).toEqual([]);
  });
});
