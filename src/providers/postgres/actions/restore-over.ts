import { restoring } from './restore-server.ts';

/** Over a data folder that is there, for the hour in which little of it is wrong: what is right is not fetched and not written. */
export const restoreOver = restoring({
  name: 'postgres.restore_over',
  summary: 'Restore a stopped server over its own data folder: only files that differ from the backup are written.',
  danger: 'destroy',
  delta: true,
  files: ({ component, to }) => [
    `${component} is restored (${to}) over its data folder, which must hold the same database system and no running server`,
    'files that differ from the backup are replaced, and what is not in the backup is removed',
  ],
});
