import type { ActionContext, AnyAction } from '../actions/action.ts';
import type { EnginePorts } from '../engine/ports.ts';
import type { RunJournal } from '../model/journal.ts';
import type { RunCopier } from './run-copier.ts';

/** The ports of a run whose log is copied while it grows. Once another machine has the run, nothing is kept or begun here any more. */
export function copiedPorts(ports: EnginePorts, copier: RunCopier): EnginePorts {
  return {
    ...ports,
    journal: copiedJournal(ports.journal, copier),
    actions: {
      find(name) {
        const found = ports.actions.find(name);
        return found && { ...found, action: copiedFirst(found.action, copier) };
      },
    },
  };
}

function copiedJournal(journal: RunJournal, copier: RunCopier): RunJournal {
  return {
    ...journal,
    async create(run) {
      const claim = await journal.create(run);
      copier.begin(claim);
      return claim;
    },
    async claim(run, by) {
      await copier.lookFirst(run);
      const claim = await journal.claim(run, by);
      copier.begin(claim);
      return claim;
    },
    async append(claim, by, events) {
      copier.requireOurs();
      return journal.append(claim, by, events);
    },
    async beat(claim) {
      copier.requireOurs();
      await journal.beat(claim);
    },
    async events(run, afterSeq) {
      copier.requireOurs();
      return journal.events(run, afterSeq);
    },
  };
}

/**
 * Whoever takes the run over must know of what changes or destroys something before it happens. That holds for what an action notes
 * on the way as well: it is what it looks at after a crash.
 */
function copiedFirst(action: AnyAction, copier: RunCopier): AnyAction {
  if (action.danger !== 'change' && action.danger !== 'destroy') return action;
  const stepOf = ({ key }: ActionContext<unknown>): string => key.slice(key.indexOf('/') + 1);
  const noting = (ctx: ActionContext<unknown>): ActionContext<unknown> => ({
    ...ctx,
    async note(fact) {
      await ctx.note(fact);
      await copier.beforeEffect(stepOf(ctx));
    },
  });
  const { undo } = action;
  return {
    ...action,
    async run(ctx, input) {
      await copier.beforeEffect(stepOf(ctx));
      return action.run(noting(ctx), input);
    },
    undo:
      typeof undo === 'function'
        ? async (ctx, input, output) => {
            await copier.beforeEffect(stepOf(ctx));
            await undo(noting(ctx), input, output);
          }
        : undo,
  };
}
