import { parseDuration } from '../../../lib/duration.ts';
import { isJsonObject, type JsonObject } from '../../../lib/json.ts';
import { nearestOf } from '../../../lib/nearest.ts';
import type { PlanPath } from '../../../model/finding.ts';
import { Look, lookIn } from '../../../model/plan/look.ts';
import type { Plan, Step } from '../../../model/plan.ts';
import { dangersOf } from '../../commands/dangers.ts';
import { judgeScripts } from '../../commands/scripts.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { holdsOpen } from '../../texts.ts';
import { stepsAsWritten } from '../../written-steps.ts';
import { unknownComponents, wrongInput } from '../../wrong-input.ts';

/** What is looked at again and again is touched again and again. */
export const looksOnlyLook: Rule = {
  id: 'looks-only-look',
  level: 'error',
  title: 'What is looked at again and again is looked at with an action that changes nothing',
  why: 'A wait, or a task at which a machine looks, carries its action out every few seconds, and anew after every restart. An action that changes something would do so each time. A condition that can never be true, or an input that the action does not take, is found out when the time of the wait is over: in the middle of a recovery.',
  bad: `
scenarios:
  loss:
    steps:
      - id: restore
        uses: postgres.restore_server
        with: { component: database }
      - id: verify
        uses: time.wait_until
        with: { uses: postgres.restore_server, with: { component: database }, until: outputs.backup != "", within: 10m }
`,
  good: `
scenarios:
  loss:
    steps:
      - id: restore
        uses: postgres.restore_server
        with: { component: database }
      - id: verify
        uses: time.wait_until
        with: { uses: postgres.verify_server, with: { component: database }, until: outputs.tables > 0, within: 10m }
`,
  judge: (plan, facts) => [
    ...stepsAsWritten(plan).flatMap(({ step, path }) => wrongLook({ step, path, plan, facts })),
    ...changingCommands(plan),
  ],
};

interface Judging {
  readonly step: Step;
  readonly path: PlanPath;
  readonly plan: Plan;
  readonly facts: CheckFacts;
}

function wrongLook(judging: Judging): readonly Complaint[] {
  const { step, path } = judging;
  const placed = lookIn(step);
  if (!placed) return [];
  const at = [...path, ...placed.at];
  return [
    ...incomplete(placed.look, at),
    ...wrongAction(placed.look, at, judging),
    ...wrongUntil(placed.look, at),
    ...wrongTimes(step, path),
  ];
}

/** Of a wait the action itself says so; of a task, only that its done_when is wrong. */
function incomplete(look: JsonObject, at: PlanPath): readonly Complaint[] {
  if (at.at(-1) === 'with') return [];
  const parsed = Look.loose().safeParse(look);
  if (parsed.success) return [];
  return parsed.error.issues
    .filter(({ path: [field] }) => !holdsOpen(look[String(field)]))
    .map(({ path, message }) => ({
      path: [...at, ...(path as PlanPath)],
      message: `a machine cannot look with this ${path.join('.')}: ${message}`,
      hint: 'Write uses, with, until and every; or a text, when only people can tell.',
    }));
}

function wrongAction(look: JsonObject, at: PlanPath, { plan, facts }: Judging): readonly Complaint[] {
  const { uses, with: input = {} } = look;
  if (typeof uses !== 'string' || facts.actions.size === 0) return [];
  const path = [...at, 'uses'];
  if (holdsOpen(uses))
    return [{ path, message: 'which action looks is worked out only by the run', hint: 'Write its name.' }];
  const action = facts.actions.get(uses);
  if (!action) return [{ path, ...levelOf(facts), ...unknownName(uses, facts) }];
  if (action.danger !== 'read' || action.worksOn === 'run')
    return [
      {
        path,
        message: `${uses} does more than look, and it would be done again and again`,
        hint: 'Name an action that only reads: docs/reference/actions.md. For a command that only looks: shell.look.',
      },
    ];
  if (!isJsonObject(input)) return [];
  const given = { action, uses, input, at: [...at, 'with'] };
  return [...wrongInput(given), ...unknownComponents(given, plan)];
}

/** A plan may name what a later build will have; nobody may begin to recover with it. */
const levelOf = ({ recovering }: CheckFacts): Pick<Complaint, 'level'> =>
  recovering === undefined ? { level: 'warning' } : {};

function unknownName(uses: string, { actions }: CheckFacts): Pick<Complaint, 'message' | 'hint'> {
  const meant = nearestOf(uses, [...actions.keys()]);
  return {
    message: `the action ${uses}, which is to look, is not available in this build`,
    hint: meant ? `Did you mean ${meant}?` : 'docs/reference/actions.md lists what there is.',
  };
}

function wrongUntil({ until }: JsonObject, at: PlanPath): readonly Complaint[] {
  if (typeof until !== 'string') return [];
  const path = [...at, 'until'];
  if (holdsOpen(until))
    return [
      {
        path,
        message: 'until is worked out at each look, not when the step begins',
        hint: 'Write it without ${{ }}: outputs.exit_code == 0.',
      },
    ];
  if (/\boutputs\b/.test(until)) return [];
  return [
    {
      path,
      message: 'until says nothing of what is seen, so that looking changes nothing about it',
      hint: 'Write a condition over outputs: outputs.exit_code == 0.',
    },
  ];
}

function wrongTimes({ id, uses, with: input, timeout }: Step, path: PlanPath): readonly Complaint[] {
  const length = (text: unknown) => (typeof text === 'string' ? parseDuration(text) : undefined);
  const within = uses === 'time.wait_until' ? length(input.within) : undefined;
  const every = length(input.every);
  const most = length(timeout);
  return [
    ...(within !== undefined && every !== undefined && every >= within
      ? [
          {
            path: [...path, 'with', 'every'],
            message: `${id} looks every ${input.every}, and gives up after ${input.within}`,
            hint: 'Look more often, or wait longer.',
          },
        ]
      : []),
    ...(within !== undefined && most !== undefined && most <= within
      ? [
          {
            path: [...path, 'timeout'],
            message: `${id} is broken off after ${timeout}, before its ${input.within} are over`,
            hint: 'Leave timeout out: within is its end, and says what was last seen.',
          },
        ]
      : []),
  ];
}

/** Only what is known for certain to change something. */
const changingCommands = (plan: Plan): readonly Complaint[] =>
  judgeScripts(plan, ({ script, step, looks }) =>
    (looks ? dangersOf(script) : []).map(({ name, does, at }) => ({
      at,
      message: `${name} ${does}, and the step "${step.id}" is only to look`,
      hint: 'Leave it to a step of its own: shell.run.',
    })),
  );
