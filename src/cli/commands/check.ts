import { checkPlan } from '../../usecases/check-plan.ts';
import { defineCommand } from '../define-command.ts';

export const checkCommand = defineCommand({
  name: 'check',
  summary: 'Judge the plan without touching anything.',
  details: 'Findings of level error make the exit code 2: such a plan is not run.',
  examples: ['lifeboat check', 'lifeboat check --plan examples/corporate-intel/lifeboat.yaml --json'],
  args: {},
  flags: {},
  fails: ['USAGE', 'PLAN_INVALID'],
  run: async (_input, services) => checkPlan(services),
  print: (result) => result.text(),
  exit: ({ ok }) => (ok ? 0 : 2),
});
