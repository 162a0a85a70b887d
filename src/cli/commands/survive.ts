import { survive } from '../../usecases/survive.ts';
import { defineCommand, list, PLAN_WORD } from '../define-command.ts';

export const surviveCommand = defineCommand({
  name: 'survive',
  summary: 'Say what is left when domains are lost, or which losses the plan cannot get over.',
  details:
    'Needs no credentials and no network. Losing a domain loses all below it: aws takes aws/us-east-1 with it.\n' +
    'Without --lose: the smallest sets of up to three domains with which a component is lost for good.\n' +
    'A domain of kind person takes the person whose name ends its path, e.g. people/ann.',
  examples: [
    'lifeboat survive',
    'lifeboat survive --lose aws/us-east-1',
    'lifeboat survive examples/corporate-intel/lifeboat.yaml --lose region-one,backup-host --json',
  ],
  args: { plan: PLAN_WORD },
  flags: { lose: list('DOMAIN', 'A domain that is lost, or several with commas.') },
  exits: [
    [0, 'With --lose: all that keeps data can be recovered. Without: no single domain takes any of it for good.'],
    [1, 'With --lose: something that keeps data cannot be recovered, or the plan leaves out where something is.'],
    [1, 'Without --lose: one domain is enough to lose data for good, or the plan leaves out where data or a copy is.'],
    [1, 'The plan contradicts itself: what is said of it may be wrong.'],
  ],
  fails: ['USAGE', 'PLAN_INVALID'],
  run: async ({ lose }, services) => survive(lose, services),
  print: (result) => result.text(),
  exit: ({ ok }) => (ok ? 0 : 1),
});
