import { describe, expect, test } from 'vitest';
import { loadPlan } from './load.ts';
import { edit, loaded, PLAN, RECIPIENT, request, said } from './sample-plan.fake.ts';

describe('variables and expressions outside of steps', () => {
  const needy = edit('env("REPOSITORY", "/srv/backups")', 'env("REPOSITORY")').replace(
    'env("PORT", "5432")',
    'env("PORT")',
  );

  test('one that is not set is a warning for check, and the text stays to be seen', () => {
    const { plan, findings } = loaded(needy);
    expect(findings.map(({ rule, level, message }) => `${rule} ${level} ${message}`)).toEqual([
      'plan.environment-variable warning repository.folder needs the environment variable REPOSITORY, which is not set here',
      'plan.environment-variable warning components.database.server.port needs the environment variable PORT, which is not set here',
    ]);
    expect(plan.repository?.folder).toBe('${{ env("REPOSITORY") }}');
    expect(plan.components.database).toMatchObject({ server: { port: 1 } });
  });

  test('for a run it is an error', () => {
    const result = loadPlan(request(needy, { mode: 'run' }));
    expect(result.ok).toBe(false);
    expect(
      result.findings
        .filter(({ rule }) => rule === 'plan.environment-variable')
        .every(({ level }) => level === 'error'),
    ).toBe(true);
  });

  test.each(['run', 'check'] as const)('for %s it is told once, also where no text may stand', (mode) => {
    const unset = edit(RECIPIENT, `'\${{ env("RECIPIENT") }}'`)
      .replace('int(env("PORT", "5432"))', 'int(env("PORT"))')
      .replace('postgres.wal_stream', `'\${{ env("METHOD") }}'`);
    const { findings } = loadPlan(request(unset, { mode }));
    expect(findings.map(({ message }) => message.replace(/, .*/, ''))).toEqual([
      'repository.recipients[0] needs the environment variable RECIPIENT',
      'components.database.server.port needs the environment variable PORT',
      'components.database.backups[1].method needs the environment variable METHOD',
    ]);
  });

  test('where nothing can stand in for it, it is an error for check as well', () => {
    const { ok, findings } = loadPlan(request(edit('postgres.wal_stream', `'\${{ env("METHOD") }}'`)));
    expect({ ok, levels: findings.map(({ level }) => level) }).toEqual({ ok: false, levels: ['error'] });
  });

  test('a real fault beside it is still told', () =>
    expect(said(needy.replace('rto: 30m', 'rto: soon')).join('\n')).toContain('a span is written like'));

  test.each([
    ['steps do not exist yet', 'env("REPOSITORY", "/srv/backups")', 'steps.find.outputs.x', 'plan.expression'],
    [
      'a secret inside a text',
      '${{ secret("env:DATABASE_URL") }}',
      'postgresql://app:${{ secret("env:P") }}@db/x',
      'plan.expression',
    ],
    ['a bad reference', 'secret("env:DATABASE_URL")', 'secret("vault:x")', 'plan.schema'],
    ['not a number', 'env("PORT", "5432")', 'env("PORT", "many")', 'plan.expression'],
  ])('%s', (_, from, to, rule) => expect(said(edit(from, to)).join('\n')).toContain(rule));

  test('other environments are not worked out', () =>
    expect(said(edit('port: 5499', 'port: ${{ int(env("DRILL_PORT")) }}'), { mode: 'run' })).toEqual([]));

  test('an unknown environment', () =>
    expect(said(PLAN, { environment: 'dril' })).toEqual(['plan.environment 7:1 the plan has no environment "dril"']));
});
