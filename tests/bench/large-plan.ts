/** How large a plan is made. */
export interface Size {
  readonly components: number;
  readonly steps: number;
}

/** Steps of a runbook as people write them; what is left after the one long runbook is cut into such. */
const USUAL_RUNBOOK = 50;

/**
 * The text of a plan that can be loaded: components of which each needs the one before it, one runbook with half of the steps, and
 * the rest in runbooks of the usual length. Every part of the language that rules look at more than once is in it.
 */
export function largePlan({ components, steps }: Size): string {
  const long = Math.floor(steps / 2);
  const usual = Array.from({ length: Math.floor((steps - long) / USUAL_RUNBOOK) }, () => USUAL_RUNBOOK);
  return [
    HEAD,
    'components:',
    ...range(components).map((index) => component(index)),
    'scenarios:',
    ...[long, ...usual].flatMap((length, index) => scenario(index, length, components)),
    '',
  ].join('\n');
}

const range = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

const HEAD = `lifeboat: 1
plan: { name: large, title: A large plan, owner: keeper, version: "1", review: { every: 90d, last: 2026-11-01 } }
objectives: { rto: 24h, rpo: 24h }
domains: { aws/us-east-1: { title: Here }, aws/us-west-2: { title: There } }
environments: { production: { protected: true } }
people: { ada: { name: Ada Example, email: ada@example.com, phone: "+1 555 0100" } }
roles: { keeper: { title: Keeper, people: [ada] } }`;

function component(index: number): string {
  const needs = index === 0 ? '[]' : `[component-${index - 1}]`;
  const backup =
    '{ method: rds.snapshot, every: 12h, keep: 30d, copies: [{ domain: aws/us-west-2, encrypted: own-key }] }';
  return `  component-${index}: { kind: database, domain: aws/us-east-1, needs: ${needs}, objectives: { rto: 12h, rpo: 24h }, backups: [${backup}] }`;
}

function scenario(index: number, length: number, components: number): readonly string[] {
  const lost = `component-${index % components}`;
  return [
    `  scenario-${index}:`,
    `    title: The loss of ${lost}`,
    `    loses: [${lost}]`,
    '    detect_within: 5m',
    `    healthy: last`,
    '    steps:',
    ...range(length).map((at) => step(at, length, lost)),
  ];
}

/** Finding, restoring, looking, commands, traffic and deleting, in turn: by typed actions and by words. */
function step(at: number, length: number, lost: string): string {
  const look = `title: "Look at part ${at}", uses: postgres.verify_server, with: { component: ${lost} }`;
  const approve = 'approve: { role: keeper, within: 1s }';
  const kinds = [
    `id: find${at}, title: "Find the newest snapshot ${at}", uses: rds.find_snapshot, with: { component: ${lost} }`,
    `id: restore${at}, title: "Restore part ${at}", uses: rds.restore_snapshot, with: { component: ${lost}, snapshot: "\${{ steps.find${at - 1}.outputs.id }}" }, ${approve}`,
    `id: verify${at}, ${look}`,
    `id: secret${at}, title: "Write the connection string ${at}", uses: aws.put_secret, with: { component: ${lost} }, ${approve}`,
    `id: reload${at}, title: "Restart the consumers of ${at}", uses: shell.run, with: { command: "${command(at)}" }`,
    `id: ask${at}, title: "Check the counts of ${at}", uses: human.task, with: { text: "Compare the counts with the list of the day." }`,
    `id: dns${at}, title: "Move the name ${at}", uses: route53.change_record, with: { component: ${lost} }, ${approve}`,
    `id: remove${at}, title: "Delete the old instance ${at}", uses: rds.delete_instance, with: { component: ${lost} }, ${approve}`,
  ];
  const said = at === length - 1 ? `id: last, ${look}` : kinds[at % kinds.length];
  return `      - { ${said}, expect: 1s, timeout: 2s }`;
}

const command = (at: number): string =>
  `kubectl --context dr -n shop rollout restart deployment/api-${at} && kubectl --context dr -n shop rollout status deployment/api-${at} --timeout=60s`;
