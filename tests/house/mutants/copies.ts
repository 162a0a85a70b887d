import { keepsData } from '../../../src/check/losses.ts';
import { parseDuration } from '../../../src/lib/duration.ts';
import type { Json } from '../../../src/lib/json.ts';
import { parseSchedule } from '../../../src/lib/schedule.ts';
import type { Edit, Operator } from './mutant.ts';
import { domainLosses, policiesOf } from './places.ts';

/** Where copies are, and for how long, decides what is left of an RDS instance, too. */
const OF_RDS = ['automated-backups-outlive-the-instance', 'manual-snapshots-fit-the-quota'];

/** Copies that are not there, not out of reach, or cannot be opened on the day they are needed. */
export const COPIES: readonly Operator[] = [
  {
    name: 'the copies are moved into the region that is lost',
    rule: 'copies-outside-the-loss',
    companions: [
      'copies-outside-the-loss',
      'backup-in-the-same-domain',
      'copies-outside-the-account',
      'rpo-is-reachable',
      'wal-without-base-backup',
      ...OF_RDS,
    ],
    places: (plan) =>
      domainLosses(plan).map(({ scenario, name, component }) => ({
        at: ['scenarios', scenario, 'loses_domains'],
        edits: component.backups.map(
          ({ copies }, index): Edit => [
            ['components', name, 'backups', index, 'copies'],
            [
              {
                ...(copies[0]?.lag ? { lag: copies[0].lag } : {}),
                domain: String(component.domain),
                encrypted: 'provider',
              },
            ],
          ],
        ),
      })),
  },
  {
    name: 'the keys of all copies stay in the region that is lost',
    rule: 'copies-outside-the-loss',
    // A wider loss takes them with it as well.
    companions: ['copies-outside-the-loss', 'rpo-is-reachable'],
    places: (plan) =>
      domainLosses(plan).map(({ scenario, name, component }) => ({
        at: ['scenarios', scenario, 'loses_domains'],
        edits: component.backups.flatMap(({ copies }, index) =>
          copies.flatMap((_, at): readonly Edit[] => [
            [['components', name, 'backups', index, 'copies', at, 'encrypted'], 'own-key'],
            [['components', name, 'backups', index, 'copies', at, 'key_in'], String(component.domain)],
          ]),
        ),
      })),
  },
  {
    name: 'the backups of a component are removed',
    rule: 'component-without-backup',
    companions: ['rpo-is-reachable', 'copies-outside-the-loss'],
    places: (plan) =>
      Object.entries(plan.components)
        .filter(([, component]) => component.backups.length > 0 && keepsData({ ...component, backups: [] }))
        .map(([name]) => ({ at: ['components', name], edits: [[['components', name, 'backups'], undefined]] })),
  },
  {
    name: 'a copy is no longer encrypted',
    rule: 'copies-are-encrypted',
    places: (plan) =>
      policiesOf(plan).flatMap(({ policy, component, path }) =>
        keepsData(component)
          ? policy.copies.map((_, index) => {
              const at = [...path, 'copies', index, 'encrypted'];
              return { at, edits: [[at, 'no'] as const] };
            })
          : [],
      ),
  },
  {
    name: 'nobody says any more where a key is',
    rule: 'copies-are-encrypted',
    places: (plan) =>
      policiesOf(plan).flatMap(({ policy, component, path }) =>
        keepsData(component)
          ? policy.copies.flatMap(({ key_in }, index) =>
              key_in === undefined
                ? []
                : [
                    {
                      at: [...path, 'copies', index, 'encrypted'],
                      edits: [[[...path, 'copies', index, 'key_in'], undefined] as const],
                    },
                  ],
            )
          : [],
      ),
  },
  {
    name: 'the immutable copies, and those in other accounts, are given up',
    rule: 'copies-outside-the-account',
    companions: ['copies-outside-the-loss', 'backup-in-the-same-domain', 'rpo-is-reachable', ...OF_RDS],
    places: (plan) =>
      domainLosses(plan)
        .filter(
          ({ component: { domain, backups } }) =>
            plan.domains[accountOf(domain)]?.kind === 'account' && backups.length > 0,
        )
        .map(({ name, component }) => ({
          at: ['components', name, 'backups'],
          edits: component.backups.flatMap(({ copies }, index): readonly Edit[] => {
            const kept = copies.filter(({ domain }) => domain.startsWith(accountOf(component.domain)));
            const plain = kept.map(({ immutable: _, ...copy }) => copy);
            return [
              [
                ['components', name, 'backups', index, 'copies'],
                (plain.length > 0 ? plain : [BESIDE(component.domain)]) as unknown as Json,
              ],
            ];
          }),
        })),
  },
  {
    name: 'copies expire before anybody has looked at them',
    rule: 'verified-more-often-than-kept',
    places: (plan) =>
      policiesOf(plan).flatMap(({ policy, path }) => {
        const gaps = policy.verify.map(({ every }) =>
          every ? (parseSchedule(every)?.longestGap ?? Number.NaN) : Number.NaN,
        );
        const best = gaps.indexOf(Math.min(...gaps.filter((gap) => !Number.isNaN(gap))));
        const kept = policy.keep === undefined || policy.keep === 'forever' ? undefined : parseDuration(policy.keep);
        return best < 0 || kept === undefined
          ? []
          : [{ at: [...path, 'verify', best], edits: [[[...path, 'keep'], '1h'] as const] }];
      }),
  },
  {
    name: 'a window loses its time zone',
    rule: 'windows-in-utc',
    places: (plan) =>
      policiesOf(plan)
        .filter(({ policy }) => /^daily .*UTC$/.test(policy.every ?? '') && policy.method.startsWith('rds.'))
        .map(({ policy, path }) => ({
          at: [...path, 'every'],
          edits: [[[...path, 'every'], String(policy.every).replace('UTC', 'local')]],
        })),
  },
  {
    name: 'all copies go into the deep archive',
    rule: 'archive-fits-the-rto',
    // The component is given an RTO of its own, so that it has one.
    companions: ['objective-conflict', 'outage-fits-the-service-level'],
    places: (plan) =>
      Object.entries(plan.components)
        .filter(([, { backups }]) => backups.length > 0 && backups.every(({ copies }) => copies.length > 0))
        .map(([name, { backups }]) => ({
          at: ['components', name, 'backups', 0, 'copies', 0, 'storage'],
          edits: [
            [['components', name, 'objectives', 'rto'], '8h'],
            ...backups.flatMap(({ copies }, index) =>
              copies.map(
                (_, at): Edit => [['components', name, 'backups', index, 'copies', at, 'storage'], 'deep-archive'],
              ),
            ),
          ],
        })),
  },
  {
    name: 'a second policy says something else of the same backup',
    rule: 'one-schedule-for-one-backup',
    places: (plan) =>
      policiesOf(plan)
        .filter(({ policy }) => policy.every !== undefined && !/^(before|after|within) /.test(policy.every))
        .map(({ name, component, policy, path }) => ({
          at: ['components', name, 'backups', component.backups.length],
          edits: [
            [
              ['components', name, 'backups', component.backups.length],
              { ...policy, every: '37h' } as unknown as Edit[1],
            ],
            ...(policy.keep === undefined ? [] : [[[...path, 'keep'], policy.keep] as const]),
          ],
        })),
  },
  {
    name: 'the base backup is given up, and the stream is kept',
    rule: 'wal-without-base-backup',
    companions: ['rpo-is-reachable'],
    places: (plan) =>
      policiesOf(plan)
        .filter(({ policy }) => policy.method === 'postgres.base_backup')
        .map(({ name, path }) => ({ at: ['components', name, 'backups', 0], edits: [[path, undefined]] })),
  },
];

const accountOf = (domain = ''): string => domain.split('/').slice(0, 2).join('/');

const BESIDE = (domain = '') => ({ domain, encrypted: 'provider' });
