import { isJsonObject } from '../../lib/json.ts';
import type { FindingLevel, PlanPath } from '../../model/finding.ts';
import { lookIn } from '../../model/plan/look.ts';
import type { Plan, Step } from '../../model/plan.ts';
import { parseScript } from '../../shell/parse-script.ts';
import type { ShellCommand, ShellScript } from '../../shell/script.ts';
import type { Complaint } from '../rule.ts';

/** A shell text of the plan, and the step that runs it. */
export interface PlacedScript {
  readonly script: ShellScript;
  /** Of the text. */
  readonly path: PlanPath;
  readonly step: Step;
  readonly stepPath: PlanPath;
  /** The scenario or procedure it stands in. */
  readonly of: { readonly part: 'scenarios' | 'procedures'; readonly name: string };
  /** It must only look, and may be run any number of times. */
  readonly looks?: true;
}

/** Every shell text of a plan, once each, in the order in which they are written: of scenarios and of procedures. */
export function scriptsOf(plan: Plan): readonly PlacedScript[] {
  const known = scripts.get(plan);
  if (known) return known;
  const found = [...scriptsIn(plan, 'scenarios'), ...scriptsIn(plan, 'procedures')];
  scripts.set(plan, found);
  return found;
}

/** Every rule about commands asks for them. */
const scripts = new WeakMap<Plan, readonly PlacedScript[]>();

const scriptsIn = (plan: Plan, part: PlacedScript['of']['part']): readonly PlacedScript[] =>
  Object.entries(plan[part]).flatMap(([name, { steps }]) =>
    steps.flatMap((step, index) => {
      const stepPath = [part, name, 'steps', index];
      const placed = { step, stepPath, of: { part, name } } as const;
      const own = scriptOf(step);
      const looked = lookedWith(step);
      return [
        ...(own ? [{ ...placed, script: own, path: [...stepPath, 'with', 'command'], ...onlyLooks(step) }] : []),
        ...(looked
          ? [
              {
                ...placed,
                script: looked.script,
                path: [...stepPath, ...looked.at, 'with', 'command'],
                looks: true as const,
              },
            ]
          : []),
      ];
    }),
  );

const onlyLooks = ({ uses }: Step): Pick<PlacedScript, 'looks'> => (uses === 'shell.look' ? { looks: true } : {});

/** The shell text with which a step looks for something again and again. */
function lookedWith(step: Step): { readonly script: ShellScript; readonly at: PlanPath } | undefined {
  const placed = lookIn(step);
  const { uses, with: input } = placed?.look ?? {};
  const script = typeof uses === 'string' && isJsonObject(input) ? scriptOf({ uses, with: input }) : undefined;
  return placed && script && { script, at: placed.at };
}

const SHELL_ACTIONS: readonly string[] = ['shell.run', 'shell.look'];

/** The shell text that a step runs; undefined when it runs none. */
export function scriptOf({ uses, with: input }: Pick<Step, 'uses' | 'with'>): ShellScript | undefined {
  return SHELL_ACTIONS.includes(uses) && typeof input.command === 'string' ? parseScript(input.command) : undefined;
}

/** Whether a path is that of a shell text. */
export const isCommandPath = (path: PlanPath): boolean =>
  (path[0] === 'scenarios' || path[0] === 'procedures') && path.at(-2) === 'with' && path.at(-1) === 'command';

/** What is to be said of a command. `at` is a place in the text; without it the beginning of the command is meant. */
export interface Remark {
  readonly message: string;
  readonly hint: string;
  readonly level?: FindingLevel;
  readonly at?: number;
  readonly related?: NonNullable<Complaint['related']>;
}

/** Asks about every command of a plan, and places what is said of it at its line. */
export const judgeCommands = (
  plan: Plan,
  judge: (command: ShellCommand, around: PlacedScript) => readonly Remark[],
): readonly Complaint[] =>
  judgeScripts(plan, (around) =>
    around.script.commands.flatMap((command) =>
      judge(command, around).map((remark) => ({ ...remark, at: remark.at ?? command.at })),
    ),
  );

/** Asks about every shell text of a plan, for what is seen only by looking at several of its commands. */
export const judgeScripts = (plan: Plan, judge: (around: PlacedScript) => readonly Remark[]): readonly Complaint[] =>
  scriptsOf(plan).flatMap((around) =>
    judge(around).map(({ at = 0, ...remark }) => ({ path: around.path, within: at, ...remark })),
  );
