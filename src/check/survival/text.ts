import type { Plan } from '../../model/plan.ts';
import type { GoneComponent } from './components.ts';
import type { CopyFate } from './copies.ts';
import { listed, paragraph, row, section } from './lines.ts';
import type { ScenarioFate } from './scenarios.ts';
import type { Survival } from './survival.ts';
import type { KeptFate } from './tool.ts';

/** What is left after a loss, for a person who is tired: the verdict first, then what to do, then what is gone. */
export function survivalText(plan: Plan, survival: Survival): string {
  return [
    ...lossLines(plan, survival),
    '',
    ...paragraph(verdict(survival)),
    ...bestFit(survival),
    ...componentLines(survival),
    ...channelLines(survival),
    ...peopleLines(plan, survival),
    ...toolLines(survival),
    ...scenarioLines(survival),
  ].join('\n');
}

function lossLines({ domains }: Plan, { lost, lostWith }: Survival): readonly string[] {
  const named = lost.map((one) => (domains[one] ? `${one} (${domains[one].title})` : one));
  return [
    ...paragraph(`Lost: ${named.join(', ')}`),
    ...(lostWith.length === 0 ? [] : paragraph(`and with that ${lostWith.join(', ')}`, '      ')),
  ];
}

function verdict({ components: { gone, notKnown } }: Survival): string {
  const keeping = gone.filter(({ keepsData }) => keepsData);
  const lost = keeping.filter(({ data }) => data === 'lost').length;
  const unsure = keeping.filter(({ data }) => data === 'unknown').length + notKnown.length;
  if (gone.length + notKnown.length === 0) return 'No component of the plan lives there.';
  const nobodyKnows = `of ${count(unsure)} nobody knows.`;
  if (lost > 0) return `${count(lost)} CANNOT BE RECOVERED${unsure > 0 ? `; ${nobodyKnows}` : '.'}`;
  if (unsure > 0)
    return `${keeping.length > 0 ? 'All else that keeps data can be recovered' : 'Nothing else that keeps data is gone'}; ${nobodyKnows}`;
  if (keeping.length === 0)
    return `Nothing that keeps data is gone; ${count(gone.length)} without data ${gone.length === 1 ? 'is' : 'are'}.`;
  return `All data that is gone can be had back from copies (${count(keeping.length)}).`;
}

const count = (number: number): string => `${number} ${number === 1 ? 'component' : 'components'}`;

function bestFit({ scenarios, tool: { repository } }: Survival): readonly string[] {
  const [best] = scenarios;
  if (!best) return paragraph('The plan has no scenario at all.');
  if (!best.meant) return paragraph(`No scenario is meant for this loss.${nearest(best)}`);
  const byHand = best.byHand > 0 || repository.state === 'gone' || repository.state === 'none';
  const why =
    best.byHand === 0
      ? 'No run can begin: do its steps by hand, from'
      : `${best.byHand} of its steps this build cannot carry out: do them by hand, from`;
  return [
    ...paragraph(`The scenario for it is ${best.scenario} (${best.title}). It ${outcome(best)}.`),
    ...(byHand ? [...paragraph(why), '  lifeboat docs'] : []),
  ];
}

const nearest = (best: ScenarioFate): string =>
  best.answers === 0 ? '' : ` The nearest is ${best.scenario} (${best.title}). It ${outcome(best)}.`;

function componentLines({ components: { gone, down, lessCopies, notKnown } }: Survival): readonly string[] {
  const withData = (data: GoneComponent['data']) => gone.filter((one) => one.data === data);
  return [
    ...section(
      'Gone, and nothing is left to recover it from',
      withData('lost').flatMap((one) => row(one.component, lossOf(one))),
    ),
    ...section('Not known', [
      ...notKnown.flatMap((one) => row(one.component, `nothing says where it lives (domain)${backedBy(one)}`)),
      ...withData('unknown').flatMap((one) => row(one.component, `gone; ${lossOf(one)}`)),
    ]),
    ...section(
      'Gone, and a copy is left',
      withData('recoverable').flatMap((one) => row(one.component, copiesLeft(one.copies))),
    ),
    ...section('Gone, keeps no data', listed(withData(null).map(({ component }) => component))),
    ...section(
      'There, but cannot serve',
      down.flatMap(({ component, kind, needs }) =>
        row(component, kind === 'replica' ? `its original, ${needs}, is gone: it can be promoted` : `needs ${needs}`),
      ),
    ),
    ...section(
      'There, with fewer copies',
      lessCopies.flatMap(({ component, copies }) => row(component, fewer(copies))),
    ),
  ];
}

function lossOf({ copies, replicas }: GoneComponent): string {
  const standing =
    replicas.length === 0 ? '' : `; its replica ${replicas.join(', ')} stands, and is not listed as a copy of it`;
  if (copies.length === 0) return `nothing copies it${standing}`;
  const gone = byPlace(copies.filter(({ state }) => state === 'gone'));
  const other = copies.filter(({ state }) => state !== 'gone').map((one) => `${copyName(one)}: ${one.why}`);
  const parts = [...(gone === '' ? [] : [`its copies are gone: ${gone}`]), ...new Set(other)];
  return `${parts.join('; ')}${standing}`;
}

function copiesLeft(copies: readonly CopyFate[]): string {
  const locked = copies.filter(({ state }) => state === 'locked');
  const shut = locked.length === 0 ? '' : `; there, but nobody can open it: ${byPlace(locked)}`;
  return `${byPlace(copies.filter(({ state }) => state === 'there'))}${shut}`;
}

const backedBy = ({ data, copies }: GoneComponent): string =>
  data === null
    ? ''
    : data === 'recoverable'
      ? `; copies are left in ${copiesLeft(copies)}`
      : `; ${lossOf({ copies, replicas: [] } as never)}`;

function fewer(copies: readonly CopyFate[]): string {
  const left = copies.filter(({ state }) => state === 'there');
  return left.length === 0 ? 'none is left: copy it now' : `left: ${byPlace(left)}`;
}

const copyName = ({ method, domain }: CopyFate): string => (domain === null ? method : `${method} in ${domain}`);

/** `aws/us-west-2 (rds.snapshot, rds.replica)` */
function byPlace(copies: readonly CopyFate[]): string {
  const places = new Map<string, Set<string>>();
  for (const { method, domain } of copies) {
    const known = places.get(domain ?? 'nobody knows where') ?? new Set();
    places.set(domain ?? 'nobody knows where', known.add(method));
  }
  return [...places].map(([domain, methods]) => `${domain} (${[...methods].join(', ')})`).join(', ');
}

const channelLines = ({ channels }: Survival): readonly string[] =>
  section(
    'Channels',
    channels.flatMap(({ channel, domain, instead }) => {
      const what = domain === null ? 'nothing says where it lives' : `lost with ${domain}`;
      return row(channel, `${what}; ${instead === null ? 'no sure fallback' : `take ${instead}`}`);
    }),
  );

function peopleLines(plan: Plan, { people: { signIn, people, roles } }: Survival): readonly string[] {
  return section('People', [
    ...signIn.flatMap((domain) => row(domain, `nobody can sign in through it (${plan.domains[domain]?.title})`)),
    ...people.flatMap((name) => row(name, `${plan.people[name]?.name} cannot be reached or cannot sign in`)),
    ...roles.flatMap((role) => row(role, 'nobody is left who has this role')),
  ]);
}

function toolLines({ tool: { plan, repository, key, files } }: Survival): readonly string[] {
  const states = {
    there: `there, in ${repository.domain}`,
    gone: `gone with ${repository.domain}: no run can begin`,
    unknown: 'nothing says where it is (repository.domain)',
    none: 'the plan names none: no run can begin',
  };
  const kept = {
    there: undefined,
    copy: 'their source repository is gone; take them from its copy',
    gone: 'gone with their source repository',
    unknown: 'nobody knows whether they are left: nothing says where the source is kept',
  }[files.state];
  return section('Lifeboat itself', [
    ...row('plan and program', keptText(plan, 'plan.kept_in')),
    ...row('backup repository', states[repository.state]),
    ...(repository.state === 'none' ? [] : row('private key', keyText(key))),
    ...(files.kept.length > 0 && kept ? row('files of the plan', kept) : []),
    ...files.missing.flatMap((path) => row(path, 'nobody has it')),
  ]);
}

function keptText({ state, left }: KeptFate, field: string): string {
  if (state === 'unknown') return `nothing says where else than here (${field})`;
  return state === 'gone' ? 'gone with all places they are kept in' : `there, in ${left.join(', ')}`;
}

function keyText({ from, ...kept }: Survival['tool']['key']): string {
  const read = from === null ? 'nothing says where it is read from (repository.identity)' : `read from ${from}`;
  return kept.state === 'gone'
    ? 'gone with all places it is kept in: no backup can be opened'
    : `${read}; ${keptText(kept, 'repository.identity_in')}`;
}

function scenarioLines({ scenarios }: Survival): readonly string[] {
  const rows = (some: readonly ScenarioFate[]) => some.flatMap((one) => row(one.scenario, outcome(one)));
  const others = scenarios.filter(({ meant }) => !meant);
  const runs = others.filter(({ verdict, staysLost }) => verdict === 'runs' && staysLost.length === 0);
  return [
    ...section('Scenarios for this loss', rows(scenarios.filter(({ meant }) => meant))),
    ...section('Scenarios not meant for this loss', rows(others.filter((one) => !runs.includes(one)))),
    ...section(
      'Scenarios not meant for this loss that can run to their end',
      listed(runs.map(({ scenario }) => scenario)),
    ),
  ];
}

function outcome({ verdict, first, servesBefore, staysLost }: ScenarioFate): string {
  const never = staysLost.length === 0 ? '' : `; it cannot bring back ${staysLost.join(', ')}`;
  if (verdict === 'empty') return 'has no steps';
  if (verdict === 'runs' || !first) return `can run to its end${never}`;
  if (verdict === 'unknown') return `is not sure to run: at "${first.step}", ${first.why}${never}`;
  return `stops at "${first.step}": ${first.why}${servesBefore ? ' (it serves again without that)' : ''}`;
}
