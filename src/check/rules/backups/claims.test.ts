import { describe, expect, test } from 'vitest';
import { saidBy } from '../../checked-plan.fake.ts';
import { byHand, type FakeStep, saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

const name = (row: readonly FakeStep[]): string =>
  row.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('  //  ');
const speaks = (rule: string, rows: readonly (readonly FakeStep[])[]) =>
  test.each(rows.map((row) => [name(row), row] as const))('speaks of: %s', (_, row) =>
    expect(saidOfSteps(rule, row)).toHaveLength(1),
  );
const isSilent = (rule: string, rows: readonly (readonly FakeStep[])[]) =>
  test.each(rows.map((row) => [name(row), row] as const))('is silent about: %s', (_, row) =>
    expect(saidOfSteps(rule, row)).toEqual([]),
  );

describe('success-is-seen-before-it-is-said', () => {
  const rule = 'success-is-seen-before-it-is-said';
  const snapshot = 'aws rds create-db-snapshot --db-instance-identifier shop --db-snapshot-identifier s';
  const careless = { with: { command: './restore.sh' }, on_failure: 'continue' };
  speaks(rule, [
    [`${snapshot}\necho "Backup complete"`],
    [`set -e\n${snapshot}\necho "Backup complete"`],
    [snapshot, 'echo "Backup successful"'],
    ['velero backup create nightly', 'echo "Backup finished"'],
    ['aws elasticache create-snapshot --snapshot-name s', 'printf "done: backup completed\\n"'],
    ['./restore.sh\npsql -f check.sql\necho "restore test completed" >> log.txt'],
    [careless, 'echo "Drill complete"'],
    ['set -u\n./restore.sh\necho "Restored"'],
  ]);
  isSilent(rule, [
    [
      `set -euo pipefail\n${snapshot}\naws rds wait db-snapshot-available --db-snapshot-identifier s\necho "Backup complete"`,
    ],
    [snapshot, 'aws rds wait db-snapshot-available --db-snapshot-identifier s', 'echo "Backup complete"'],
    ['velero backup create nightly --wait', 'echo "Backup complete"'],
    ['./restore.sh && echo "Restored"'],
    ['set -e\n./restore.sh\necho "Restored"'],
    ['set -o errexit\n./restore.sh\necho "Restored"'],
    ['./restore.sh || exit 1\necho "Restored"'],
    ['if ./restore.sh; then echo "Restored"; fi'],
    ['./restore.sh', 'echo "Restored"'],
    ['echo "Backup started"', 'echo "Not complete yet"'],
    ['./restore.sh\necho "Is it complete?"'],
    ['echo "complete" | ./tell.sh'],
    ['echo "Recovery complete"'],
    ['./restore.sh\necho "now look at the log"'],
  ]);

  test('says why, and what only may be wrong weighs less', () => {
    const [open, loose] = [[snapshot, 'echo "Backup complete"'], ['./a.sh\necho "Restored"']].map(
      (texts) => saidBy(rule, shellPlan(texts))[0],
    );
    expect(open).toMatchObject({
      level: 'error',
      message: '"s2" says "Backup complete", and the snapshot of the database was only started',
    });
    expect(loose).toMatchObject({
      level: 'warning',
      message: '"s1" says "Restored", and it is printed also when a.sh before it has failed',
    });
  });
});

describe('looked-up-moments-are-not-empty', () => {
  const rule = 'looked-up-moments-are-not-empty';
  speaks(rule, [
    ['T=$(aws rds describe-db-snapshots --query x --output text)\ndate -d "$T" +%s'],
    ['T=$(ls -t *.dump | head -1 | cut -d_ -f2)\nAGE=$(( $(date +%s) - $(date --date="$T" +%s) ))'],
    ['T=$(psql -Atc "SELECT max(at) FROM backups")\n[ $(date -d "${T}" +%s) -gt 0 ]'],
  ]);
  isSilent(rule, [
    ['T=$(aws rds describe-db-snapshots --query x --output text)\n[ -n "$T" ] || exit 1\ndate -d "$T" +%s'],
    ['T=$(aws rds describe-db-snapshots --query x --output text)\n[[ "$T" != None ]] || exit 1\ndate -d "$T" +%s'],
    ['T=$(aws rds describe-db-snapshots --query x --output text)\n: "${T:?no backup}"\ndate -d "$T" +%s'],
    ['T=$(date -u +%F)\ndate -d "$T" +%s'],
    ['T=2026-01-01\ndate -d "$T" +%s'],
    ['date -d "2 hours ago" +%s'],
    ['D=$(cat days)\ndate -d "$D days ago" +%s'],
    ['date -u +%Y'],
  ]);
});

describe('restorable-means-restored', () => {
  const rule = 'restorable-means-restored';
  const procedure = (title: string, command: string) =>
    saidBy(
      rule,
      JSON.stringify({
        procedures: { weekly: { title, steps: [{ id: 'one', uses: 'shell.run', with: { command } }] } },
      }),
    );
  const look = 'aws rds describe-db-snapshots --db-instance-identifier shop';

  test.each(['Prove that backups exist and can be restored', 'Check that the newest dump is restorable'])(
    'speaks of: %s',
    (title) => expect(procedure(title, look)).toHaveLength(1),
  );
  test.each([
    ['Look at the age of the backups', look],
    [
      'Prove that backups can be restored',
      'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier proof --db-snapshot-identifier s',
    ],
    ['Prove that backups can be restored', 'pg_restore -d proof newest.dump'],
    ['What can be restored', look],
  ])('is silent about: %s, with %s', (title, command) => expect(procedure(title, command)).toEqual([]));

  test('a person who restores is one who restores', () => {
    const plan = (instruction: string) =>
      JSON.stringify({
        procedures: {
          weekly: {
            title: 'Prove that backups can be restored',
            steps: [{ id: 'one', uses: 'human.task', with: { instruction } }],
          },
        },
      });
    expect(saidBy(rule, plan('Restore the newest copy into staging.'))).toEqual([]);
    expect(saidBy(rule, plan('Look at the console.'))).toHaveLength(1);
  });
});

describe('size-is-that-of-the-copy', () => {
  const rule = 'size-is-that-of-the-copy';
  speaks(rule, [
    ["aws rds describe-db-snapshots --query 'DBSnapshots[0].AllocatedStorage' --output text"],
    ["SIZE=$(aws rds describe-db-cluster-snapshots --query 'x[0].[Id,AllocatedStorage]')"],
  ]);
  isSilent(rule, [
    ["aws rds describe-db-instances --query 'DBInstances[0].AllocatedStorage'"],
    ["aws rds describe-db-snapshots --query 'DBSnapshots[0].Status'"],
    ['aws s3api head-object --bucket b --key k --query ContentLength'],
    ['echo AllocatedStorage'],
  ]);
});

describe('counts-have-a-baseline', () => {
  const rule = 'counts-have-a-baseline';
  const count = 'psql -d shop -c "SELECT count(*) FROM orders"';
  speaks(rule, [
    [count],
    ['psql -d shop <<SQL\nSELECT COUNT(*) FROM orders;\nSQL'],
    ['docker compose exec -T db psql -d shop -c "SELECT count(id) FROM orders"'],
    [`${count} > counts.txt`],
  ]);
  isSilent(rule, [
    ['N=$(psql -d shop -Atc "SELECT count(*) FROM orders")\ntest "$N" -ge "$BEFORE"'],
    ['test "$(psql -d shop -Atc "SELECT count(*) FROM orders")" -ge 100'],
    [`${count} | diff - counts.txt`],
    [`${count} > now.txt\ncmp now.txt before.txt`],
    ['psql -d shop -c "SELECT count(*) FROM pg_stat_activity"'],
    ['psql -d shop -c "SELECT max(created) FROM orders"'],
    [{ with: { command: count }, success: '${{ outputs.status == 0 }}' }],
    [byHand('Count the orders')],
  ]);
});

describe('tool-versions-are-said', () => {
  const rule = 'tool-versions-are-said';
  speaks(rule, [['aws logs tail /ecs/shop'], ['aws logs tail /a', 'aws logs tail /b'], ['aws sso login']]);
  isSilent(rule, [
    ['aws logs filter-log-events --log-group-name /ecs/shop'],
    ['date -d yesterday'],
    ['aws configure list'],
    ['tail -5 aws.log'],
  ]);

  test('a plan that says it may use it', () => {
    const plan = shellPlan(['aws logs tail /ecs/shop'], { prerequisites: ['AWS CLI 2.15 or newer, jq'] });
    expect(saidBy(rule, plan)).toEqual([]);
  });
});

describe('file-is-replaced-when-complete', () => {
  const rule = 'file-is-replaced-when-complete';
  speaks(rule, [
    ['./show.sh > inventory.env\ngit add inventory.env'],
    ['jq .a config.json > config.json'],
    ['cat list | sort > list'],
    ['tr a b < list > list'],
  ]);
  isSilent(rule, [
    ['./show.sh > inventory.env'],
    ['./show.sh > new.env && mv new.env inventory.env\ngit add inventory.env'],
    ['jq .a config.json > other.json'],
    ['cat > config.json <<EOF\n{}\nEOF\ngit add config.json'],
    ['./show.sh >> inventory.env\ngit add inventory.env'],
    ['jq .a config.json > "$OUT"'],
    ['sort list > /dev/null'],
  ]);

  test('what the plan relies on counts as well; reading what one empties is an error', () => {
    const plan = shellPlan(
      ['./show.sh > inventory.env'],
      {},
      { files: { 'inventory.env': { title: 'What there is', content: 'in-repository' } } },
    );
    expect(saidBy(rule, plan)[0]).toMatchObject({ level: 'warning' });
    expect(saidBy(rule, shellPlan(['jq .a config.json > config.json']))[0]).toMatchObject({ level: 'error' });
  });
});
