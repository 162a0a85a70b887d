import type { ProviderServices } from '../../actions/provider.ts';
import type { SecretRef } from '../../model/plan.ts';

/** All that a command sees of the environment of the person who started Lifeboat. None of it is a credential. */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'] as const;

/** Used when there is none: without it not even `ls` is found. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The whole environment of a command. What the step names wins. */
export function environmentOf(
  given: Readonly<Record<string, string | SecretRef>>,
  { env, secret }: Pick<ProviderServices, 'env' | 'secret'>,
): Readonly<Record<string, string>> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = env(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const named = Object.entries(given).map(
    ([name, value]) => [name, typeof value === 'string' ? value : secret(value)] as const,
  );
  return { PATH, ...Object.fromEntries(passed), ...Object.fromEntries(named) };
}
