import { hasOption, plainWords } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { judgeActs, type Sequence } from '../../runbooks/sequences.ts';

/** Whatever lies in the folder is not a version. */
export const deploysANamedVersion: Rule = {
  id: 'deploys-a-named-version',
  level: 'warning',
  title: 'A recovery deploys a named version, not what lies in the folder',
  why: 'Building or uploading the working folder brings whatever is checked out on that machine at that moment: perhaps the change that broke everything, perhaps one that was never released. vercel --prod deploys the folder and puts it before the customers, over a rollback made just before (Vercel documentation, deploying from the CLI).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: back, uses: shell.run, with: { command: vercel rollback } }
      - { id: again, uses: shell.run, with: { command: "cd shop\\nvercel --prod" } }
`,
  good: `
scenarios:
  loss:
    inputs: { release: { describe: The last release that was good } }
    steps:
      - { id: again, uses: shell.run, with: { command: "git checkout --detach \${{ inputs.release }}\\nvercel --prod" } }
`,
  judge: (plan, facts) =>
    judgeActs(plan, facts, (act, sequence) => {
      const what = act.command && folderDeployed(act.command);
      if (what === undefined || !sequence.scenario || isCheckedOut(act, sequence)) return [];
      const undone = sequence.before(act).find(({ name }) => name === 'vercel.roll_back');
      const over = undone ? `, over the rollback of "${undone.placed.step.id}"` : '';
      return [
        about(act, {
          message: `${what} brings whatever is checked out where it runs${over}: nothing says which version that is`,
          hint: 'Check out a named commit first, or deploy what was built before: an image by its digest, a deployment by its address (vercel promote).',
        }),
      ];
    }),
};

/** A command that makes something of the folder it stands in, and how it is said. */
function folderDeployed(command: ShellCommand): string | undefined {
  const { program, words } = command;
  const [first] = plainWords(command).map(({ value }) => value);
  if (program === 'vercel')
    return hasOption(command, '--prod') && !hasOption(command, '--prebuilt') && !OTHERS.test(first ?? '')
      ? 'vercel --prod'
      : undefined;
  if (program === 'docker')
    return /^(build|buildx)$/.test(words[1]?.value ?? '') && words.at(-1)?.value === '.' ? 'docker build .' : undefined;
  const aws = awsCall(command);
  const isSync = aws?.service === 's3' && /^(sync|cp)$/.test(aws.operation);
  return isSync && /^\.\/?$/.test(aws.plain[0]?.value ?? '') ? `aws s3 ${aws.operation} .` : undefined;
}

/** What vercel does beside deploying the folder. */
const OTHERS =
  /^(alias|build|domains|env|inspect|link|list|login|logs|ls|promote|pull|redeploy|remove|rm|rollback|whoami)$/;

const isCheckedOut = (act: Act, { before }: Sequence): boolean =>
  before(act).some(
    ({ command }) =>
      command?.program === 'git' &&
      /^(checkout|switch|clone|reset|worktree)$/.test(plainWords(command, ['-C', '-c'])[0]?.value ?? ''),
  );
