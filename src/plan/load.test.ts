import { describe, expect, test } from 'vitest';
import { loadPlan } from './load.ts';
import { edit, lineOf, loaded, PLAN, request } from './sample-plan.fake.ts';

describe('a good plan', () => {
  test('has no findings, and its values are worked out', () => {
    const { plan, findings, environment } = loaded();
    expect(findings).toEqual([]);
    expect(environment).toBe('production');
    expect(plan.repository?.folder).toBe('/srv/backups');
    expect(plan.repository?.identity).toEqual({ secret: 'env:IDENTITY' });
    expect(plan.components.database).toMatchObject({
      connection: { secret: 'env:DATABASE_URL' },
      server: { port: 5432 },
    });
  });

  test('keeps the expressions of steps for the run, and the source as written', () => {
    const { plan, source } = loaded();
    expect(plan.scenarios.deletion?.impact).toBe('${{ steps.find.outputs.committed_at }}');
    expect(plan.scenarios.deletion?.steps[1]?.with.rows).toBe('${{ steps.find.outputs.rows }}');
    expect(source).toMatchObject({ repository: { folder: '${{ env("REPOSITORY", "/srv/backups") }}' } });
  });

  test('names the outputs its runbooks rely on', () =>
    expect(loaded().outputsUsed.map(({ step, output }) => `${step}.${output}`)).toEqual([
      'find.committed_at',
      'find.rows',
      'verify.missing',
    ]));

  test('takes environment variables', () => {
    const env = (name: string) => ({ PORT: '6000', REPOSITORY: '/mnt/r' })[name];
    const { plan } = loaded(PLAN, { env });
    expect(plan.repository?.folder).toBe('/mnt/r');
    expect(plan.components.database).toMatchObject({ server: { port: 6000 } });
  });

  test('is laid out for the environment that is asked for', () => {
    const { plan, environment, place } = loaded(PLAN, { environment: 'drill' });
    expect(environment).toBe('drill');
    expect(plan.components.database).toMatchObject({ server: { port: 5499, data_folder: '/srv/data' } });
    expect(place(['components', 'database', 'server', 'port']).line).toBe(lineOf(PLAN, 'port: 5499'));
    expect(place(['components', 'database', 'server', 'data_folder']).line).toBe(lineOf(PLAN, 'data_folder'));
  });

  test('has a hash of what it means, not of how it is written', () => {
    const { hash } = loaded();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(loaded(`# a remark\n${PLAN}`).hash).toBe(hash);
    expect(loaded(edit('every: 24h', 'every: "24h"')).hash).toBe(hash);
    expect(loaded(edit('every: 24h', 'every: 12h')).hash).not.toBe(hash);
    expect(loaded(PLAN, { environment: 'drill' }).hash).not.toBe(hash);
  });

  test('may have Windows line ends, a byte order mark, bytes, and anchors', () => {
    expect(loaded(PLAN.replaceAll('\n', '\r\n')).hash).toBe(loaded().hash);
    expect(loaded(`\uFEFF${PLAN}`).hash).toBe(loaded().hash);
    const bytes = loadPlan(request(new TextEncoder().encode(PLAN)));
    expect(bytes.ok).toBe(true);
    const anchored = edit('{ people: [ann] }', '&role { people: [ann] }\n  other: *role');
    expect(loaded(anchored).plan.roles.other).toEqual({ people: ['ann'] });
  });

  test('places: a text at its value, a map or list at its name, what is not there at its parent', () => {
    const { place } = loaded();
    const at = (...path: (string | number)[]) => {
      const { line, column } = place(path);
      return PLAN.split('\n')[line - 1]?.slice(column - 1);
    };
    expect(at('plan', 'name')).toBe('shop');
    expect(at('components', 'database')).toBe('database:');
    expect(at('components', 'database', 'objectives')).toBe('database:');
    expect(at('components', 'database', 'backups', 1)).toBe('{ method: postgres.wal_stream }');
    expect(at('scenarios', 'deletion', 'steps', 0)).toBe('id: find');
    expect(at('nothing')).toBe('lifeboat: 1');
  });
});
