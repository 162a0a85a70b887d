import { awsCall } from '../../../shell/programs/aws.ts';
import { isLost } from '../../losses.ts';
import type { Rule } from '../../rule.ts';
import { about } from '../../runbooks/acts.ts';
import { judgeActs } from '../../runbooks/sequences.ts';

/** The switch must not be in the house that burns. */
export const namesCanBeChangedInTheOutage: Rule = {
  id: 'names-can-be-changed-in-the-outage',
  level: 'warning',
  title: 'A failover out of us-east-1 does not rest on changing a record of Route 53',
  why: 'Route 53 answers from all over the world, but records are changed through a control plane that runs in us-east-1 (AWS documentation, fault isolation boundaries, global services). In an outage of that region a change may not be accepted. Failover records with health checks are prepared before and switch by themselves.',
  bad: `
domains: { aws: { title: AWS }, aws/us-east-1: { title: Production } }
scenarios:
  loss:
    loses_domains: [aws/us-east-1]
    steps:
      - { id: names, uses: shell.run, with: { command: "aws route53 change-resource-record-sets --hosted-zone-id $ZONE --change-batch file://failover.json" } }
`,
  good: `
domains: { aws: { title: AWS }, aws/us-west-2: { title: Production } }
scenarios:
  loss:
    loses_domains: [aws/us-west-2]
    steps:
      - { id: names, uses: shell.run, with: { command: "aws route53 change-resource-record-sets --hosted-zone-id $ZONE --change-batch file://failover.json" } }
`,
  judge: (plan, facts) =>
    judgeActs(plan, facts, (act, { scenario, name }) => {
      const call = act.command && awsCall(act.command);
      const lost = Object.keys(plan.domains).find(
        (domain) => domain.endsWith('us-east-1') && isLost(domain, scenario?.loses_domains ?? []),
      );
      if (call?.service !== 'route53' || call.operation !== 'change-resource-record-sets' || lost === undefined)
        return [];
      if (scenario?.kind === 'security') return [];
      return [
        about(act, {
          message: `"${act.placed.step.id}" changes a record of Route 53 while ${name} has lost ${lost}: the part of Route 53 that accepts changes runs there`,
          hint: 'Prepare failover records with health checks, or routing controls, which switch without a change of records.',
        }),
      ];
    }),
};
