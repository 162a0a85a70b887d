/* The orchestrator on its own machine: carries out the steps it is given, and waits for a word before each of them. */
import { createInterface } from 'node:readline';
import type { AnyAction } from '../../src/actions/action.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { errorRecord } from '../../src/model/errors.ts';
import { Plan } from '../../src/model/plan.ts';
import { fence } from '../../src/providers/postgres/actions/fence.ts';
import { judgePrimary } from '../../src/providers/postgres/actions/judge-primary.ts';
import { promote } from '../../src/providers/postgres/actions/promote.ts';
import { openFailover } from '../../src/providers/postgres/failover/client.ts';
import type { World } from '../../src/providers/postgres/world.ts';
import type { Order } from './failover-order.ts';

const order = JSON.parse(process.argv[2] ?? '') as Order;
const words = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (message: object): void => void process.stdout.write(`${JSON.stringify({ at: Date.now(), ...message })}\n`);

const component = (uri: string, application: string) => ({
  kind: 'postgres',
  connection: uri,
  application_connection: application,
});
const plan = Plan.parse({
  lifeboat: 1,
  plan: { name: 'test', title: 'Test', owner: 'lead', version: '1' },
  environments: { production: {} },
  people: { alex: { name: 'Alex' } },
  roles: { lead: { people: ['alex'] } },
  repository: { folder: '/nowhere', recipients: ['age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw'] },
  components: {
    primary: component(order.primary, order.primaryApp),
    replica: component(order.replica, order.replicaApp),
  },
  scenarios: {},
});
const world = {
  clock: systemClock,
  plan,
  secret: (ref: unknown) => String(ref),
  env: (name: string) => process.env[name],
  catalog: { points: async () => [] },
} as unknown as World;
const client = openFailover(world);
const ACTIONS: Record<string, AnyAction> = { judge: judgePrimary, fence, promote };

/** What each earlier step must still prove before the promotion begins: what the engine does with `proven`. */
async function proofsHold(done: readonly Done[]): Promise<void> {
  for (const { name, action, ctx, input, output } of done) {
    const proofs = await action.verify(ctx, input, output);
    const broken = proofs.find(({ held }) => !held);
    if (broken || proofs.length === 0) throw new Error(`${name} is not proven: ${broken?.observed}`);
  }
}

type Done = { name: string; action: AnyAction; ctx: never; input: unknown; output: unknown };
const done: Done[] = [];
try {
  for (const { name, input: raw } of order.steps) {
    say({ before: name });
    await words.next();
    const action = ACTIONS[name] as AnyAction;
    const notes: unknown[] = [];
    const ctx = {
      client,
      key: `run-1/${name}`,
      signal: new AbortController().signal,
      clock: systemClock,
      log: () => undefined,
      note: async (fact: unknown) => void notes.push(fact),
      notes,
    } as never;
    const position = (done.find((one) => one.name === 'fence')?.output as { position?: string } | undefined)?.position;
    const more = name === 'promote' && position !== undefined ? { at_least: position } : {};
    const input = action.input.parse({ ...raw, ...more });
    const seen = await action.observe(ctx, input);
    if (name === 'promote') await proofsHold(done);
    const output = seen.state === 'done' ? seen.output : await action.run(ctx, input);
    done.push({ name, action, ctx, input, output });
    say({ after: name });
  }
  say({ before: 'end' });
  await words.next();
  say({ end: 'promoted' });
} catch (error) {
  say({ end: 'stopped', why: errorRecord(error).message, code: errorRecord(error).code });
}
process.exit(0);
