import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellScript } from '../../../shell/script.ts';
import { homeRegion, regionsOfIds } from '../../aws-regions.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What is in another region is not found in this one. */
export const awsNamesItsRegion: Rule = {
  id: 'aws-names-its-region',
  level: 'warning',
  title: 'A command about something in another region names that region',
  why: 'The AWS command line asks the region of its configuration, which on most machines is that of production (AWS CLI documentation, region). It does not find what lives elsewhere, and in an outage it asks the region that is gone.',
  bad: `
domains: { aws: { title: AWS }, aws/us-east-1: { title: Production }, aws/us-west-2: { title: Standby } }
environments: { production: { domain: aws/us-east-1 } }
components: { replica: { kind: replica, domain: aws/us-west-2, needs: [database], ids: { instance: shop-replica }, objectives: { rto: 1h } } }
scenarios:
  loss:
    steps:
      - { id: promote, uses: shell.run, with: { command: aws rds promote-read-replica --db-instance-identifier shop-replica } }
`,
  good: `
domains: { aws: { title: AWS }, aws/us-east-1: { title: Production }, aws/us-west-2: { title: Standby } }
environments: { production: { domain: aws/us-east-1 } }
components: { replica: { kind: replica, domain: aws/us-west-2, needs: [database], ids: { instance: shop-replica }, objectives: { rto: 1h } } }
scenarios:
  loss:
    steps:
      - { id: promote, uses: shell.run, with: { command: aws rds promote-read-replica --db-instance-identifier shop-replica --region us-west-2 } }
`,
  judge: (plan) => {
    const home = homeRegion(plan);
    const places = regionsOfIds(plan);
    if (home === undefined || places.size === 0) return [];
    return judgeCommands(plan, (command, { script }) => {
      const call = awsCall(command);
      if (!call || call.has('region') || call.has('profile') || isRegionSet(script, command.at)) return [];
      if (command.environment.some(({ name }) => REGION.test(name))) return [];
      const about = command.words.slice(3).find(({ value }) => places.has(value) && places.get(value) !== home);
      if (!about) return [];
      const region = places.get(about.value);
      return [
        {
          message: `aws ${call.service} ${call.operation} names no region, and ${about.value} is in ${region}: it is looked for where the command line is set up for, mostly ${home}`,
          hint: `Add --region ${region}.`,
        },
      ];
    });
  },
};

const REGION = /^AWS_(DEFAULT_)?REGION$/;

const isRegionSet = ({ assignments }: ShellScript, before: number): boolean =>
  assignments.some(({ name, at }) => REGION.test(name) && at < before);
