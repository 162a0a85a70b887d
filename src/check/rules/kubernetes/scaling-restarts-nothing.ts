import { option } from '../../../shell/options.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { judgeScripts } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** More and then fewer is not the same as new. */
export const scalingRestartsNothing: Rule = {
  id: 'scaling-restarts-nothing',
  level: 'warning',
  title: 'Pods are renewed by a restart, not by scaling up and down again',
  why: 'When a ReplicaSet is made smaller it removes, among ready pods, rather those that were started last (Kubernetes documentation, ReplicaSet, scaling down). Scaling up and down again therefore keeps the old pods and removes the new ones.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: renew, uses: shell.run, with: { command: "kubectl scale deploy/api --replicas=10\\nsleep 30\\nkubectl scale deploy/api --replicas=5" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: renew, uses: shell.run, with: { command: "kubectl rollout restart deploy/api\\nkubectl rollout status deploy/api --timeout=5m" } }
`,
  judge: (plan) =>
    judgeScripts(plan, ({ script }) => {
      const scalings = script.commands.map(scalingOf).filter((one) => one !== undefined);
      return scalings.flatMap((up, index) => {
        const down = scalings.slice(index + 1).find(({ what }) => what === up.what);
        if (!down || up.to === 0 || down.to === 0 || down.to >= up.to) return [];
        return [
          {
            at: down.command.at,
            message: `${up.what} is scaled to ${up.to} and back to ${down.to}: Kubernetes removes the newest pods first, so the old ones stay`,
            hint: `To get new pods: kubectl rollout restart ${up.what}, then kubectl rollout status.`,
          },
        ];
      });
    }),
};

interface Scaling {
  readonly what: string;
  readonly to: number;
  readonly command: ShellCommand;
}

function scalingOf(command: ShellCommand): Scaling | undefined {
  const call = kubectlCall(command);
  const to = Number(option(command, '--replicas') ?? Number.NaN);
  if (call?.verb !== 'scale' || !Number.isInteger(to)) return undefined;
  const [kind = '', name] = call.plain.flatMap((word) => word.split('/'));
  return name === undefined
    ? undefined
    : { what: `${/^deploy/.test(kind) ? 'deployment' : kind}/${name}`, to, command };
}
