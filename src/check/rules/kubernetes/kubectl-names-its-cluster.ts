import type { Plan } from '../../../model/plan.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import { isLost } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Act, about, beside } from '../../runbooks/acts.ts';
import { judgeActs, type Sequence } from '../../runbooks/sequences.ts';

/** Nobody can see from a command to which cluster it goes. */
export const kubectlNamesItsCluster: Rule = {
  id: 'kubectl-names-its-cluster',
  level: 'error',
  title: 'Where there is more than one cluster, kubectl is told which one',
  why: 'kubectl acts on the current context of the kubeconfig file of whoever runs it. It reads no AWS_REGION and no CLUSTER_NAME, and building a cluster does not change the context (Kubernetes documentation, configure access to multiple clusters). In a failover the command reaches the lost cluster; in a drill it reaches production.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: build, uses: shell.run, with: { command: terraform apply dr.tfplan } }
      - { id: workloads, uses: shell.run, with: { command: kubectl apply -k overlays/dr } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: build, uses: shell.run, with: { command: terraform apply dr.tfplan } }
      - { id: workloads, uses: shell.run, with: { command: kubectl --context shop-dr apply -k overlays/dr } }
`,
  judge: (plan, facts) =>
    judgeActs(plan, facts, (act, sequence) => {
      const call = act.command && kubectlCall(act.command);
      if (!call || !ALTERS.test(`${call.verb} ${call.plain[0] ?? ''}`)) return [];
      if (call.context !== undefined || call.kubeconfig !== undefined || isChosen(act, sequence)) return [];
      const why = otherCluster(plan, act, sequence);
      return why === undefined ? [] : [toComplaint(act, call.verb, why)];
    }),
};

const ALTERS =
  /^(apply|create|replace|patch|edit|delete|scale|drain|cordon|annotate|label|set |rollout (restart|undo))/;

interface Why {
  readonly text: string;
  readonly act?: Act;
}

/** Why the current context is likely to be the wrong one; undefined when the plan knows of one cluster only. */
function otherCluster(plan: Plan, act: Act, { scenario, before, name }: Sequence): Why | undefined {
  const gone = scenario && scenario.kind !== 'security' ? lostWithTheCluster(plan, scenario.loses_domains) : undefined;
  if (gone !== undefined)
    return { text: `${name} has lost ${gone}, and the context may still be that of the lost cluster` };
  const built = before(act).find(({ name: done }) => done === 'terraform.apply');
  return built && { text: `"${built.placed.step.id}" has just built another environment`, act: built };
}

/** The lost domain in which workloads ran. A cluster outlives one of its zones. */
function lostWithTheCluster({ components, environments, domains }: Plan, lost: readonly string[]): string | undefined {
  const homes = [
    ...Object.values(components).flatMap(({ kind, domain }) =>
      /^(cluster|workload|service|worker)$/.test(kind) ? domain : [],
    ),
    ...Object.values(environments).map(({ domain }) => domain),
  ];
  return lost.find(
    (one) => domains[one]?.kind !== 'zone' && one.split('/').length < 3 && homes.some((home) => isLost(home, [one])),
  );
}

/** A context was chosen before, in this script or for the whole run. */
const isChosen = (act: Act, sequence: Sequence): boolean =>
  sequence.before(act).some(({ name }) => name === 'k8s.use_cluster') ||
  act.command?.environment.some(({ name }) => name === 'KUBECONFIG') === true ||
  act.script?.assignments.some(({ name, at }) => name === 'KUBECONFIG' && at < (act.within ?? 0)) === true;

function toComplaint(act: Act, verb: string, { text, act: cause }: Why): Complaint {
  const message = `kubectl ${verb} names no cluster and takes the current context of whoever runs it: ${text}`;
  const hint = 'Give it --context, and let a step before it fetch the credentials of that cluster.';
  return about(act, { message, hint, ...(cause ? { related: [beside(cause, 'makes another cluster')] } : {}) });
}
