import { beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../lib/clock.ts';
import type { Claim, RunJournal } from '../model/journal.ts';
import { NO_LINES, sha256Hex } from '../model/journal-chain.ts';
import type { RunEvent } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import type { JournalFacts } from './keep-journal.ts';
import { fakeMachines } from './memory-journal.fake.ts';

const START = Date.parse('2026-01-14T03:00:00.000Z');
const LEASE = 30_000;

/** A place for runs that several processes can open, fresh for each test. */
export type JournalPlace = { open(facts: JournalFacts): RunJournal };

export const createdEvent = (environment = 'production'): RunEvent & { type: 'run.created' } => ({
  type: 'run.created',
  plan: { plan: { name: 'shop', title: 'Läden & "Co" 🛟' } },
  planHash: 'a'.repeat(64),
  planFile: 'lifeboat.yaml',
  scenario: 'deletion',
  environment,
  inputs: {},
  version: '0.1.0',
});

const started = (step: string): RunEvent => ({
  type: 'step.started',
  step,
  attempt: 1,
  action: 'postgres.find_deletion',
  danger: 'read',
  input: { component: 'database' },
});

/** What every journal must keep to. */
export function journalContract(name: string, place: () => JournalPlace): void {
  describe(`${name} keeps the contract of a journal`, () => {
    let now = START;
    const clock: Clock = { now: () => new Date(now), sleep: () => Promise.resolve() };
    let machines = fakeMachines();
    let here: JournalPlace;
    /** The journal as a new process sees it. */
    const asProcess = (host?: string) => {
      const machine = machines.start(host);
      const journal = here.open({ clock, machine, leaseMs: LEASE });
      return { ...journal, pid: machine.pid, die: () => machines.kill(machine.pid) };
    };
    const begin = (journal: RunJournal, id = 'run-1', lock = 'shop/production'): Promise<Claim> =>
      journal.create({ id, lock, by: 'ana', origin: createdEvent() });

    beforeEach(() => {
      now = START;
      machines = fakeMachines();
      here = place();
    });

    describe('the chain', () => {
      test('a new run has its origin and its first claim', async () => {
        const journal = asProcess();
        expect(await begin(journal)).toEqual({ run: 'run-1', epoch: 1 });
        const events = await journal.events('run-1');
        expect(events.map(({ seq, type, by, at }) => ({ seq, type, by, at }))).toEqual([
          { seq: 1, type: 'run.created', by: 'ana', at: '2026-01-14T03:00:00.000Z' },
          { seq: 2, type: 'run.claimed', by: 'ana', at: '2026-01-14T03:00:00.000Z' },
        ]);
        expect(events[1]).toMatchObject({ epoch: 1, owner: { host: 'laptop', pid: journal.pid } });
        expect(events[0]).toMatchObject(createdEvent());
      });

      test('every line carries the hash of the exact bytes of the line before', async () => {
        const journal = asProcess();
        const claim = await begin(journal);
        await journal.append(claim, 'ana', [started('find'), { type: 'step.noted', step: 'find', note: 'ü\u2028\n' }]);
        const lines = await journal.lines('run-1');
        let prev = NO_LINES.hash;
        for (const line of lines) {
          expect(JSON.parse(line).prev).toBe(prev);
          expect(line).not.toContain('\n');
          prev = sha256Hex(Buffer.from(line, 'utf8'));
        }
        expect(lines).toHaveLength(4);
        expect(lines.map((line) => JSON.parse(line))).toEqual(await journal.events('run-1'));
      });

      test('append gives the events back as they are kept', async () => {
        const journal = asProcess();
        const claim = await begin(journal);
        const kept = await journal.append(claim, 'bob', [started('find'), started('salvage')]);
        expect(kept).toEqual(await journal.events('run-1', 2));
        expect(kept.map(({ seq, by }) => [seq, by])).toEqual([
          [3, 'bob'],
          [4, 'bob'],
        ]);
      });

      test('an event cannot bring its own number, hash or run', async () => {
        const journal = asProcess();
        const claim = await begin(journal);
        const forged = {
          ...started('find'),
          run: 'run-9',
          seq: 77,
          prev: 'x',
          by: 'mallory',
          at: 'never',
        } as unknown as RunEvent;
        expect((await journal.append(claim, 'ana', [forged]))[0]).toMatchObject({ run: 'run-1', seq: 3, by: 'ana' });
        expect(await journal.events('run-1')).toHaveLength(3);
      });

      test('reading on starts after a number', async () => {
        const journal = asProcess();
        await begin(journal);
        expect((await journal.events('run-1', 1)).map(({ seq }) => seq)).toEqual([2]);
        expect(await journal.events('run-1', 2)).toEqual([]);
        expect(await journal.events('run-1', 99)).toEqual([]);
      });

      test('nothing to append is nothing kept, and still fenced', async () => {
        const journal = asProcess();
        const claim = await begin(journal);
        expect(await journal.append(claim, 'ana', [])).toEqual([]);
        await expect(journal.append({ ...claim, epoch: 0 }, 'ana', [])).rejects.toMatchObject({ code: 'RUN_FENCED' });
      });

      test('what cannot be written whole is not written at all', async () => {
        const journal = asProcess();
        const claim = await begin(journal);
        const circular: Record<string, unknown> = {};
        circular.self = circular;
        const bad = { type: 'step.noted', step: 'find', note: circular } as unknown as RunEvent;
        await expect(journal.append(claim, 'ana', [started('find'), bad])).rejects.toThrow();
        expect(await journal.events('run-1')).toHaveLength(2);
        await journal.append(claim, 'ana', [started('find')]);
        expect(await journal.events('run-1')).toHaveLength(3);
      });
    });

    describe('a run that is not there', () => {
      test.each<[string, (journal: RunJournal) => Promise<unknown>]>([
        ['claim', (journal) => journal.claim('run-0', 'ana')],
        ['append', (journal) => journal.append({ run: 'run-0', epoch: 1 }, 'ana', [])],
        ['beat', (journal) => journal.beat({ run: 'run-0', epoch: 1 })],
        ['release', (journal) => journal.release({ run: 'run-0', epoch: 1 })],
        ['signal', (journal) => journal.signal('run-0', 'ana', { type: 'run.canceled', reason: 'x' })],
        ['events', (journal) => journal.events('run-0')],
        ['lines', (journal) => journal.lines('run-0')],
      ])('%s says so', async (_verb, call) => {
        await expect(call(asProcess())).rejects.toMatchObject({
          code: 'RUN_NOT_FOUND',
          message: 'there is no run run-0',
        });
      });

      test('an id is used once', async () => {
        const journal = asProcess();
        await begin(journal);
        await expect(begin(journal, 'run-1', 'other/production')).rejects.toThrow('there is a run run-1 already');
      });
    });

    describe('the lock', () => {
      test('a second run is refused and told who holds the first', async () => {
        const first = asProcess();
        await begin(first);
        const error = await begin(asProcess(), 'run-2').catch((e) => e);
        expect(error).toMatchObject({ code: 'RUN_LOCKED' });
        expect(error.message).toBe(
          `run-1 (scenario deletion, production, running) is held by ana on laptop, process ${first.pid}, since 2026-01-14 03:00:00 UTC, and that process is alive`,
        );
        expect(error.hint).toContain('lifeboat recover --resume run-1');
        await expect(first.events('run-2')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
      });

      test('another plan or environment has a lock of its own', async () => {
        await begin(asProcess());
        await begin(asProcess(), 'run-2', 'shop/drill');
        expect((await asProcess().runs()).map(({ id }) => id)).toEqual(['run-2', 'run-1']);
      });

      test('a run whose process is gone still has the lock, and is to be resumed', async () => {
        const first = asProcess();
        await begin(first);
        first.die();
        const error = await begin(asProcess(), 'run-2').catch((e) => e);
        expect(error.code).toBe('RUN_LOCKED');
        expect(error.message).toContain('that process is gone');
        expect(error.hint).toContain('Go on with it: lifeboat recover --resume run-1');
      });

      test('a paused run still has the lock', async () => {
        const first = asProcess();
        await first.append(await begin(first), 'ana', [{ type: 'run.paused', why: 'Ctrl-C' }]);
        await expect(begin(asProcess(), 'run-2')).rejects.toThrow('is not over, and nobody works on it');
      });

      test.each<RunEvent>([
        { type: 'run.succeeded' },
        { type: 'run.canceled', reason: 'false alarm' },
        { type: 'run.failed', error: { code: 'STEP_FAILED', message: 'no', hint: 'look' } },
      ])('$type gives it free', async (end) => {
        const first = asProcess();
        await first.append(await begin(first), 'ana', [end]);
        expect((await first.runs())[0]).toMatchObject({ status: end.type.slice(4), ownerState: 'none' });
        await begin(asProcess(), 'run-2');
      });

      test('a run canceled from outside keeps it until its process has stopped', async () => {
        const first = asProcess();
        const claim = await begin(first);
        await asProcess().signal('run-1', 'bob', { type: 'run.canceled', reason: 'wrong database' });
        expect((await first.runs())[0]).toMatchObject({ status: 'canceled', ownerState: 'alive' });
        await expect(begin(asProcess(), 'run-2')).rejects.toThrow(
          'run-1 (scenario deletion, production, canceled) is held',
        );
        await first.append(claim, 'ana', [{ type: 'step.undone', step: 'block' }]);
        await first.release(claim);
        await begin(asProcess(), 'run-2');
      });

      test('a run that is over can be claimed again only while no other has its lock', async () => {
        const first = asProcess();
        await first.append(await begin(first), 'ana', [{ type: 'run.succeeded' }]);
        const second = asProcess();
        const claim = await begin(second, 'run-2');
        await expect(asProcess().claim('run-1', 'bob')).rejects.toThrow('run-2 (scenario');
        await second.append(claim, 'ana', [{ type: 'run.succeeded' }]);
        await asProcess().claim('run-1', 'bob');
        expect((await second.runs()).at(-1)).toMatchObject({ id: 'run-1', status: 'succeeded' });
        await expect(begin(asProcess(), 'run-3')).rejects.toMatchObject({ code: 'RUN_LOCKED' });
      });
    });

    describe('the claim', () => {
      test('a living process keeps it however long it is silent', async () => {
        await begin(asProcess());
        now += LEASE * 1000;
        await expect(asProcess().claim('run-1', 'bob')).rejects.toMatchObject({ code: 'RUN_LOCKED' });
      });

      test('the claim of a process that is gone is taken at once, and the old one is fenced', async () => {
        const first = asProcess();
        const old = await begin(first);
        first.die();
        const second = asProcess();
        const claim = await second.claim('run-1', 'bob');
        expect(claim.epoch).toBe(2);
        const fenced = { code: 'RUN_FENCED', message: expect.stringContaining(`bob on laptop, process ${second.pid}`) };
        await expect(first.append(old, 'ana', [started('find')])).rejects.toMatchObject(fenced);
        await expect(first.beat(old)).rejects.toMatchObject(fenced);
        await first.release(old);
        expect((await first.runs())[0]).toMatchObject({ ownerState: 'alive', owner: { pid: second.pid } });
        await second.append(claim, 'bob', [started('find')]);
        expect((await second.events('run-1')).map(({ type }) => type)).toEqual([
          'run.created',
          'run.claimed',
          'run.claimed',
          'step.started',
        ]);
      });

      test('a later process with the same number is another process', async () => {
        const first = asProcess();
        await begin(first);
        const reused = { host: 'laptop', pid: 1, startedAt: (pid: number) => `later-boot/${pid}` };
        await here.open({ clock, machine: reused, leaseMs: LEASE }).claim('run-1', 'bob');
      });

      test('on another machine the lease decides, and a beat renews it', async () => {
        const far = asProcess('server');
        const old = await begin(far);
        now += LEASE - 1;
        await far.beat(old);
        now += LEASE - 1;
        const near = asProcess('laptop');
        expect((await near.runs())[0]).toMatchObject({ ownerState: 'elsewhere' });
        const error = await near.claim('run-1', 'bob').catch((e) => e);
        expect(error.code).toBe('RUN_LOCKED');
        expect(error.hint).toContain('after 2026-01-14 03:00:59 UTC');
        now += 1;
        await near.claim('run-1', 'bob');
        await expect(far.append(old, 'ana', [started('find')])).rejects.toMatchObject({ code: 'RUN_FENCED' });
      });

      test('a claim that was given back is free, and a late beat does not take it again', async () => {
        const first = asProcess();
        const old = await begin(first);
        await first.release(old);
        await first.beat(old);
        expect((await first.runs())[0]).toMatchObject({ status: 'running', ownerState: 'none' });
        expect((await asProcess().claim('run-1', 'bob')).epoch).toBe(2);
      });

      test('a paused run is free, and runs again once claimed', async () => {
        const first = asProcess();
        await first.append(await begin(first), 'ana', [{ type: 'run.paused', why: 'Ctrl-C' }]);
        const second = asProcess();
        expect((await second.runs())[0]).toMatchObject({ status: 'paused', ownerState: 'none' });
        await second.claim('run-1', 'bob');
        expect((await second.runs())[0]).toMatchObject({ status: 'running', ownerState: 'alive' });
      });
    });

    describe('what people say', () => {
      const approval = { type: 'step.approved', step: 'block', hash: 'h' } as const;

      test('stands in the same chain, from any process, without a claim', async () => {
        const first = asProcess();
        const claim = await begin(first);
        const kept = await asProcess().signal('run-1', 'carla', approval);
        expect(kept).toMatchObject({ seq: 3, by: 'carla', type: 'step.approved' });
        await first.append(claim, 'ana', [started('block')]);
        expect((await first.events('run-1', 2)).map(({ by, type }) => [by, type])).toEqual([
          ['carla', 'step.approved'],
          ['ana', 'step.started'],
        ]);
      });

      test('comes too late once the run is over', async () => {
        const first = asProcess();
        await first.append(await begin(first), 'ana', [{ type: 'run.succeeded' }]);
        const late = asProcess().signal('run-1', 'bob', { type: 'run.canceled', reason: 'late' });
        await expect(late).rejects.toThrow('run-1 is over: succeeded');
        expect(foldRun(await first.events('run-1')).status).toBe('succeeded');
      });
    });

    test('the status of a run is the one its events fold to', async () => {
      const journal = asProcess();
      const claim = await begin(journal);
      const steps: RunEvent[] = [
        started('find'),
        { type: 'step.succeeded', step: 'find', how: 'ran', output: {}, proofs: [] },
        {
          type: 'step.waiting',
          step: 'block',
          waitsFor: { kind: 'decision', why: { code: 'OUTCOME_UNKNOWN', message: 'cut off', hint: 'look' } },
        },
        { type: 'step.decided', step: 'block', decision: 'retry', reason: 'looked' },
        started('block'),
        { type: 'run.paused', why: 'Ctrl-C' },
      ];
      for (const event of steps) {
        await journal.append(claim, 'ana', [event]);
        const folded = foldRun(await journal.events('run-1')).status;
        expect((await asProcess().runs())[0]?.status, event.type).toBe(folded);
      }
    });

    test('the list tells what each run is', async () => {
      const journal = asProcess();
      await begin(journal);
      expect(await journal.runs()).toEqual([
        {
          id: 'run-1',
          lock: 'shop/production',
          scenario: 'deletion',
          environment: 'production',
          status: 'running',
          createdAt: '2026-01-14T03:00:00.000Z',
          owner: { host: 'laptop', pid: journal.pid, startedAt: `boot/${journal.pid}` },
          ownerState: 'alive',
        },
      ]);
    });
  });
}
