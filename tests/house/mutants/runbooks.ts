import { allNeeded } from '../../../src/lib/graph.ts';
import type { Json } from '../../../src/lib/json.ts';
import type { Edit, Operator } from './mutant.ts';
import { firstOfEach, movedBefore, type PlacedStep, saidNeeds, scenariosOf, stepsOf } from './places.ts';

/** Runbooks that destroy too early, look too late, or do what was true on the day they were written. */
export const RUNBOOKS: readonly Operator[] = [
  {
    name: 'the service counts as healthy before anybody has looked',
    rule: 'healthy-before-verified',
    places: (plan) =>
      firstOfEach(stepsOf(plan).filter(restores)).flatMap(({ scenario, step, book }) =>
        book.healthy === undefined || book.healthy === step.id
          ? []
          : [
              {
                at: ['scenarios', scenario, 'healthy'],
                edits: [[['scenarios', scenario, 'healthy'], step.id] as const],
              },
            ],
      ),
  },
  {
    name: 'every look at the result is left out',
    rule: 'no-verification',
    companions: [
      'destroyed-after-verification',
      'traffic-after-verification',
      'scenario-can-run',
      'scenario-is-complete',
      'unknown-action',
    ],
    places: (plan) =>
      firstOfEach(stepsOf(plan).filter(restores))
        .filter(({ book }) => book.steps.every(({ uses }) => uses !== 'procedure'))
        .map(({ scenario, book }) => ({
          at: ['scenarios', scenario],
          edits: book.steps.flatMap(({ id, uses }, index): readonly Edit[] =>
            LOOKS.test(`${uses} ${id}`) ? unlooked(['scenarios', scenario, 'steps', index], index) : [],
          ),
        })),
  },
  {
    name: 'names are moved before there is anything to point to',
    rule: 'traffic-after-verification',
    companions: ['unknown-output', 'plan.reference'],
    places: (plan) =>
      stepsOf(plan)
        .filter(({ step }) => step.uses === 'dns.switch')
        .flatMap((dns) => {
          const first = dns.book.steps.find(({ uses }) => /\.(promote|restore|deploy|apply|scale)/.test(uses));
          return first ? [{ at: dns.path, edits: movedBefore(dns, dns.step.id, first.id) }] : [];
        }),
  },
  {
    name: 'evidence is preserved only after the restore',
    rule: 'evidence-before-change',
    // What the restore takes from earlier steps is not there yet.
    companions: ['plan.reference'],
    places: (plan) =>
      stepsOf(plan)
        .filter(
          ({ step, book }) =>
            book.kind === 'security' && /evidence|preserve/.test(step.id) && step.uses.startsWith('evidence.'),
        )
        .flatMap((evidence) => {
          const restore = evidence.book.steps.find(({ uses }) => uses.includes('.restore'));
          return restore ? [{ at: evidence.path, edits: movedBefore(evidence, restore.id, evidence.step.id) }] : [];
        }),
  },
  {
    name: 'a moment of the day of writing stands in a restore',
    rule: 'no-literal-moment',
    companions: ['found-value-is-used', 'unknown-action'],
    places: (plan) =>
      stepsOf(plan)
        .filter(restores)
        .flatMap(({ step, path }) => {
          const field = Object.keys(step.with).find((key) => /^(at|to|at_time|snapshot|point)$/.test(key));
          if (field === undefined) return [];
          const at = [...path, 'with', field];
          return [{ at, edits: [[at, '2026-01-14T14:30:00Z'] as const] }];
        }),
  },
  {
    name: 'what was found is not used',
    rule: 'found-value-is-used',
    places: (plan) =>
      firstOfEach(
        stepsOf(plan).filter(({ step }) => /\.find_/.test(step.uses) && !step.uses.startsWith('postgres.')),
      ).flatMap(({ scenario, step, book, path }) => {
        const later = book.steps.some(
          (one, index) => index > book.steps.indexOf(step) && /restore|roll/.test(`${one.uses} ${one.id}`),
        );
        if (!later) return [];
        return [{ at: path, edits: withoutUses(scenario, book.steps as readonly Step[], step.id) }];
      }),
  },
  {
    name: 'noticing has no time',
    rule: 'rto-is-reachable',
    places: (plan) =>
      scenariosOf(plan)
        .filter(
          ([, { objectives, detect_within, kind }]) =>
            kind === 'disaster' && objectives.rto && detect_within && detect_within !== '0',
        )
        .map(([name]) => ({
          at: ['scenarios', name, 'objectives', 'rto'],
          edits: [[['scenarios', name, 'detect_within'], undefined]],
        })),
  },
  {
    name: 'nobody says how it is noticed',
    rule: 'scenario-is-complete',
    companions: ['rto-is-reachable', 'scenario-fits-the-components'],
    places: (plan) =>
      scenariosOf(plan).map(([name]) => ({
        at: ['scenarios', name],
        edits: [
          [['scenarios', name, 'detect_within'], undefined],
          [['scenarios', name, 'detection'], undefined],
        ],
      })),
  },
  {
    name: 'nobody says how one returns',
    rule: 'way-back-is-written',
    companions: ['component-without-scenario'],
    places: (plan) =>
      scenariosOf(plan)
        .filter(
          ([, { kind, loses_domains, failback }]) =>
            kind === 'disaster' && loses_domains.length > 0 && failback !== undefined,
        )
        .map(([name]) => ({ at: ['scenarios', name], edits: [[['scenarios', name, 'failback'], undefined]] })),
  },
  {
    name: 'an approval has no end',
    rule: 'unbounded-step',
    companions: ['rto-is-reachable', 'scenario-fits-the-components'],
    places: (plan) =>
      stepsOf(plan)
        .filter(({ step }) => step.approve?.within !== undefined)
        .map(({ path }) => ({ at: [...path, 'approve'], edits: [[[...path, 'approve', 'within'], undefined]] })),
  },
  {
    name: 'a step is broken off before it can be over',
    rule: 'unbounded-step',
    places: (plan) =>
      stepsOf(plan)
        .filter(({ step }) => /^\d+m$/.test(step.expect ?? '') && step.timeout !== undefined)
        .map(({ path }) => ({ at: [...path, 'timeout'], edits: [[[...path, 'timeout'], '10s']] })),
  },
  {
    name: 'nobody approves any more what alters a protected environment',
    rule: 'destructive-without-approval',
    places: (plan) =>
      stepsOf(plan)
        .filter(
          ({ step }) =>
            step.approve !== undefined &&
            /^postgres\.(restore_server|load_rows|open_server)$|\.delete$/.test(step.uses),
        )
        .map(({ path }) => ({ at: [...path, 'uses'], edits: [[[...path, 'approve'], undefined]] })),
  },
  {
    name: 'the name of an action is mistyped',
    rule: 'unknown-action',
    places: (plan) =>
      stepsOf(plan)
        .filter(({ step }) => step.uses === 'http.wait_healthy')
        .map(({ path }) => ({ at: [...path, 'uses'], edits: [[[...path, 'uses'], 'http.wait_helthy']] })),
    companions: ['scenario-can-run', 'no-verification', 'healthy-before-verified'],
  },
  {
    name: 'a step acts in what is lost',
    rule: 'steps-outside-the-loss',
    places: (plan) =>
      stepsOf(plan)
        .filter(
          ({ book, step }) => book.kind === 'disaster' && book.loses_domains.length > 0 && step.uses !== 'procedure',
        )
        .map(({ book, path }) => {
          const at = [...path, 'in'];
          return { at, edits: [[at, String(book.loses_domains[0])]] };
        }),
  },
  {
    name: 'the block of a role is never taken back',
    rule: 'obligation-left-open',
    companions: ['unknown-action', 'unknown-output'],
    places: (plan) =>
      stepsOf(plan)
        .filter(({ step }) => step.uses === 'postgres.unblock_role')
        .flatMap((unblock) => {
          const block = unblock.book.steps.findIndex(({ uses }) => uses === 'postgres.block_role');
          return [
            {
              at: ['scenarios', unblock.scenario, 'steps', block, 'uses'],
              edits: [
                [[...unblock.path, 'uses'], 'human.task'] as const,
                [[...unblock.path, 'with'], { instruction: 'Have a coffee.' }] as const,
              ],
            },
          ];
        }),
  },
  {
    name: 'steps wait for each other',
    rule: 'plan.cycle',
    companions: [
      'rto-is-reachable',
      'scenario-fits-the-components',
      'stated-time-adds-up',
      'traffic-after-verification',
      'healthy-before-verified',
      'plan.reference',
      'no-verification',
      'destroyed-after-verification',
      'consumers-are-reloaded',
      'protection-is-armed-again',
    ],
    places: (plan) =>
      scenariosOf(plan).flatMap(([name, book]) => {
        const needs = saidNeeds(book);
        const [first] = book.steps;
        const later = book.steps.findLast(({ id }) => first && allNeeded(needs, id).has(first.id));
        return later
          ? [
              {
                at: ['scenarios', name, 'steps', 0],
                edits: [[['scenarios', name, 'steps', 0, 'needs'], [later.id]] as const],
              },
            ]
          : [];
      }),
  },
  {
    name: 'a scenario loses a component that there is not',
    rule: 'plan.reference',
    places: (plan) =>
      scenariosOf(plan)
        .filter(([, { loses }]) => loses.length > 0)
        .map(([name, { loses }]) => {
          const at = ['scenarios', name, 'loses', loses.length];
          return { at, edits: [[at, 'ghost']] };
        }),
  },
  {
    name: 'protection is not turned on again',
    rule: 'protection-is-armed-again',
    companions: ['unknown-action', 'unknown-output'],
    places: (plan) =>
      scenariosOf(plan)
        .filter(
          ([, { steps, kind, loses }]) =>
            kind === 'disaster' && loses.includes('database') && steps.some(({ uses }) => uses === 'rds.protect'),
        )
        .flatMap(([scenario, { steps }]) => {
          const restore = steps.findLastIndex(({ uses }) => uses.includes('.restore'));
          if (restore < 0) return [];
          return [
            {
              at: ['scenarios', scenario, 'steps', restore],
              edits: steps.flatMap(({ uses, id }, index): readonly Edit[] =>
                index > restore && /backup|snapshot|protect|re_?arm/.test(`${uses} ${id}`)
                  ? unlooked(['scenarios', scenario, 'steps', index], index)
                  : [],
              ),
            },
          ];
        }),
  },
  {
    name: 'nobody restarts those who use a changed setting',
    rule: 'consumers-are-reloaded',
    companions: [
      'unknown-action',
      'no-verification',
      'healthy-before-verified',
      'traffic-after-verification',
      'destroyed-after-verification',
    ],
    places: (plan) =>
      stepsOf(plan)
        .filter(
          ({ step, book }) =>
            (step.uses === 'secrets.set_fields' || (step.uses === 'parameters.set' && /point/.test(step.id))) &&
            book.steps.every(({ uses }) => uses !== 'procedure'),
        )
        .map(({ scenario, book, index, path }) => ({
          at: path,
          edits: book.steps.flatMap(({ uses, id, title }, at): readonly Edit[] =>
            at > index && RELOADS.test(`${uses} ${id} ${title ?? ''}`)
              ? unlooked(['scenarios', scenario, 'steps', at], at)
              : [],
          ),
        })),
  },
];

type Step = PlacedStep['step'];

const RELOADS = /restart|redeploy|deploy|roll|reload|scale|start|wait_healthy|apply/i;

const LOOKS = /verif|compare|check|wait_healthy|smoke|probe|test|count|flows|integrity|k8s\.status|drift/i;

/** Somebody is told, instead of what the step did. */
const unlooked = (path: readonly (string | number)[], index: number): readonly Edit[] => [
  [[...path, 'uses'], 'chat.post'],
  [[...path, 'with'], { text: 'We are on it.' }],
  [[...path, 'title'], `Tell the team (${index})`],
  [[...path, 'success'], undefined],
];

const restores = ({ step, book }: PlacedStep): boolean =>
  book.kind === 'disaster' && /\.(restore|promote)/.test(step.uses);

/** Takes every use of the outputs of a step out of the later ones. */
const withoutUses = (scenario: string, steps: readonly Step[], found: string): readonly Edit[] =>
  steps.flatMap((step, index): readonly Edit[] => {
    const text = JSON.stringify(step.with);
    const path = ['scenarios', scenario, 'steps', index];
    return [
      ...(names(text, found)
        ? ([[[...path, 'with'], JSON.parse(text.replaceAll(USE(found), 'by hand')) as Json]] as const)
        : []),
      ...(names(step.when ?? '', found) ? ([[[...path, 'when'], undefined]] as const) : []),
      ...(names(step.success ?? '', found) ? ([[[...path, 'success'], undefined]] as const) : []),
    ];
  });

const USE = (id: string): RegExp =>
  new RegExp(String.raw`\$\{\{[^}]*steps(\.${id}\.|\[\\?["']${id}\\?["']\])[^}]*\}\}`, 'g');
const names = (text: string, id: string): boolean =>
  text.includes(`steps.${id}.`) || text.includes(`"${id}`) || text.includes(`'${id}'`);
