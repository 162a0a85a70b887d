import { describe, expect, test } from 'vitest';
import { parseScript } from '../parse-script.ts';
import type { ShellCommand } from '../script.ts';
import { isDriftCheck, type TerraformCall, terraformCall, workspaceOf } from './terraform.ts';

const call = (text: string) => terraformCall(parseScript(text).commands.at(-1) as ShellCommand);
const workspace = (text: string) => {
  const script = parseScript(text);
  return workspaceOf(script.commands.at(-1) as ShellCommand, script);
};

describe('a call of terraform', () => {
  test.each([
    ['terraform apply', 'apply', [], false],
    ['tofu apply -auto-approve', 'apply', [], true],
    ['terraform -chdir=infra apply -var-file=dr.tfvars dr.tfplan', 'apply', ['dr.tfplan'], false],
    ["terraform apply -var 'name=apply me' -input=false", 'apply', [], false],
    ['yes | terraform apply', 'apply', [], true],
    ['terraform apply <<< yes', 'apply', [], true],
    ['terraform workspace select dr', 'workspace', ['select', 'dr'], false],
  ])('%s', (text, verb, plain, asksNobody) => expect(call(text)).toMatchObject({ verb, plain, asksNobody }));

  test.each(['terragrunt apply', 'terraform', 'terraform -version', 'echo terraform apply'])('%s is none', (text) =>
    expect(call(text)).toBeUndefined(),
  );

  test('the workspace is the last one that was selected before', () => {
    expect(workspace('terraform workspace select a\nterraform workspace select b\nterraform plan')).toBe('b');
    expect(workspace('terraform workspace new c && terraform plan')).toBe('c');
    expect(workspace('TF_WORKSPACE=d terraform plan')).toBe('d');
    expect(workspace('export TF_WORKSPACE=e\nterraform plan')).toBe('e');
    expect(workspace('terraform workspace list\nterraform plan')).toBeUndefined();
  });

  test('a plan that only looks for drift', () => {
    expect(isDriftCheck(call('terraform plan -detailed-exitcode') as TerraformCall)).toBe(true);
    expect(isDriftCheck(call('terraform plan -refresh-only') as TerraformCall)).toBe(true);
    expect(isDriftCheck(call('terraform plan -out=x') as TerraformCall)).toBe(false);
  });
});
