import { userInfo } from 'node:os';

/** Who acts: $LIFEBOAT_USER, a name from the plan's `people`; else the operating system's user. */
export function actorFrom(env: (name: string) => string | undefined): string {
  const said = env('LIFEBOAT_USER')?.trim();
  if (said) return said;
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
