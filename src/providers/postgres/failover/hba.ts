import { KnownError } from '../../../model/errors.ts';

const FIRST = '# lifeboat: closed by ';
const LAST = '# lifeboat: end of what closes it';

/** Which step has closed a server, by its pg_hba.conf. */
export function closedBy(text: string): string | undefined {
  const line = text.split('\n').find((one) => one.startsWith(FIRST));
  return line?.slice(FIRST.length).trim();
}

export interface Closing {
  readonly key: string;
  /** Every role that may log in, except ours. */
  readonly roles: readonly string[];
}

/** The file with lines in front that turn these roles away. Replicas may go on to receive: `all` does not mean replication. */
export function closedHba(text: string, { key, roles }: Closing): string {
  const lines = roles.flatMap((role) => [
    `local all ${quotedRole(role)} reject`,
    `host all ${quotedRole(role)} all reject`,
  ]);
  return [`${FIRST}${key}`, ...lines, LAST, openedHba(text)].join('\n');
}

/** The file as it was before. */
export function openedHba(text: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith(FIRST));
  const last = lines.indexOf(LAST);
  if (first < 0 || last < first) return text;
  return [...lines.slice(0, first), ...lines.slice(last + 1)].join('\n');
}

/** In quotes a name such as `all` means the role of that name. */
function quotedRole(role: string): string {
  if (!/[\n\r]/.test(role)) return `"${role.replaceAll('"', '""')}"`;
  throw new KnownError(
    'TARGET_FAILED',
    'a role has a line break in its name, and pg_hba.conf cannot name it',
    'Rename it: ALTER ROLE … RENAME TO …, or close the server by another way.',
  );
}
