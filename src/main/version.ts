import { readFileSync } from 'node:fs';

/** The version in package.json, which stands two folders above, in a clone and in the published package alike. */
export function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
