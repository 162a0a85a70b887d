import { describe, expect, test } from 'vitest';
import { parseScript } from '../../shell/parse-script.ts';
import type { ShellCommand } from '../../shell/script.ts';
import { FACTS, planWith } from '../checked-plan.fake.ts';
import { operationName } from '../commands/operation-name.ts';
import { type FakeStep, shellPlan } from '../shell-steps.fake.ts';
import { type Runbook, runbooks } from './runbook.ts';
import { hasRole, isEffect, isLook, type StepRole, verifyingSteps } from './step-roles.ts';

const bookOf = (...steps: FakeStep[]): Runbook =>
  runbooks(planWith(shellPlan(steps, { healthy: 's1' })).plan, FACTS)[0] as Runbook;
const stepOf = (step: FakeStep) => bookOf(step).steps[0] as Runbook['steps'][number];
const named = (command: string, role: StepRole) => hasRole(stepOf(command), role);

describe('what a step is for', () => {
  test.each<[string, StepRole]>([
    ['kubectl scale deploy/api --replicas=3', 'acts'],
    ['aws route53 change-resource-record-sets --hosted-zone-id Z --change-batch file://x', 'traffic'],
    ['aws rds delete-db-instance --db-instance-identifier old', 'destroys'],
    ['ssh bastion "kubectl apply -k overlays/production"', 'workloads'],
    ['aws secretsmanager update-secret --secret-id x --secret-string "$S"', 'settings'],
    ['vercel env add DATABASE_URL production', 'settings'],
    ['aws ecs update-service --cluster c --service s --force-new-deployment', 'reloads'],
    ['curl -f https://shop.example.com/health', 'looks'],
    ['aws rds describe-db-snapshots --db-instance-identifier shop', 'finds'],
  ])('%s', (command, role) => expect(named(command, role)).toBe('by name'));

  test.each<[string, StepRole]>([
    ['kubectl scale deploy/api --replicas=0', 'acts'],
    ['kubectl delete pod api-1', 'destroys'],
    ['kubectl set env deploy/api HOST=x', 'settings'],
    ['echo kubectl apply', 'workloads'],
    ['dig shop.example.com', 'traffic'],
    ["curl -X POST -d '{}' https://page.example.com", 'looks'],
  ])('%s is not "%s"', (command, role) => expect(named(command, role)).toBeUndefined());

  test('where the commands say nothing the title does, and only there', () => {
    const unknown = { title: 'Restore the database', with: { command: './restore.sh' } };
    expect(hasRole(stepOf(unknown), 'acts')).toBe('by title');
    expect(isEffect(stepOf({ title: 'Check that it works', with: { command: './check.sh' } }))).toBe(false);
    const both = {
      title: 'Test the restore',
      with: { command: 'aws rds restore-db-instance-from-db-snapshot --db-instance-identifier x' },
    };
    expect(isEffect(stepOf(both))).toBe(true);
    expect(isLook(stepOf(both))).toBe(false);
  });

  test('where every command is known and none acts, a title makes it no act', () => {
    expect(
      isEffect(
        stepOf({ title: 'Scale the old cluster down', with: { command: 'kubectl scale deploy/api --replicas=0' } }),
      ),
    ).toBe(false);
    expect(isEffect(stepOf({ title: 'Scale the old cluster down', with: { command: './scale.sh' } }))).toBe(true);
  });

  test('a step that changes something and then asks for it has verified it', () => {
    const restartAndAsk = 'kubectl rollout restart deploy/api\ncurl -f https://shop.example.com/health';
    expect(verifyingSteps(bookOf(restartAndAsk)).map(({ step }) => step.id)).toEqual(['s1']);
    expect(
      verifyingSteps(bookOf('curl -f https://shop.example.com/health', 'kubectl rollout restart deploy/api')),
    ).toEqual([]);
    const later = bookOf('kubectl rollout restart deploy/api', 'curl -f https://shop.example.com/health');
    expect(verifyingSteps(later).map(({ step }) => step.id)).toEqual(['s2']);
  });
});

describe('what a command amounts to', () => {
  const name = (text: string) => operationName(parseScript(text).commands[0] as ShellCommand);

  test.each([
    ['aws ecs update-service --service s --task-definition s:4', 'ecs.deploy'],
    ['aws ecs update-service --service s --desired-count 3', 'ecs.scale'],
    ['aws ecs update-service --service s --desired-count 0', 'ecs.stop'],
    ['kubectl -n shop delete pods -l app=api', 'k8s.restart'],
    ['kubectl delete pvc data-0', 'k8s.delete'],
    ['kubectl config use-context dr', 'k8s.use_cluster'],
    ['terraform -chdir=infra apply x.tfplan', 'terraform.apply'],
    ['helm upgrade shop ./chart', 'k8s.apply'],
    ['kubectl delete job once', undefined],
    ['kubectl get pods', undefined],
    ['terraform fmt', undefined],
    ['kubectl apply -f k8s/00-namespace.yaml', 'k8s.prepare'],
    ['kubectl apply -f k8s/', 'k8s.apply'],
    ['curl -fsSL https://get.example.com | bash', 'http.fetch'],
    ['curl -O https://files.example.com/dump.gz', 'http.fetch'],
    ["curl -s -o /dev/null -w '%{http_code}' https://shop.example.com", 'http.check'],
    ['aws ecs list-clusters', undefined],
  ])('%s', (command, expected) => expect(name(command)).toBe(expected));
});
