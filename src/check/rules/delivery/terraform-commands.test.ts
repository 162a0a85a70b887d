import { describe, expect, test } from 'vitest';
import { messages } from '../../checked-plan.fake.ts';
import { byHand, saidOfSteps, shellPlan } from '../../shell-steps.fake.ts';

const RESTORE = { uses: 'postgres.restore_server', with: { component: 'database' } };

describe('planned-then-applied', () => {
  const RULE = 'planned-then-applied';

  test('a plan alone, and then work on what it did not build', () => {
    expect(saidOfSteps(RULE, ['cd infra\nterraform workspace select dr\nterraform plan', RESTORE])).toHaveLength(1);
    expect(saidOfSteps(RULE, ['tofu plan -out=x', 'kubectl apply -k y'])).toHaveLength(1);
  });

  test.each([
    [['terraform plan -out=x', 'terraform apply x', RESTORE]],
    [['terraform plan -out=x\nterraform apply x', RESTORE]],
    [['terraform apply x', 'terraform plan -detailed-exitcode', RESTORE]],
    [['terraform plan -detailed-exitcode', RESTORE]],
    [['terraform plan -refresh-only', RESTORE]],
    [[RESTORE, 'terraform plan']],
    [['terraform plan -out=x', byHand('Apply the plan in the console of the pipeline'), RESTORE]],
    [['terraform validate', RESTORE]],
    [[{ title: 'Check that the code is what runs', with: { command: 'terraform plan' } }, RESTORE]],
  ])('nothing of: %j', (steps) => expect(saidOfSteps(RULE, steps)).toEqual([]));
});

describe('terraform-applies-a-saved-plan', () => {
  const said = (command: string) => saidOfSteps('terraform-applies-a-saved-plan', [command]);

  test('without a plan it asks, or does what it likes', () => {
    expect(said('terraform apply -var-file=environments/dr.tfvars')[0]).toContain('waits until somebody types "yes"');
    expect(said('terraform -chdir=infra apply -input=false')[0]).toContain('waits until somebody types');
    expect(said('tofu apply -auto-approve')[0]).toContain('tofu apply -auto-approve does what it finds');
    expect(said('yes | terraform apply')[0]).toContain('nobody has seen');
  });

  test.each([
    ['terraform apply dr.tfplan'],
    ['terraform apply -input=false "$PLAN"'],
    ['terraform plan'],
    ['terragrunt apply'],
    ['terraform destroy'],
  ])('nothing of: %s', (command) => expect(said(command)).toEqual([]));
});

describe('terraform-state-survives-the-loss', () => {
  const RULE = 'terraform-state-survives-the-loss';
  const lost = { loses_domains: ['machine'] };
  const state = (...backups: unknown[]) => ({
    components: { state: { kind: 'infrastructure-state', domain: 'machine', backups } },
  });

  test('nobody says where it is, or it is lost with the rest', () => {
    expect(saidOfSteps(RULE, ['terraform apply x'], lost)[0]).toContain('the plan does not say where that is');
    expect(saidOfSteps(RULE, ['terraform apply x'], lost, state({ method: 'terraform.state' }))[0]).toContain(
      'no copy of state is outside',
    );
    const nowhere = {
      components: { state: { kind: 'infrastructure-state', backups: [{ method: 'terraform.state' }] } },
    };
    expect(saidOfSteps(RULE, ['terraform plan'], lost, nowhere)[0]).toContain('the plan does not say');
  });

  test('once in a runbook', () =>
    expect(saidOfSteps(RULE, ['terraform plan', 'terraform apply x', 'terraform apply y'], lost)).toHaveLength(1));

  test('it survives, or nothing is lost that it is in', () => {
    const elsewhere = state({ method: 'terraform.state', copies: [{ domain: 'cellar' }] });
    expect(saidOfSteps(RULE, ['terraform apply x'], lost, elsewhere)).toEqual([]);
    expect(saidOfSteps(RULE, ['terraform apply x'])).toEqual([]);
    expect(saidOfSteps(RULE, ['kubectl apply -k x'], lost)).toEqual([]);
  });
});

describe('standby-is-not-destroyed', () => {
  const said = (build: string, destroy: string) =>
    messages(
      'standby-is-not-destroyed',
      shellPlan(
        [build],
        {},
        {
          procedures: {
            drill: { title: 'Drill', steps: [{ id: 'd', uses: 'shell.run', with: { command: destroy } }] },
          },
        },
      ),
    );
  const BUILD = 'terraform workspace select dr\nterraform apply x';

  test.each([
    ['terraform workspace select dr\nterraform destroy -auto-approve'],
    ['TF_WORKSPACE=dr terraform destroy'],
    ['terraform workspace select dr && terraform apply -destroy'],
  ])('%s', (destroy) => expect(said(BUILD, destroy)).toHaveLength(1));

  test.each([
    [BUILD, 'terraform workspace select drill\nterraform destroy -auto-approve'],
    [BUILD, 'terraform workspace select "$W"\nterraform destroy -auto-approve'],
    [BUILD, 'terraform destroy'],
    [BUILD, 'terraform workspace select dr\nterraform plan -destroy'],
    ['terraform workspace select dr\nterraform output', 'terraform workspace select dr\nterraform destroy'],
  ])('nothing of: %s / %s', (build, destroy) => expect(said(build, destroy)).toEqual([]));
});

describe('configuration-drift-is-looked-for', () => {
  const RULE = 'configuration-drift-is-looked-for';
  const code = { kind: 'infrastructure-state', domain: 'machine', objectives: { rpo: 'continuous' } };
  const said = (more: Record<string, unknown>, steps: string[] = ['true']) => saidOfSteps(RULE, steps, {}, more);

  test('a promise of losing nothing, of a component or of data in it', () => {
    expect(said({ components: { code } })).toHaveLength(1);
    const data = { settings: { title: 'Settings', in: ['code'], objectives: { rpo: '0' } } };
    expect(said({ components: { code: { ...code, objectives: {} } }, data })).toHaveLength(1);
  });

  test('somebody looks', () => {
    expect(said({ components: { code }, tasks: { drift: { title: 'Look for drift', every: 'daily' } } })).toEqual([]);
    expect(said({ components: { code } }, ['terraform plan -detailed-exitcode'])).toEqual([]);
  });

  test('less is promised, or of something that is no code', () => {
    expect(said({ components: { code: { ...code, objectives: { rpo: '1h' } } } })).toEqual([]);
    expect(said({ components: { code: { ...code, kind: 'parameters' } } })).toEqual([]);
  });
});
