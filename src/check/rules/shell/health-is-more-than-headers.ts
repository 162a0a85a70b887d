import type { Plan } from '../../../model/plan.ts';
import { hasOption, option } from '../../../shell/options.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import type { PlacedCommand } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Somebody who opens the door and says nothing may still be ill. */
export const healthIsMoreThanHeaders: Rule = {
  id: 'health-is-more-than-headers',
  level: 'warning',
  title: 'Health is asked of the application, not of its headers',
  why: 'curl -I sends HEAD: a cache may answer it, an application may refuse it, and nothing is computed for it. Without --fail curl also ends with status 0 when the answer is an error 500. Such a look proves neither that the database is read nor that it can be written (curl manual, --head and --fail).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: health, uses: shell.run, with: { command: "curl -I https://shop.example.com/products" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: headers, uses: shell.run, with: { command: "curl -I https://shop.example.com/old-address" } }
      - { id: health, uses: shell.run, with: { command: "curl --fail --max-time 10 https://shop.example.com/health" } }
`,
  judge: (plan: Plan, facts: CheckFacts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const asks = sequence.commands.filter(({ command }) => command.program === 'curl' || command.program === 'wget');
  // One real question is enough: then the headers are for something else.
  if (asks.some((one) => !asksHeadersOnly(one)) || sequence.steps.some(({ step }) => PROVES.test(step.uses))) return [];
  return asks.slice(0, 1).map(({ path, within, command }) => ({
    path,
    within,
    message: `${command.program} asks for headers only, and no other step asks the application anything: a cache can answer that${hasOption(command, '-f', '--fail') ? '' : ', and an error 500 passes as well'}`,
    hint: 'Ask an address that reads the database, with --fail, and write and read back one row.',
  }));
}

const asksHeadersOnly = ({ command }: PlacedCommand): boolean =>
  command.program === 'wget'
    ? hasOption(command, '--spider')
    : hasOption(command, '-I', '--head') || option(command, '-X', '--request') === 'HEAD';

const PROVES = /^(http\.wait_healthy|flows\.verify|sql\.write_probe|postgres\.compare_ledger)$/;
