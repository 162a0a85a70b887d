import { describe, expect, test } from 'vitest';
import { saidOfSteps } from '../../shell-steps.fake.ts';

/** A row: a name for people, and the texts of the steps. */
const speaks = (rule: string, rows: readonly (readonly string[])[]) =>
  test.each(rows.map((row) => [row.join('  //  '), row] as const))('speaks of: %s', (_, row) =>
    expect(saidOfSteps(rule, row, { healthy: 's1' })).toHaveLength(1),
  );
const isSilent = (rule: string, rows: readonly (readonly string[])[]) =>
  test.each(rows.map((row) => [row.join('  //  '), row] as const))('is silent about: %s', (_, row) =>
    expect(saidOfSteps(rule, row, { healthy: 's1' })).toEqual([]),
  );

describe('plain-dumps-go-to-psql', () => {
  const rule = 'plain-dumps-go-to-psql';
  speaks(rule, [
    ['gunzip -c /tmp/shop.sql.gz | pg_restore -h localhost -d shop --clean'],
    ['zcat "$FOLDER/shop.sql.gz" | docker compose exec -T db pg_restore -d shop'],
    ['pg_restore -U postgres -d shop \\\n  --clean shop.sql'],
    ['pg_restore -d shop < shop.sql'],
    ['pg_dump shop | pg_restore -d other'],
    ['DUMP=/backup/shop.sql\npg_restore -d shop "$DUMP"'],
    ['aws s3 cp s3://copies/shop.sql.gz - | gunzip | pg_restore -d shop'],
    ['ssh db "pg_restore -d shop /backup/shop.sql"'],
  ]);
  isSilent(rule, [
    ['pg_restore -d shop shop.dump'],
    ['gunzip -c shop.sql.gz | psql -d shop'],
    ['pg_dump -Fc shop | pg_restore -d other'],
    ['pg_dump --format=custom shop | pg_restore -d other'],
    ['pg_restore -d shop "$DUMP"'],
    ['DUMP=$(ls -t *.sql.gz | head -1)\npg_restore -d shop "$DUMP"'],
    ['pg_restore --list shop.sql'],
    ['pg_restore -f out.sql shop.dump'],
    ['echo "gunzip -c shop.sql.gz | pg_restore"'],
  ]);
});

describe('parallel-restore-reads-a-file', () => {
  const rule = 'parallel-restore-reads-a-file';
  speaks(rule, [
    ['cat shop.dump | pg_restore -d shop -j 4'],
    ['pg_restore -d shop -j4 < shop.dump'],
    ['zstdcat shop.dump.zst | kubectl exec -i db-0 -- pg_restore --jobs=8 -d shop'],
    ['gunzip -c shop.sql.gz | pg_restore -h localhost -p 5432 -U postgres -d shop --clean --jobs 4 --verbose'],
  ]);
  isSilent(rule, [
    ['pg_restore -d shop -j 4 shop.dump'],
    ['cat shop.dump | pg_restore -d shop'],
    ['cat shop.dump | pg_restore -d shop -j 1'],
    ['cat shop.dump | pg_restore -d shop -j "$JOBS"'],
    ['echo restoring | tee log && pg_restore -j 4 -d shop /backup/shop.dir'],
  ]);
});

describe('sql-stops-at-the-first-error', () => {
  const rule = 'sql-stops-at-the-first-error';
  speaks(rule, [
    ['psql -d shop -f restore.sql'],
    ['psql -d shop --file=restore.sql'],
    ['psql shop < dump.sql'],
    ['gunzip -c dump.sql.gz | psql -h "$HOST" shop'],
    ['docker compose exec -T db psql -U postgres shop <<SQL\nDROP TABLE x;\nSQL'],
    ['psql -v ON_ERROR_STOP=0 -f a.sql'],
    ['psql -1 -f a.sql'],
  ]);
  isSilent(rule, [
    ['psql -v ON_ERROR_STOP=1 -d shop -f restore.sql'],
    ['psql --set=ON_ERROR_STOP=on shop < dump.sql'],
    ['psql -vON_ERROR_STOP=1 shop < dump.sql'],
    ['psql shop <<SQL\n\\set ON_ERROR_STOP on\nDROP TABLE x;\nSQL'],
    ['psql -d shop -c "SELECT 1"'],
    ['psql -Atc "SELECT 1" shop'],
    ['cat rows.csv | psql shop -c "\\copy t FROM STDIN CSV"'],
    ['psql -h db -U postgres shop'],
    ['mysql shop < dump.sql'],
    ['cat dump.sql | grep COPY'],
  ]);
});

describe('lists-from-psql-are-bare', () => {
  const rule = 'lists-from-psql-are-bare';
  speaks(rule, [
    ['for t in $(psql -d shop -c "SELECT tablename FROM pg_tables"); do echo "$t"; done'],
    ['psql shop -c "SELECT tablename FROM pg_tables" | while read t; do pg_dump -t "$t" shop; done'],
    ['psql shop -c "SELECT pid FROM pg_stat_activity" | xargs -n 1 kill'],
    ['COUNT=$(psql shop -c "SELECT count(*) FROM orders")\nif [ "$COUNT" -gt 0 ]; then echo good; fi'],
  ]);
  isSilent(rule, [
    ['for t in $(psql -At -d shop -c "SELECT tablename FROM pg_tables"); do echo "$t"; done'],
    ['for t in $(psql -d shop -tAc "SELECT tablename FROM pg_tables"); do echo "$t"; done'],
    ['psql shop --tuples-only -c "SELECT 1" | while read t; do echo "$t"; done'],
    ['psql shop -P tuples_only=on -c "SELECT 1" | while read t; do echo "$t"; done'],
    ['psql shop -c "SELECT * FROM orders" | tee orders.txt'],
    ['psql shop -c "SELECT * FROM orders" > orders.txt'],
    ['RESULT=$(psql shop -c "SELECT count(*) FROM orders")\necho "$RESULT"'],
    ['psql shop -c "COPY orders TO STDOUT" | while read row; do echo "$row"; done'],
    ['for n in 1 2 3; do psql shop -c "SELECT 1"; done'],
  ]);
});

describe('damage-is-looked-for-in-the-data', () => {
  const rule = 'damage-is-looked-for-in-the-data';
  speaks(rule, [
    ['pg_dump -U postgres --schema-only shop > /dev/null'],
    ['pg_dump -s shop >/dev/null 2>&1; echo $?'],
    ['docker exec db pg_dump -s -f /dev/null shop'],
  ]);
  isSilent(rule, [
    ['pg_dump shop > /dev/null'],
    ['pg_dump --schema-only shop > schema.sql'],
    ['pg_dump --schema-only shop 2> /dev/null > schema.sql'],
    ['pg_dump --schema-only shop | diff - expected.sql'],
    ['mysqldump --no-data shop > /dev/null'],
  ]);
});

describe('dbshell-passes-its-options', () => {
  const rule = 'dbshell-passes-its-options';
  speaks(rule, [
    ['python manage.py dbshell -c "SELECT 1;"'],
    ['kubectl exec -it deployment/api -n shop -- python manage.py dbshell -c "SELECT 1;"'],
    ['./manage.py dbshell --command "SELECT 1"'],
  ]);
  isSilent(rule, [
    ['python manage.py dbshell -- -c "SELECT 1;"'],
    ['python manage.py dbshell --database replica --settings shop.production'],
    ['echo "SELECT 1" | python3 manage.py dbshell'],
    ['python manage.py shell -c "print(1)"'],
    ['rails dbconsole -p'],
    ['psql -c "SELECT 1"'],
  ]);
});

describe('temporary-copies-are-removed', () => {
  const rule = 'temporary-copies-are-removed';
  speaks(rule, [
    ['aws s3 cp s3://copies/daily/shop.sql.gz /tmp/', 'pg_restore -d shop /tmp/shop.sql.gz'],
    ['pg_dump -Fc shop -f /tmp/shop.dump'],
    ['pg_dump shop > /var/tmp/shop.sql'],
    [`psql shop -c "\\copy (SELECT * FROM users) TO '/tmp/users.csv' CSV"`],
  ]);
  isSilent(rule, [
    ['aws s3 cp s3://copies/shop.sql.gz /tmp/', 'psql -f /tmp/shop.sql.gz', 'rm -f /tmp/shop.sql.gz'],
    ['trap "rm -f /tmp/shop.dump" EXIT\npg_dump -Fc shop -f /tmp/shop.dump'],
    ['pg_dump -Fc shop -f /backup/shop.dump'],
    ['pg_dump shop > /dev/null'],
    ['aws s3 cp s3://config/nginx.conf /tmp/'],
    ['aws s3 cp s3://copies/shop.sql.gz - | gunzip | psql shop'],
    [`psql shop -c "\\copy users FROM '/tmp/users.csv' CSV"`],
  ]);
});
