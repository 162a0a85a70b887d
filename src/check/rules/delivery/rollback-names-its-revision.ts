import { hasOption, plainWords } from '../../../shell/options.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about, beside } from '../../runbooks/acts.ts';
import { judgeActs, type Sequence } from '../../runbooks/sequences.ts';

/** "The one before" is another one each time something was done. */
export const rollbackNamesItsRevision: Rule = {
  id: 'rollback-names-its-revision',
  level: 'warning',
  title: 'A rollback names the revision it goes back to',
  why: 'kubectl rollout undo without --to-revision, and helm rollback without a number, go back by one. A rollout restart is a revision of its own with the same image, and so is a rollback, so after either of them "one back" is the bad version again (kubectl reference, rollout undo; Helm documentation, rollback).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: undo, uses: shell.run, with: { command: kubectl rollout undo deployment/api } }
`,
  good: `
scenarios:
  loss:
    inputs: { revision: { describe: The last good revision. } }
    steps:
      - { id: undo, uses: shell.run, with: { command: "kubectl rollout undo deployment/api --to-revision=\${{ inputs.revision }}" } }
`,
  judge: (plan, facts) =>
    judgeActs(plan, facts, (act, sequence) => {
      const said = act.command && openRollback(act.command);
      if (said === undefined) return [];
      const restart = restartBeside(act, sequence);
      const after = restart ? ` After the restart of "${restart.placed.step.id}" that is the bad version itself.` : '';
      return [
        about(act, {
          ...(restart ? { level: 'error' as const } : {}),
          message: `${said} names no revision and goes back by one, whatever that is by then.${after}`,
          hint: 'Look up the last good revision (kubectl rollout history, helm history), and name it.',
          ...(restart ? { related: [beside(restart, 'makes a revision of its own')] } : {}),
        }),
      ];
    }),
};

/** How a rollback without a revision is written; undefined for everything else. */
function openRollback(command: ShellCommand): string | undefined {
  const call = kubectlCall(command);
  if (call?.verb === 'rollout' && call.plain[0] === 'undo')
    return hasOption(command, '--to-revision') ? undefined : 'kubectl rollout undo';
  const [verb, , revision] = plainWords(command, ['-n', '--namespace', '--kube-context', '--timeout']);
  const isHelm = command.program === 'helm' && verb?.value === 'rollback';
  return isHelm && (revision === undefined || revision.value === '0') ? 'helm rollback' : undefined;
}

/** A restart of the same thing in the same runbook: before it, or another way that may have been tried first. */
function restartBeside(act: Act, { acts, before }: Sequence): Act | undefined {
  const { one_of: group } = act.placed.step;
  const earlier = before(act);
  return acts.find(
    (one) =>
      one.name === 'k8s.restart' &&
      one.command?.words.some(({ value }) => value === 'restart') === true &&
      targetOf(one) === targetOf(act) &&
      (earlier.includes(one) || (group !== undefined && one !== act && one.placed.step.one_of === group)),
  );
}

/** `deployment api`, `deploy/api`: what is meant is `api`. */
const targetOf = ({ command }: Act): string | undefined =>
  command && kubectlCall(command)?.plain.at(-1)?.split('/').at(-1);
