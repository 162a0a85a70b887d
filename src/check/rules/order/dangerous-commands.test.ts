import { describe, expect, test } from 'vitest';
import { saidBy } from '../../checked-plan.fake.ts';
import { saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

const findings = (rule: string, ...texts: readonly string[]) => saidBy(rule, shellPlan(texts));

const speaks = (rule: string, rows: readonly (readonly string[])[]) =>
  test.each(rows.map((row) => [row.join('  //  '), row] as const))('speaks of: %s', (_, row) =>
    expect(saidOfSteps(rule, row)).toHaveLength(1),
  );
const isSilent = (rule: string, rows: readonly (readonly string[])[]) =>
  test.each(rows.map((row) => [row.join('  //  '), row] as const))('is silent about: %s', (_, row) =>
    expect(saidOfSteps(rule, row)).toEqual([]),
  );

describe('safety-copy-comes-first, of actions and of what a step demands', () => {
  const said = (step: string, loses = '[api]') =>
    saidBy(
      'safety-copy-comes-first',
      `scenarios: { loss: { loses: ${loses}, steps: [${step}, { id: verify, uses: postgres.verify_server, with: { component: database } }] } }`,
    ).map(({ level, message }) => `${level}: ${message}`);
  const drop = (more = '') => `{ id: drop, uses: postgres.drop_everything, with: { component: database }${more} }`;

  test('an action that destroys what is not lost', () =>
    expect(said(drop())).toEqual([
      'warning: the step "drop" destroys database, which is not lost here, and no recovery point of it is demanded before',
    ]));

  test('not where it is lost, where a point is demanded, or where a copy was taken', () => {
    expect(said(drop(), '[database]')).toEqual([]);
    expect(said(drop(', safety_point: database'))).toEqual([]);
    expect(said(`{ id: keep, uses: postgres.base_backup, with: { component: database } }, ${drop()}`)).toEqual([]);
  });

  test('a command whose step demands a point', () => {
    const command = (more = '') => `{ id: drop, uses: shell.run, with: { command: dropdb shop }${more} }`;
    expect(said(command())).toHaveLength(1);
    expect(said(command(', safety_point: database'))).toEqual([]);
  });
});

describe('destructive-without-approval', () => {
  const rule = 'destructive-without-approval';
  speaks(rule, [
    ['aws rds delete-db-instance --db-instance-identifier shop --skip-final-snapshot'],
    ['aws rds \\\n  promote-read-replica --db-instance-identifier shop-replica'],
    ['aws s3 sync . s3://shop --delete'],
    ['aws s3 rm s3://shop/media --recursive'],
    ['aws ssm put-parameter --name /shop/host --value new --overwrite'],
    ['aws route53 change-resource-record-sets --hosted-zone-id $ZONE --change-batch file://x.json'],
    ['aws ecs update-service --cluster c --service s --task-definition shop:41'],
    ['kubectl -n shop delete pvc data-0'],
    ['kubectl set env deployment/shop HOST=new -n shop'],
    ['kubectl rollout undo deployment/shop'],
    ['kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data'],
    ['docker compose stop db'],
    ['docker-compose down --volumes'],
    ['pg_restore --clean -d shop shop.dump'],
    ['docker compose exec -T db psql -d shop -c "TRUNCATE orders"'],
    ['ssh db "psql -d shop -c \'DROP TABLE orders\'"'],
    ['psql -d shop <<SQL\nBEGIN;\nDELETE FROM orders WHERE id > 7;\nSQL'],
    ['echo "DROP DATABASE shop" | psql'],
    ['psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"'],
    ['terraform destroy -auto-approve'],
    ['alembic downgrade -1'],
    ['redis-cli FLUSHALL'],
    ['sudo rm -rf /var/lib/postgresql/data'],
    ['dropdb shop'],
    ['vercel rollback https://shop.example.com'],
  ]);
  isSilent(rule, [
    ['aws rds describe-db-instances --db-instance-identifier shop'],
    ['aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier s'],
    ['aws s3 sync s3://a s3://b'],
    ['aws s3 rm s3://shop/media --recursive --dryrun'],
    ['aws ssm put-parameter --name /shop/new --value x'],
    ['aws ecs update-service --cluster c --service s --force-new-deployment'],
    ['aws ecs update-service --cluster c --service s --desired-count 3'],
    ['kubectl scale deployment shop --replicas=3'],
    ['kubectl rollout restart deployment/shop'],
    ['kubectl rollout status deployment/shop'],
    ['kubectl delete pod shop-1'],
    ['kubectl delete pvc data-0 --dry-run=server'],
    ['kubectl drain node-1 --ignore-daemonsets --timeout=5m'],
    ['docker compose start db'],
    ['pg_restore --list shop.dump'],
    ['pg_restore -f out.sql shop.dump'],
    ['psql -c "SELECT \'DROP TABLE orders\' AS text"'],
    ['psql -c "-- DELETE FROM orders\nSELECT 1"'],
    ['psql -c "SELECT pg_terminate_backend(4711)"'],
    ['psql -c "REVOKE ALL ON orders FROM intern"'],
    ['echo "never run: DROP TABLE orders"'],
    ['grep -r "terraform destroy" .'],
    ['terraform plan -destroy'],
    ['rm -rf /tmp/work'],
    ['rm -rf "$WORK"'],
    ['alembic current'],
  ]);

  test('stands at its line, and says what happens', () => {
    const [finding] = findings(rule, 'echo one\n\naws rds delete-db-instance --db-instance-identifier shop');
    expect(finding?.message).toBe('rds delete-db-instance deletes the instance, and nobody approves the step "s1"');
    expect(finding?.level).toBe('error');
  });

  test('what can be taken back weighs less', () => {
    expect(findings(rule, 'kubectl rollout undo deployment/shop')[0]?.level).toBe('warning');
    expect(findings(rule, 'docker compose stop db')[0]?.level).toBe('warning');
  });

  test('one thing done twice in a step is said once', () =>
    expect(saidOfSteps(rule, ['dropdb shop\ndropdb bills'])).toHaveLength(1));

  const withCommand = (extra: string, environment = '') => `
${environment}
scenarios:
  loss:
    steps:
      - { id: drop, uses: shell.run, with: { command: dropdb shop }${extra} }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`;
  test('an approval is an approval', () =>
    expect(saidBy(rule, withCommand(', approve: { role: keeper, within: 5m }'))).toEqual([]));
  test('nothing is protected: nothing is asked for', () =>
    expect(saidBy(rule, withCommand('', 'environments: { production: { protected: false } }'))).toEqual([]));

  const procedure = (approve: string) => `
procedures: { tidy: { title: Tidy up, steps: [{ id: drop, uses: shell.run, with: { command: dropdb shop } }] } }
scenarios:
  loss:
    steps:
      - { id: tidy, uses: procedure, with: { procedure: tidy }${approve} }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`;
  test('a procedure is approved where it is used, and said once', () => {
    expect(saidBy(rule, procedure(''))).toHaveLength(1);
    expect(saidBy(rule, procedure(', approve: { role: keeper, within: 5m }'))).toEqual([]);
  });
  test('a procedure that nothing uses is judged by itself', () => {
    const unused =
      'procedures: { tidy: { title: Tidy up, steps: [{ id: drop, uses: shell.run, with: { command: dropdb shop } }] } }';
    expect(saidBy(rule, unused)[0]?.path).toBe('procedures.tidy.steps.drop.with.command');
  });
});

describe('safety-copy-comes-first', () => {
  const rule = 'safety-copy-comes-first';
  speaks(rule, [
    ['alembic downgrade 1f2e'],
    ['pg_restore --clean -d shop shop.dump'],
    ['psql -d shop -c "DROP TABLE orders"'],
    ['psql -d shop -c "DELETE FROM orders"'],
    ['pg_dump shop > /dev/null', 'dropdb shop'],
    ['dropdb shop', 'pg_dump shop > after.sql'],
    ['aws s3 rb s3://shop --force'],
  ]);
  isSilent(rule, [
    ['pg_dump -Fc shop -f before.dump', 'alembic downgrade 1f2e'],
    ['pg_dump -Fc shop -f before.dump\nalembic downgrade 1f2e'],
    ['aws rds create-db-snapshot --db-instance-identifier shop --db-snapshot-identifier x', 'dropdb shop'],
    ['docker compose exec -T db pg_dumpall > all.sql', 'dropdb shop'],
    ['aws rds delete-db-instance --db-instance-identifier made-by-the-drill --skip-final-snapshot'],
    ['kubectl rollout undo deployment/shop'],
    ['terraform destroy -auto-approve'],
    ['redis-cli FLUSHALL'],
    ['psql -d shop -c "SELECT 1"'],
  ]);

  test('a person who takes the copy is enough; deleting rows weighs less', () => {
    const byHand = `
scenarios:
  loss:
    steps:
      - { id: safety, title: Take a safety copy, uses: human.task, with: { instruction: Take a snapshot of the database. } }
      - { id: drop, uses: shell.run, with: { command: dropdb shop }, approve: { role: keeper, within: 5m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`;
    expect(saidBy(rule, byHand)).toEqual([]);
    expect(findings(rule, 'psql -d shop -c "DELETE FROM orders"')[0]?.level).toBe('warning');
    expect(findings(rule, 'dropdb shop')[0]?.level).toBe('error');
  });

  test('an instance of the plan is deleted with a last snapshot, or is missed', () => {
    const deleting = (options: string) => `
components: { old: { kind: database, domain: machine, objectives: { rto: 1h }, ids: { instance: shop } } }
procedures: { end: { title: End, steps: [{ id: delete, uses: shell.run, with: { command: aws rds delete-db-instance --db-instance-identifier shop ${options} } }] } }
`;
    expect(saidBy(rule, deleting('--skip-final-snapshot'))).toHaveLength(1);
    expect(saidBy(rule, deleting('--final-db-snapshot-identifier last'))).toEqual([]);
  });
});

describe('deleted-is-what-was-made', () => {
  const rule = 'deleted-is-what-was-made';
  speaks(rule, [
    ['aws rds delete-db-instance --db-instance-identifier shop-<date> --skip-final-snapshot'],
    ['aws rds delete-db-instance --db-instance-identifier "$1"'],
    ['read -p "Which one? " ID\naws rds delete-db-instance --db-instance-identifier "$ID"'],
    ['aws s3 rb s3://<bucket> --force'],
    ['dropdb <name>'],
    ['kubectl delete namespace <name>'],
    ['aws ec2 terminate-instances --instance-ids <id>'],
  ]);
  isSilent(rule, [
    ['aws rds delete-db-instance --db-instance-identifier shop-restore'],
    ['ID=$(aws rds describe-db-instances --query x)\naws rds delete-db-instance --db-instance-identifier "$ID"'],
    ['aws rds delete-db-instance --db-instance-identifier ${{ inputs.old }}'],
    ['aws rds describe-db-instances --db-instance-identifier <name>'],
    ['kubectl delete pod <name>'],
    ['dropdb drill_copy'],
    ['while read -r id; do aws ec2 terminate-instances --instance-ids "$id"; done < made-by-the-drill.txt'],
    ['aws s3 rm s3://shop/<key>'],
  ]);

  test('without a last snapshot it is an error', () => {
    const said = (options: string) =>
      findings(rule, `aws rds delete-db-instance --db-instance-identifier a-<date> ${options}`)[0];
    expect(said('--skip-final-snapshot')).toMatchObject({ level: 'error' });
    expect(said('--final-db-snapshot-identifier b')).toMatchObject({ level: 'warning' });
    expect(said('')?.message).toContain('a-<date>, a name that somebody finishes by hand');
  });
});

describe('pruned-after-verified', () => {
  const rule = 'pruned-after-verified';
  speaks(rule, [
    ['pg_dump -Fc shop -f shop.dump', 'find /backup -name "*.dump" -mtime +30 -delete'],
    ['pg_dump -Fc shop -f shop.dump', 'restic forget --keep-daily 7 --prune'],
    ['pg_dump shop > shop.sql', 'aws rds delete-db-snapshot --db-snapshot-identifier old'],
    ['pg_dump -Fc shop -f shop.dump', 'find /backup -mtime +30 -delete', 'pg_restore --list shop.dump'],
  ]);
  isSilent(rule, [
    ['pg_dump -Fc shop -f shop.dump', 'pg_restore --list shop.dump', 'find /backup -mtime +30 -delete'],
    ['pg_dump -Fc shop -f shop.dump', 'sha256sum -c shop.sum', 'find /backup -mtime +30 -delete'],
    ['find /backup -mtime +30 -delete'],
    ['pg_dump -Fc shop -f shop.dump', 'find /backup -mtime +30'],
    ['pg_dump -Fc shop -f shop.dump', 'rm -f shop.dump.part'],
  ]);
});
