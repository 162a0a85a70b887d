import { randomBytes } from 'node:crypto';

/** Makes ids; an argument wherever one is needed, so that tests can foretell them. */
export type MakeId = (prefix: string, now: Date) => string;

/** `run-20260114-030512-9f3c`: sorts by time, is read aloud without trouble, and is unique on one machine. */
export const randomId: MakeId = (prefix, now) =>
  `${prefix}-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${randomBytes(2).toString('hex')}`;
