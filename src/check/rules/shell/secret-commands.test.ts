import { describe, expect, test } from 'vitest';
import { saidBy } from '../../checked-plan.fake.ts';
import { saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

const speaks = (rule: string, texts: readonly string[]) =>
  test.each(texts)('speaks of: %s', (text) => expect(saidOfSteps(rule, [text])).toHaveLength(1));
const isSilent = (rule: string, texts: readonly string[]) =>
  test.each(texts)('is silent about: %s', (text) => expect(saidOfSteps(rule, [text])).toEqual([]));

describe('literal-secret, in commands', () => {
  const rule = 'literal-secret';
  speaks(rule, [
    'kubectl set env deployment/shop DATABASE_URL=postgresql://app:hunter2@db.example.com/shop',
    'PGPASSWORD=hunter2 psql -d shop -c "SELECT 1"',
    'export PGPASSWORD="hunter2"',
    'mysqldump --password=hunter2 shop',
    'curl -u admin:hunter2 https://status.example.com',
    'curl -sS \\\n  --user=admin:hunter2 https://status.example.com',
    'psql "postgresql://app:$P@db/one" && psql "postgresql://app:hunter2@db/two"',
    'curl -H "Authorization: Bearer abcdef0123456789" https://status.example.com',
    `aws configure set aws_access_key_id AKIA${'IOSFODNN7EXAMPLE'}`,
    'psql "host=db user=app password=hunter2" -c "SELECT 1"',
  ]);
  isSilent(rule, [
    'kubectl set env deployment/shop DATABASE_URL="postgresql://app:$PASSWORD@db.example.com/shop"',
    'psql "postgresql://app:${PASSWORD}@db.example.com/shop" -c "SELECT 1"',
    'PGPASSWORD=$(aws secretsmanager get-secret-value --secret-id shop --output text) psql -c "SELECT 1"',
    'PGPASSWORD="${{ inputs.password }}" psql -c "SELECT 1"',
    'psql "host=db user=app password=$PASSWORD" -c "SELECT 1"',
    'curl -u "admin:$TOKEN" https://status.example.com',
    'curl -H "Authorization: Bearer $TOKEN" https://status.example.com',
    'curl -H "Authorization: OAuth YOUR_API_KEY" https://status.example.com',
    'docker login --password-stdin < token',
    'psql -h db.example.com:5432 -c "SELECT 1"',
    'psql --password <name>',
    'jq -r .password secret.json',
    'PGPASSWORD=$P psql -c "SELECT 1"',
    'psql "postgresql://app:$P@db/shop" -c "SELECT 1"',
    'curl -u admin: https://status.example.com',
  ]);

  test('stands at its line, and is not repeated', () => {
    const [finding] = saidBy(rule, shellPlan(['date\nPGPASSWORD=hunter2 psql -c "SELECT 1"']));
    expect(finding?.message).toBe('the command holds a password in clear');
    expect(JSON.stringify(finding)).not.toContain('hunter2');
  });
});

describe('secrets-stay-off-the-command-line', () => {
  const rule = 'secrets-stay-off-the-command-line';
  speaks(rule, [
    'aws secretsmanager update-secret --secret-id shop --secret-string "$NEW"',
    'aws rds modify-db-instance --db-instance-identifier shop --master-user-password "$NEW"',
    'kubectl set env deployment/shop DB_PASSWORD="$NEW" -n shop',
    'kubectl set env deployment/shop "DATABASE_URL=postgresql://app:$NEW@db/shop"',
    'kubectl create secret generic shop --from-literal=password="$NEW"',
    'mysql -p"$NEW" -e "SELECT 1"',
    'sshpass -p "$NEW" ssh db uptime',
    'redis-cli -a "$NEW" PING',
  ]);
  isSilent(rule, [
    'aws secretsmanager update-secret --secret-id shop --secret-string file://secret.json',
    'aws secretsmanager get-secret-value --secret-id shop',
    'kubectl set env deployment/shop POSTGRES_HOST=db TOKEN_TTL=3600',
    'kubectl set env deployment/shop --from=secret/shop',
    'kubectl set env deployment/shop DATABASE_URL=postgresql://db/shop',
    'kubectl create secret generic shop --from-file=password=./password',
    'PGPASSWORD="$NEW" psql -c "SELECT 1"',
    'mysql -e "SELECT 1"',
    'redis-cli PING',
    'psql -p 5432 -c "SELECT 1"',
  ]);

  test('names the variable, and never a value', () => {
    const said = (value: string) =>
      saidOfSteps(rule, [`aws secretsmanager update-secret --secret-id shop --secret-string ${value}`])[0];
    expect(said('"$NEW"')).toContain('($NEW)');
    expect(said('hunter2')).toContain('(as it stands)');
    expect(said('hunter2')).not.toContain('hunter2');
  });
});

describe('secret-copies-are-encrypted', () => {
  const rule = 'secret-copies-are-encrypted';
  speaks(rule, [
    'kubectl get secret -n shop -o yaml > secrets.yaml',
    'kubectl get configmap,secret -n shop -o yaml > /tmp/config.yaml\naws s3 cp /tmp/config.yaml s3://backups/',
    'kubectl get secrets -o json | tee secrets.json',
    'kubectl get secret -o yaml | gzip | aws s3 cp - s3://backups/secrets.gz',
    'aws secretsmanager get-secret-value --secret-id shop > secret.json',
    'aws ssm get-parameters-by-path --path /shop --with-decryption > parameters.json',
  ]);
  isSilent(rule, [
    'kubectl get secret -n shop',
    'kubectl get secret -n shop -o yaml | age -r age1example > secrets.age',
    'kubectl get secret -o yaml | gpg --encrypt -r ops@example.com > secrets.gpg',
    'kubectl get secret -o yaml > s.yaml\nage -r age1example -o s.age s.yaml\nshred -u s.yaml',
    'kubectl get configmap -o yaml > config.yaml',
    'kubectl get secret shop -o yaml > /dev/null',
    'PASSWORD=$(aws secretsmanager get-secret-value --secret-id shop --output text)',
    'aws ssm get-parameters-by-path --path /shop > names.json',
    'kubectl get secret shop -o yaml | kubectl apply -n other -f -',
  ]);
});
