import type { Answer, RunDesk } from '../actions/run-desk.ts';
import { countedApprovals, missingApprovals, notFor } from '../model/approvals.ts';
import type { RunState, StepState } from '../model/run-state.ts';
import { lookOnce } from './look.ts';
import { askAndLook, lookUntil, waitingFor } from './look-desk.ts';
import type { StepRun } from './run-step.ts';

/** What is kept at one step, as the system that its action acts on. */
export function deskOf(run: StepRun, hash: string): RunDesk {
  const { step, log } = run;
  const known = (state: RunState = log.state()): StepState | undefined => state.steps.get(step.id);
  const heldUntil = (): Date | undefined => {
    const until = known()?.heldUntil;
    return until === undefined ? undefined : new Date(until);
  };
  return {
    heldUntil: async () => heldUntil(),
    async hold(until) {
      const before = heldUntil();
      if (before) return before;
      await log.append([{ type: 'step.holds', step: step.id, until: until.toISOString() }]);
      return until;
    },
    answer: async () => known()?.answer,
    look: (look, signal) => lookOnce(run, { look, signal }),
    lookUntil: (look, how) => lookUntil(run, look, how),
    async ask(task, signal) {
      if (task.look) return askAndLook(run, { ...task, look: task.look }, signal);
      const before = known()?.answer;
      if (before) return before;
      await log.append([waitingFor(run, task)]);
      await log.until((state) => known(state)?.answer !== undefined, signal);
      return known()?.answer as Answer;
    },
    async approvedBy() {
      const state = log.state();
      const here = known();
      if (!step.approve || !here) return [];
      const asked = { ...step.approve, hash, ...notFor(state) };
      const isEnough = missingApprovals(asked, [here], state.origin) === 0;
      return isEnough ? countedApprovals(asked, [here], state.origin) : [];
    },
  };
}
