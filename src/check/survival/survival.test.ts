import { describe, expect, test } from 'vitest';
import { FACTS, planWith } from '../checked-plan.fake.ts';
import { domainsOf, survivalOf } from './survival.ts';
import { survivalText } from './text.ts';

const WORLD = `
domains:
  aws: { title: AWS, kind: provider }
  aws/east: { title: East, kind: region }
  aws/east/a: { title: A zone of it, kind: zone }
  aws/west: { title: West, kind: region }
  sso: { title: The sign-on of all, kind: identity }
  people/ann: { title: Ann, kind: person }
  people/bob: { title: Bob, kind: person }
  phones: { title: Telephones }
`;

const left = (fragment: string, ...lost: readonly string[]) =>
  survivalOf(planWith(`${WORLD}${fragment}`).plan, lost, FACTS);
const told = (fragment: string, ...lost: readonly string[]) => {
  const { plan } = planWith(`${WORLD}${fragment}`);
  return survivalText(plan, survivalOf(plan, lost, FACTS));
};

describe('components', () => {
  test('go with their domain, with what is above it, and with what they cannot live without', () => {
    const files = (more: string) => `components: { files: { kind: other, ${more} } }\n`;
    const gone = (more: string, lost: string) =>
      left(files(more), lost).components.gone.some(({ component }) => component === 'files');
    expect(gone('domain: aws/east', 'aws/east')).toBe(true);
    expect(gone('domain: aws/east', 'aws')).toBe(true);
    expect(gone('domain: aws/west, also_in: [aws/east/a]', 'aws/east')).toBe(true);
    expect(gone('domain: aws/west', 'aws/east')).toBe(false);
    expect(gone('domain: aws', 'aws/east')).toBe(false);
  });

  test('that need what is gone cannot serve', () =>
    expect(left('components: { api: { domain: phones } }\n', 'machine').components.down).toEqual([
      { component: 'api', kind: 'service', needs: 'database' },
    ]));

  test('of which nothing says where they live may be gone, and that is not ok', () => {
    const { components, recoverable } = left('components: { files: { kind: other } }\n', 'phones');
    expect(components.notKnown.map(({ component }) => component)).toEqual(['api', 'files']);
    expect(recoverable).toBe(false);
    expect(told('components: { files: { kind: other } }\n', 'phones')).toContain(
      'files                     nothing says where it lives (domain)',
    );
  });
});

describe('copies', () => {
  const PLACED = 'components: { api: { domain: phones }, files: { kind: bucket, domain: aws/east, backups: ';
  const files = (backups: string, ...lost: readonly string[]) =>
    left(`${PLACED}[${backups}] } }\n`, ...lost).components.gone.find(({ component }) => component === 'files');

  test.each([
    ['elsewhere are left', '{ method: s3.copy, every: 1h, copies: [{ domain: aws/west }] }', 'there', 'recoverable'],
    ['in the same place are gone', '{ method: s3.copy, every: 1h, copies: [{ domain: aws/east/a }] }', 'gone', 'lost'],
    ['beside it are gone', '{ method: s3.versioning }', 'gone', 'lost'],
    [
      'whose key is gone are there, and locked',
      '{ method: s3.copy, every: 1h, copies: [{ domain: aws/west, key_in: aws/east }] }',
      'locked',
      'lost',
    ],
    [
      'whose key may be anywhere are not known',
      '{ method: s3.copy, every: 1h, copies: [{ domain: aws/west, encrypted: own-key }] }',
      'unknown',
      'unknown',
    ],
    [
      'of log alone are of no use',
      '{ method: postgres.wal_archive, every: 5m, copies: [{ domain: aws/west }] }',
      'no-base',
      'lost',
    ],
  ])('%s', (_, backups, state, data) => {
    const fate = files(backups, 'aws/east');
    expect(fate?.copies.map((copy) => copy.state)).toEqual([state]);
    expect(fate?.data).toBe(data);
  });

  test('of log are of use with their base backup, and unsure where that is unsure', () => {
    const base = (more: string) =>
      files(
        `{ method: postgres.wal_archive, every: 5m, copies: [{ domain: aws/west }] }, { method: postgres.base_backup, every: 24h, copies: [{ domain: aws/west, ${more} }] }`,
        'aws/east',
      )?.copies.map(({ state }) => state);
    expect(base('key_in: phones')).toEqual(['there', 'there']);
    expect(base('key_in: aws/east')).toEqual(['no-base', 'locked']);
    expect(base('encrypted: own-key')).toEqual(['unknown', 'unknown']);
  });

  test('that rotate nothing keep nothing', () => {
    expect(files('{ method: secrets.rotation, every: 30d }', 'aws/east')).toMatchObject({ copies: [], data: 'lost' });
    expect(told(`${PLACED}[{ method: secrets.rotation, every: 30d }] } }\n`, 'aws/east')).toContain(
      'files                     nothing copies it',
    );
  });

  test('are missed while the component still stands', () => {
    const { components, recoverable } = left('components: { api: { domain: phones } }\n', 'cellar');
    expect(components.lessCopies.map(({ component }) => component)).toEqual(['database']);
    expect(recoverable).toBe(true);
    expect(told('', 'cellar')).toContain('database                  none is left: copy it now');
  });

  test('replicas that stand are named where the plan does not list them as copies', () => {
    const replica =
      'components: { standby: { kind: replica, domain: aws/west, needs: [database], stateless: true } }\n';
    expect(told(replica, 'machine', 'cellar')).toMatch(
      /its replica standby stands,\s+and\s+is not listed as a copy of it/,
    );
    expect(told(replica, 'machine')).toMatch(/standby\s+its original, database, is gone: it can be promoted/);
    expect(told(replica, 'machine', 'cellar', 'aws')).not.toContain('standby stands');
  });
});

describe('channels and people', () => {
  const CHANNELS = `channels:
  war-room: { kind: chat, domain: aws/east, fallback: pager }
  pager: { kind: pager, domain: aws/west, fallback: calls }
  calls: { kind: phone, domain: phones }
  mail: { kind: email }
`;

  test('lost channels name the first that works in their place', () =>
    expect(left(CHANNELS, 'aws').channels).toEqual([
      { channel: 'war-room', domain: 'aws/east', instead: 'calls' },
      { channel: 'pager', domain: 'aws/west', instead: 'calls' },
      { channel: 'mail', domain: null, instead: null },
    ]));

  test('a fallback of which nobody knows is none', () =>
    expect(told(CHANNELS.replace(', domain: phones', ''), 'aws')).toMatch(
      /pager\s+lost with aws\/west; no sure fallback/,
    ));

  test('sign-in, people, and roles that nobody is left of', () => {
    expect(left('', 'sso', 'people').people).toEqual({ signIn: ['sso'], people: ['ann', 'bob'], roles: ['keeper'] });
    expect(left('', 'people/ann').people).toEqual({ signIn: [], people: ['ann'], roles: [] });
    const vendor = 'vendors: { firm: { title: A firm, contact: +49-30-1 } }\nroles: { keeper: { vendor: firm } }\n';
    expect(left(vendor, 'people').people.roles).toEqual([]);
    expect(told('', 'sso', 'people')).toMatch(/keeper\s+nobody is left who has this role/);
  });
});

describe('the tool itself', () => {
  test.each([
    ['cellar', 'gone'],
    ['machine', 'there'],
  ])('its repository when %s is lost is %s', (lost, state) =>
    expect(left('', lost).tool.repository).toEqual({ state, domain: 'cellar' }),
  );

  test('a repository without a place is not known, and none is none', () => {
    const { plan } = planWith('components: { api: { domain: cellar } }');
    const { repository, ...without } = plan;
    const unplaced = { ...plan, repository: { ...(repository as NonNullable<typeof repository>), domain: undefined } };
    expect(survivalOf(unplaced as typeof plan, ['machine'], FACTS)).toMatchObject({
      tool: { repository: { state: 'unknown' } },
    });
    expect(survivalText(without, survivalOf(without, ['machine'], FACTS))).toContain('no run can begin');
  });

  test.each([
    ['domain: phones', 'there'],
    ['domain: machine', 'gone'],
    ['domain: machine, backups: [{ method: git.repository, copies: [{ domain: phones }] }]', 'copy'],
    ['title: Somewhere', 'unknown'],
  ])('files of a source with %s are %s', (source, state) =>
    expect(left(`components: { code: { kind: source, ${source} } }\n`, 'machine').tool.files.state).toBe(state),
  );

  test('of several sources the worst counts: which holds which file nobody says', () =>
    expect(
      left(
        'components: { code: { kind: source, domain: phones }, site: { kind: source, domain: machine } }\n',
        'machine',
      ).tool.files.state,
    ).toBe('gone'));

  test('files without any source are not known; what is copied by git has them too', () => {
    expect(left('', 'machine').tool.files.state).toBe('unknown');
    const pipeline =
      'components: { ci: { kind: pipeline, domain: machine, backups: [{ method: git.repository, copies: [{ domain: phones }] }] } }\n';
    expect(left(pipeline, 'machine').tool.files.state).toBe('copy');
  });
});

describe('where the plan is kept', () => {
  const KEPT = 'plan: { kept_in: [aws/east, phones] }\nrepository: { identity_in: [aws/east] }\n';

  test('one place that is left is enough', () => {
    expect(left(KEPT, 'aws').tool.plan).toEqual({ state: 'there', left: ['phones'] });
    expect(left(KEPT, 'aws', 'phones').tool.plan).toEqual({ state: 'gone', left: [] });
    expect(left('', 'aws').tool.plan.state).toBe('unknown');
    expect(told(KEPT, 'aws')).toContain('plan and program          there, in phones');
    expect(told(KEPT, 'aws', 'phones')).toContain('gone with all places they are kept in');
    expect(told('', 'aws')).toContain('nothing says where else than here (plan.kept_in)');
  });

  test('a key that is gone opens nothing', () => {
    expect(left(KEPT, 'aws').tool.key).toEqual({ state: 'gone', left: [], from: 'env:IDENTITY' });
    expect(told(KEPT, 'aws')).toMatch(/no backup can be\s+opened/);
    expect(told(KEPT, 'phones')).toContain('read from env:IDENTITY; there, in aws/east');
  });

  test('who signs in through what is lost can act on nothing', () => {
    const signed = 'people: { ann: { signs_in_through: [sso] }, bob: { signs_in_through: [sso] } }\n';
    expect(left(signed, 'sso').people).toEqual({ signIn: ['sso'], people: ['ann', 'bob'], roles: ['keeper'] });
    expect(left(signed, 'phones').people.people).toEqual([]);
  });
});

describe('what a person reads', () => {
  const PLACED = 'components: { api: { domain: phones } }\n';

  test('says first what cannot be recovered', () => {
    expect(told(PLACED, 'machine')).toContain('All data that is gone can be had back from copies (1 component).');
    expect(told(PLACED, 'machine', 'cellar')).toContain('1 component CANNOT BE RECOVERED.');
    expect(told('', 'machine', 'cellar')).toContain('1 component CANNOT BE RECOVERED; of 1 component nobody knows.');
    expect(told('', 'machine')).toContain('All else that keeps data can be recovered; of 1 component nobody knows.');
    expect(told('', 'sso')).toContain('Nothing else that keeps data is gone; of 1 component nobody knows.');
    expect(told(PLACED, 'phones')).toContain('Nothing that keeps data is gone; 1 component without data is.');
    expect(told(PLACED, 'sso')).toContain('No component of the plan lives there.');
  });

  test('names the nearest scenario where none is meant for the loss', () => {
    expect(told(PLACED, 'machine', 'aws')).toContain('The scenario for it is loss (All is lost).');
    expect(told(PLACED, 'machine', 'aws')).toContain('loss                      can run to its end');
    expect(told(PLACED, 'sso')).toMatch(/that can run to their end\n {2}loss$/);
    const files = 'components: { api: { domain: phones }, files: { kind: other, domain: machine } }\n';
    expect(told(files, 'machine')).toMatch(
      /No scenario is meant for this loss. The nearest is loss \(All is lost\). It/,
    );
    expect(told('scenarios: {}\n', 'sso')).toContain('No scenario is meant for this loss.\n');
  });

  test('says what is lost with a domain', () =>
    expect(told('', 'aws/east')).toMatch(/^Lost: aws\/east \(East\)\n {6}and with that aws\/east\/a\n/));

  test('is never wider than 80 columns', () => {
    const long = `components: { api: { domain: phones }, ${'a-very-long-name-'.repeat(3)}x: { kind: bucket, domain: machine } }\n`;
    for (const line of told(long, 'machine', 'cellar', 'aws', 'sso', 'people').split('\n'))
      expect(line.length).toBeLessThanOrEqual(80);
  });
});

test('domains that can be lost are those of the plan and what they are part of', () =>
  expect(domainsOf(planWith('domains: { x/y/z: { title: Deep } }\n').plan)).toEqual([
    'cellar',
    'machine',
    'x',
    'x/y',
    'x/y/z',
  ]));
