import type { Rule } from '../../rule.ts';

/** Log can only be replayed on what it was written for. */
export const walWithoutBaseBackup: Rule = {
  id: 'wal-without-base-backup',
  level: 'error',
  title: 'A stream of the write-ahead log has base backups to start from',
  why: 'PostgreSQL replays the write-ahead log onto a physical copy of the data folder. It cannot replay it onto a dump: a dump is loaded as new data with other identities (PostgreSQL documentation, continuous archiving). Log without a base backup restores nothing.',
  bad: `
components:
  database:
    backups:
      - { method: postgres.dump, every: 24h }
      - { method: postgres.wal_stream }
`,
  good: `
components:
  database:
    backups:
      - { method: postgres.base_backup, every: 24h }
      - { method: postgres.wal_stream }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, { backups }]) => {
      const stream = backups.findIndex(({ method }) => method === 'postgres.wal_stream');
      const base = backups.find(({ method }) => method === 'postgres.base_backup');
      if (stream < 0 || base?.every !== undefined) return [];
      const message = base
        ? `the log of ${name} is streamed, and nothing says how often a base backup is taken`
        : `the log of ${name} is streamed, and there is no base backup to replay it on`;
      const hint = 'Add { method: postgres.base_backup, every: 24h } to its backups.';
      return [{ path: ['components', name, 'backups', stream], message, hint }];
    }),
};
