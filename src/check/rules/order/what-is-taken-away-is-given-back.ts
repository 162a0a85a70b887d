import { hasWords, type SqlStatement } from '../../../shell/sql-statements.ts';
import type { Complaint, Rule } from '../../rule.ts';
import type { Happening } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** What is blocked in the emergency must not stay blocked by being forgotten. */
export const whatIsTakenAwayIsGivenBack: Rule = {
  id: 'what-is-taken-away-is-given-back',
  level: 'warning',
  title: 'Rights that a command takes away are given back by a later step',
  why: 'REVOKE, NOLOGIN and an entry in a list of blocked keys stay until somebody undoes them, and PostgreSQL notes nowhere which rights there were before. A role or customer that stays locked out is the next incident (PostgreSQL documentation of REVOKE).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: block, uses: shell.run, with: { command: 'psql -c "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM intern"' } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: block, uses: shell.run, with: { command: 'psql -c "ALTER ROLE intern NOLOGIN"' } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
      - { id: unblock, uses: shell.run, with: { command: 'psql -c "ALTER ROLE intern LOGIN"' } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

interface Taken extends Happening {
  readonly what: string;
  readonly undo: string;
  isUndoneBy(sequence: Sequence): boolean;
}

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  // A procedure may be the half that blocks, and another the half that gives back.
  if (!sequence.scenario) return [];
  return [...fromRoles(sequence), ...fromLists(sequence)]
    .filter((taken) => !taken.isUndoneBy(sequence) && !isPromised(sequence, taken))
    .map(({ path, within, what, undo }) => ({
      path,
      ...(within === undefined ? {} : { within }),
      message: `${what}, and no later step gives it back`,
      hint: `Add the step that does (${undo}), or use postgres.block_role: the run then owes it, and does not close before.`,
    }));
}

const fromRoles = (sequence: Sequence): readonly Taken[] =>
  sequence.sql.flatMap((one) => {
    const way = WAYS.find(({ takes }) => takes(one.sql));
    const role = way?.roleOf(one.sql);
    if (!way || role === undefined) return [];
    const isUndoneBy = ({ sql, happensAfter }: Sequence): boolean =>
      sql.some((later) => way.gives(later.sql) && way.roleOf(later.sql) === role && happensAfter(later, one));
    return [{ ...one, what: way.what(role), undo: way.undo(role), isUndoneBy }];
  });

interface Way {
  takes(sql: SqlStatement): boolean;
  gives(sql: SqlStatement): boolean;
  roleOf(sql: SqlStatement): string | undefined;
  what(role: string): string;
  undo(role: string): string;
}

const valueBehind = ({ tokens }: SqlStatement, ...words: readonly string[]): string | undefined =>
  tokens[tokens.findLastIndex(({ value }) => words.includes(value)) + 1]?.value;

const WAYS: readonly Way[] = [
  {
    takes: ({ tokens }) => tokens[0]?.value === 'revoke',
    gives: ({ tokens }) => tokens[0]?.value === 'grant',
    roleOf: (sql) => valueBehind(sql, 'from', 'to'),
    what: (role) => `rights are taken from ${role}`,
    undo: (role) => `GRANT … TO ${role}, with exactly the rights it had`,
  },
  {
    takes: (sql) => hasWords(sql, 'alter') && sql.tokens.some(({ value }) => value === 'nologin'),
    gives: (sql) => hasWords(sql, 'alter') && sql.tokens.some(({ value }) => value === 'login'),
    roleOf: (sql) => valueBehind(sql, 'role', 'user'),
    what: (role) => `${role} may not log in any more`,
    undo: (role) => `ALTER ROLE ${role} LOGIN`,
  },
];

/** `redis-cli SADD blocked_keys …`: a list that refuses somebody. */
const fromLists = (sequence: Sequence): readonly Taken[] =>
  sequence.commands.flatMap((one) => {
    const [verb, list] = redisWords(
      one.command.program,
      one.command.words.map(({ value }) => value),
    );
    if (verb !== 'sadd' || list === undefined || !/block|ban|deny|denied|refus|revok/i.test(list)) return [];
    const isUndoneBy = ({ commands, happensAfter }: Sequence): boolean =>
      commands.some((later) => {
        const [undo, other] = redisWords(
          later.command.program,
          later.command.words.map(({ value }) => value),
        );
        return (undo === 'srem' || undo === 'del') && other === list && happensAfter(later, one);
      });
    return [{ ...one, what: `somebody is put on the list ${list}`, undo: `SREM ${list} …`, isUndoneBy }];
  });

function redisWords(program: string, words: readonly string[]): readonly (string | undefined)[] {
  if (!/^(redis|valkey)-cli$/.test(program)) return [];
  const at = words.findIndex((word) => /^(sadd|srem|del)$/i.test(word));
  return at < 0 ? [] : [words[at]?.toLowerCase(), words[at + 1]];
}

/** A person, or an action, that is to do it. */
const isPromised = (sequence: Sequence, taken: Happening): boolean =>
  sequence.steps.some(
    (placed) =>
      sequence.happensAfter({ placed, path: placed.path }, taken) &&
      /\b(unblock|re-?grant|give .* back|let .* (in|work) again)/i.test(
        `${placed.step.uses} ${placed.step.id} ${placed.step.title ?? ''}`.replaceAll(/[-_.]/g, ' '),
      ),
  );
