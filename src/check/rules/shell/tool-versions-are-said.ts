import { calledAs } from '../../../shell/called.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { isCommandPath, scriptsOf } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { textsIn } from '../../texts.ts';

/** The machine one recovers from is not the one the command was written on. */
export const toolVersionsAreSaid: Rule = {
  id: 'tool-versions-are-said',
  level: 'warning',
  title: 'A command that needs a newer tool says which',
  why: 'aws logs tail, aws sso and some more are there since version 2 of the AWS command line (AWS CLI user guide, new features of version 2); version 1, which many distributions install, calls them an invalid choice. The machine at hand in an emergency is seldom the one on which the runbook was written.',
  bad: `
procedures:
  look: { title: Look at the logs, steps: [{ id: logs, uses: shell.run, with: { command: aws logs tail /ecs/shop --since 30m } }] }
`,
  good: `
procedures:
  look:
    title: Look at the logs
    prerequisites: [AWS CLI version 2]
    steps: [{ id: logs, uses: shell.run, with: { command: aws logs tail /ecs/shop --since 30m } }]
`,
  judge(plan) {
    const texts = textsIn(plan).filter(({ path }) => !isCommandPath(path));
    const found = new Map<string, Complaint>();
    for (const { script, path } of scriptsOf(plan))
      for (const command of script.commands) {
        const need = NEEDS.find(({ isUsed }) => isUsed(command));
        if (!need || found.has(need.tool) || texts.some(({ text }) => need.isSaid.test(text))) continue;
        found.set(need.tool, {
          path,
          within: command.at,
          message: `${calledAs(command)} needs ${need.tool}, and nothing in the plan says so`,
          hint: `Add it to the prerequisites: ${need.tool}. Better: one image that holds every tool of the runbook.`,
        });
      }
    return [...found.values()];
  },
};

interface Need {
  readonly tool: string;
  isUsed(command: ShellCommand): boolean;
  readonly isSaid: RegExp;
}

const NEEDS: readonly Need[] = [
  {
    tool: 'version 2 of the AWS CLI',
    isSaid: /\baws[- ]?cli\b[^.]*\b(v|version )?2\b|\bversion 2 of the aws cli\b/i,
    isUsed(command) {
      const call = awsCall(command);
      const name = `${call?.service} ${call?.operation}`;
      return (
        call !== undefined &&
        (/^(logs (tail|start-live-tail)|sso \w+|configure (sso|import)|ddb \w+)$/.test(name) ||
          call.has('cli-auto-prompt'))
      );
    },
  },
];
