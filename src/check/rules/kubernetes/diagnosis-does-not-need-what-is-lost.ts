import type { Plan } from '../../../model/plan.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Who does not answer cannot be asked what is wrong. */
export const diagnosisDoesNotNeedWhatIsLost: Rule = {
  id: 'diagnosis-does-not-need-what-is-lost',
  level: 'warning',
  title: 'A dead cluster is not asked what is wrong with it',
  why: 'Every kubectl command goes through the API server, also get and exec. When that does not answer, all of them fail in the same way and tell nothing; etcd of a managed cluster cannot be reached at all, and component statuses are deprecated since Kubernetes 1.19 (Kubernetes documentation). The provider can still be asked.',
  bad: `
components: { cluster: { kind: cluster, domain: cellar, stateless: true, objectives: { rto: 1h } } }
scenarios:
  loss:
    loses: [database, api, cluster]
    steps:
      - { id: look, uses: shell.run, with: { command: kubectl get nodes } }
`,
  good: `
components: { cluster: { kind: cluster, domain: cellar, stateless: true, objectives: { rto: 1h } } }
scenarios:
  loss:
    loses: [database, api, cluster]
    steps:
      - { id: look, uses: shell.run, with: { command: "aws eks describe-cluster --name shop --query cluster.status" } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => {
      const why = deadApi(plan, sequence);
      const asking = why === undefined ? [] : sequence.acts.filter((act) => isAsking(act, sequence));
      return why === undefined ? [] : oneAStep(asking).map((acts) => toComplaint(acts, why));
    }),
};

/** Why nobody can expect an answer of the API server. */
function deadApi(plan: Plan, { scenario, name }: Sequence): string | undefined {
  if (!scenario || scenario.kind === 'security') return undefined;
  const cluster = scenario.loses.find((lost) => plan.components[lost]?.kind === 'cluster');
  if (cluster !== undefined) return `${name} loses ${cluster}`;
  const noticed = scenario.detection.find((text) => DEAD.test(text));
  return noticed === undefined ? undefined : `${name} is noticed by "${noticed}"`;
}

const DEAD =
  /\b(kubectl|kubernetes api|kube-?apiserver|api server|control plane)\b.*\b(fails?|failed|down|unreachable|unresponsive|not (answer|respond|reachable|available)|cannot be reached)\b/i;

/** Reads from the cluster before another one was made or chosen. */
function isAsking(act: Act, { before }: Sequence): boolean {
  const call = act.command && kubectlCall(act.command);
  if (!call || call.context !== undefined || call.kubeconfig !== undefined) return false;
  if (!/^(get|describe|logs|exec|top|cluster-info)$/.test(call.verb)) return false;
  return !before(act).some(({ name }) => name === 'k8s.use_cluster' || /^(terraform|infra)\.apply$/.test(name ?? ''));
}

const oneAStep = (acts: readonly Act[]): readonly (readonly Act[])[] => [
  ...Map.groupBy(acts, ({ placed }) => placed).values(),
];

function toComplaint(acts: readonly Act[], why: string): Complaint {
  const [first] = acts as [Act];
  const said = acts.map(({ command }) => (command ? kubectlCall(command) : undefined));
  const asked = [...new Set(said.map((call) => `kubectl ${call?.verb} ${call?.plain[0] ?? ''}`.trim()))].join(', ');
  return about(first, {
    message: `${asked} ${acts.length > 1 ? 'ask' : 'asks'} the API server of the cluster, and ${why}: it fails, and says nothing about why`,
    hint: 'Ask the provider, e.g. aws eks describe-cluster and the nodes in EC2; to see whether the cluster answers at all, one bounded kubectl get --raw /readyz --request-timeout=10s is enough.',
  });
}
