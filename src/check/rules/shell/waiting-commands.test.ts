import { describe, expect, test } from 'vitest';
import { saidBy } from '../../checked-plan.fake.ts';
import { saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

const speaks = (rule: string, texts: readonly string[]) =>
  test.each(texts)('speaks of: %s', (text) => expect(saidOfSteps(rule, [text])).toHaveLength(1));
const isSilent = (rule: string, texts: readonly string[]) =>
  test.each(texts)('is silent about: %s', (text) => expect(saidOfSteps(rule, [text])).toEqual([]));

describe('unbounded-step', () => {
  const rule = 'unbounded-step';
  speaks(rule, [
    'aws logs tail /ecs/shop --follow',
    'aws logs tail /ecs/shop \\\n  --since 30m --follow',
    'kubectl logs -f deployment/shop -n shop',
    'kubectl get pods --watch',
    'docker compose logs -f db',
    'docker-compose logs --follow',
    'docker logs -f db',
    'tail -f /var/log/syslog',
    'ssh db "journalctl -f -u postgresql"',
    'watch -n 5 "kubectl get pods"',
    'ping db.example.com',
    'kubectl port-forward svc/shop 8080:80',
    'top',
  ]);
  isSilent(rule, [
    'aws logs tail /ecs/shop --since 30m',
    'kubectl logs deployment/shop --tail=100',
    'kubectl logs -l app=shop',
    'kubectl apply -f shop.yaml',
    'docker compose -f other.yaml logs db',
    'docker compose -f other.yaml ps',
    'tail -20 /var/log/syslog',
    'tail -n 5 -q a b',
    'timeout 5m aws logs tail /ecs/shop --follow',
    'aws logs tail /ecs/shop --follow | grep -m 1 ready',
    'tail -f /var/log/syslog | head -1',
    'kubectl port-forward svc/shop 8080:80 &',
    'watch -g "date +%M"',
    'ping -c 3 db.example.com',
    'top -b -n 1',
    'echo "then: tail -f /var/log/syslog"',
  ]);

  test('is found at its line', () => {
    const [finding] = saidBy(rule, shellPlan(['date\ntail -f x']));
    expect(finding?.message).toBe('tail follows what comes, and never ends: the step "s1" cannot get past it');
  });
});

describe('commands-ask-nobody', () => {
  const rule = 'commands-ask-nobody';
  speaks(rule, [
    'ssh db.example.com',
    'ssh -i ~/.ssh/key.pem admin@$HOST\nls',
    'psql -h db.example.com -d shop',
    'docker compose exec db psql -U postgres',
    'kubectl exec -it shop-1 -- bash',
    'mysql -h db shop',
    'redis-cli -h cache',
    'terraform destroy',
    'read -p "Go on? " ANSWER',
    'kubectl edit deployment/shop',
    'git commit -a',
    'crontab -e',
    'vercel env add DATABASE_URL production',
    'sudo vim /etc/hosts',
    'apt-get install postgresql-client',
    'less /var/log/syslog',
    'ansible-playbook restore.yml --ask-vault-pass',
  ]);
  isSilent(rule, [
    'ssh db.example.com uptime',
    'ssh -N -L 5432:db:5432 bastion',
    'ssh db.example.com <<EOF\nuptime\nEOF',
    'cat script.sh | ssh db.example.com',
    'psql -h db.example.com -c "SELECT 1"',
    'psql -d shop < restore.sql',
    'psql -d shop <<SQL\nSELECT 1;\nSQL',
    'psql -l',
    'psql --version',
    'gunzip -c shop.sql.gz | psql -d shop',
    'kubectl exec -it shop-1 -- psql -c "SELECT 1"',
    'docker compose exec -T db bash -c "ls /"',
    'mysql -e "SELECT 1"',
    'redis-cli -h cache PING',
    'terraform destroy -auto-approve',
    'terraform plan',
    'cat keys.txt | while read key; do echo "$key"; done',
    'read ANSWER < answers.txt',
    'git commit -m "Update"',
    'printf "%s" "$URL" | vercel env add DATABASE_URL production',
    'apt-get install -y postgresql-client',
    'bash restore.sh',
    'crontab -l',
    'ansible-playbook restore.yml --vault-password-file key',
  ]);
});

describe('commands-are-shell', () => {
  const rule = 'commands-are-shell';
  speaks(rule, [
    'SELECT count(*) FROM orders;',
    'psql -d shop -c "SELECT 1"\nUPDATE orders SET done = true\nWHERE id > (SELECT 7);',
    'fields @timestamp, message\n| filter level = "error"\n| limit 20',
    'for table in a b; do\n  echo $table',
    'echo "no end',
  ]);
  isSilent(rule, [
    'psql -d shop -c "SELECT count(*) FROM orders;"',
    'psql -d shop <<SQL\nSELECT count(*) FROM orders;\nSQL',
    'for table in a b; do\n  echo $table\ndone',
    'kubectl drain <node-name> --timeout=5m',
    'echo ${{ inputs.name }}',
    '[[ "$A" =~ ^a(b|c)$ ]] && echo yes',
    'f() { echo one; }; f',
    'cat <<EOF > values.yaml\nselect: { a: (b) }\nEOF',
    'x=$(( (1 + 2) * 3 )); echo $x',
    "aws s3api list-objects --query 'Contents[?Key==`a`]'",
  ]);

  test('pasted SQL cannot work; what the shell cannot read may be a slip', () => {
    const levels = (text: string) => saidBy(rule, shellPlan([text])).map(({ level }) => level);
    expect(levels('SELECT count(*) FROM orders;')).toEqual(['error']);
    expect(levels('echo "no end')).toEqual(['warning']);
  });
});
