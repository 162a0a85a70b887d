import { terraformCall } from '../../../shell/programs/terraform.ts';
import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';
import { hasRole } from '../../runbooks/step-roles.ts';

/** A new cluster has a new address. */
export const trafficFollowsTheNewCluster: Rule = {
  id: 'traffic-follows-the-new-cluster',
  level: 'warning',
  title: 'When a cluster is made anew, the traffic is moved to it',
  why: 'A new cluster gets new load balancers with new addresses (Kubernetes documentation, services of type LoadBalancer). As long as the names point to the old ones, the new cluster serves nobody.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: cluster, uses: shell.run, with: { command: eksctl create cluster -f cluster.yaml } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: cluster, uses: shell.run, with: { command: eksctl create cluster -f cluster.yaml } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: names, title: Point DNS to the new load balancer, uses: human.task, with: { instruction: Change the record. } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ acts, steps, scenario, name, isAfter }) => {
      const made = acts.find(makesACluster);
      if (!made || !scenario) return [];
      const moved = steps.some((step) => hasRole(step, 'traffic') && isAfter(step.step.id, made.placed.step.id));
      if (moved || acts.some((act) => MOVES.test(act.name ?? ''))) return [];
      return [
        about(made, {
          message: `"${made.placed.step.id}" makes a new cluster, and no later step of ${name} moves the traffic to it`,
          hint: 'Add a step that points the names, or the load balancer, to the new cluster, after somebody has looked at it.',
        }),
      ];
    }),
};

const MOVES = /^(dns|route53|cloudfront)\.|\.attach$|_traffic$/;

/** By a program for clusters, or by Terraform with a variable or target that is named for one. */
function makesACluster({ command }: Act): boolean {
  if (!command) return false;
  const said = command.words.map(({ value }) => value).join(' ');
  if (
    /^(eksctl create cluster|gcloud container clusters create|az aks create|aws eks create-cluster|kind create cluster)\b/.test(
      said,
    )
  )
    return true;
  return terraformCall(command)?.verb === 'apply' && /-(var|target)[= ]\S*cluster/i.test(said);
}
