import type { Plan } from '../../../model/plan.ts';
import { isLost } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Nothing answers from a region that is gone. */
export const commandsOutsideTheLoss: Rule = {
  id: 'commands-outside-the-loss',
  level: 'error',
  title: 'No command of a runbook calls the region that is lost',
  why: 'A registry, a topic, a queue or an endpoint belongs to the region that stands in its address or in --region (AWS documentation, regional endpoints). When that region is what the scenario has lost, the command fails, and all that waits for it.',
  bad: `
domains: { aws: { title: AWS }, aws/us-east-1: { title: Production } }
scenarios:
  loss:
    loses_domains: [aws/us-east-1]
    failback: { not_needed: x }
    steps:
      - { id: image, uses: shell.run, with: { command: docker push 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:good } }
`,
  good: `
domains: { aws: { title: AWS }, aws/us-east-1: { title: Production } }
scenarios:
  loss:
    loses_domains: [aws/us-east-1]
    failback: { not_needed: x }
    steps:
      - { id: image, uses: shell.run, with: { command: docker push 111122223333.dkr.ecr.us-west-2.amazonaws.com/shop:good } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) => {
      const regions = lostRegions(plan, sequence);
      if (regions.length === 0) return [];
      const calling = sequence.acts.flatMap((act) => {
        const found = regionCalled(act, regions);
        return found === undefined ? [] : [{ act, ...found }];
      });
      return [...Map.groupBy(calling, ({ act }) => act.placed).values()].map((found) => toComplaint(found, sequence));
    }),
};

interface Calling {
  readonly act: Act;
  readonly region: string;
  readonly by: string;
}

/** Regions that are among what is lost. After a break-in they are still there. */
const lostRegions = ({ domains }: Plan, { scenario }: Sequence): readonly string[] =>
  scenario === undefined || scenario.kind === 'security'
    ? []
    : Object.keys(domains)
        .filter((domain) => isLost(domain, scenario.loses_domains))
        .flatMap((domain) => REGION.exec(domain)?.[1] ?? []);

const REGION = /(?:^|\/)([a-z]{2}(?:-[a-z]+)+-\d)$/;

/** Looking whether it is really gone is allowed. */
function regionCalled(
  { command }: Act,
  regions: readonly string[],
): { readonly region: string; readonly by: string } | undefined {
  if (!command || /^(describe|get|list|head)-/.test(command.words[2]?.value ?? '') || LOOKS.test(command.program))
    return undefined;
  for (const region of regions) {
    const words = command.words.map(({ value }) => value);
    const option = words.findIndex(
      (value, index) =>
        value === `--region=${region}` || (value === region && /^--(source-)?region$/.test(words[index - 1] ?? '')),
    );
    if (option >= 0 && words[option - 1] !== '--source-region') return { region, by: `--region ${region}` };
    const address = words.find(
      (value) => new RegExp(`(\\.|:)${region}(\\.|:)`).test(value) && !value.includes('snapshot:'),
    );
    if (address !== undefined) return { region, by: address };
  }
  return undefined;
}

const LOOKS = /^(curl|dig|nslookup|ping|nc|echo|psql|pg_isready)$/;

function toComplaint(found: readonly Calling[], { name }: Sequence): Complaint {
  const [{ act, region, by }, ...others] = found as [Calling, ...Calling[]];
  const more = others.length > 0 ? ` (and ${others.length} more here)` : '';
  return about(act, {
    message: `"${act.placed.step.id}" calls ${region}, which ${name} has lost: ${by}${more}`,
    hint: 'Make the region an input of the runbook, and keep what is needed there: images, copies, topics.',
  });
}
