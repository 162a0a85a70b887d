import { hasOption, option, plainWords } from '../options.ts';
import type { ShellCommand, ShellScript } from '../script.ts';

/** One call of Terraform or OpenTofu: `terraform apply -var-file=dr.tfvars`. */
export interface TerraformCall {
  readonly verb: string;
  /** What comes behind the verb without an option: the saved plan of `apply`, `select dr` of `workspace`. */
  readonly plain: readonly string[];
  /** Whether it goes on without asking a person. */
  readonly asksNobody: boolean;
  readonly command: ShellCommand;
}

const WITH_VALUE = ['-var', '-var-file', '-out', '-target', '-replace', '-state', '-parallelism', '-lock-timeout', '-backend-config']; // biome-ignore format: one list

/** Undefined when it is neither terraform nor tofu. */
export function terraformCall(command: ShellCommand): TerraformCall | undefined {
  if (command.program !== 'terraform' && command.program !== 'tofu') return undefined;
  const [verb, ...plain] = plainWords(command, WITH_VALUE).map(({ value }) => value);
  if (verb === undefined) return undefined;
  const asksNobody = hasOption(command, '-auto-approve', '--auto-approve') || isFed(command);
  return { verb, plain, asksNobody, command };
}

/** `yes | terraform apply`, `terraform apply <<< yes`. */
const isFed = ({ reads, redirects }: ShellCommand): boolean =>
  reads !== undefined || redirects.some(({ operator }) => operator.startsWith('<'));

/** The workspace a command of a script works in, as far as the script says: the last one selected before it. */
export function workspaceOf(command: ShellCommand, script: ShellScript): string | undefined {
  const said = command.environment.find(({ name }) => name === 'TF_WORKSPACE')?.value?.value;
  const selected = script.commands
    .filter(({ at }) => at < command.at)
    .map(terraformCall)
    .findLast((call) => call?.verb === 'workspace' && /^(select|new)$/.test(call.plain[0] ?? ''));
  return said ?? selected?.plain[1] ?? script.assignments.find(({ name }) => name === 'TF_WORKSPACE')?.value?.value;
}

/** Whether a plan is made only to see what differs. */
export const isDriftCheck = ({ command }: TerraformCall): boolean =>
  hasOption(command, '-detailed-exitcode', '-refresh-only') || option(command, '-detailed-exitcode') !== undefined;
