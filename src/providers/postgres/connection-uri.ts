import { KnownError } from '../../model/errors.ts';

/**
 * Refuses what is no address. The client would make one up: it asks localhost when a password holds a `/` that was not
 * encoded, and that may be somebody else's server. The text is a secret and never shown.
 */
export function requireConnectionUri(text: string, component: string): string {
  if (isSocket(text) || isUri(text)) return text;
  throw new KnownError(
    'PLAN_INVALID',
    `the connection of ${component} is not an address such as postgresql://user:password@host:5432/name`,
    'In a password, write characters like @ / : # ? % in percent encoding: / is %2F.',
  );
}

/** `/folder name` and `socket:/folder`, as the client takes them too. */
const isSocket = (text: string): boolean => text.startsWith('/') || text.startsWith('socket:/');

function isUri(text: string): boolean {
  const url = URL.parse(withHost(text));
  return url !== null && /^postgres(ql)?:$/.test(url.protocol) && isEncoded(`${url.username}${url.password}`);
}

/** `user@/name?host=/folder` is how a socket is named beside a user; addresses in general have no such form. */
const withHost = (text: string): string =>
  /[?&]host=/.test(text) ? text.replace(/^([a-z]+:\/\/[^/?#]*@)\//, '$1localhost/') : text;

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
