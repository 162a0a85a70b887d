/** A connection URI without its password, for a command line that everybody on the machine can read. */
export function conninfo(uri: string): string {
  const url = new URL(uri);
  url.password = '';
  return url.toString();
}

/** The password of a connection URI, as PostgreSQL's programs take it from their environment. */
export function passwordOf(uri: string): { readonly PGPASSWORD?: string } {
  const { password } = new URL(uri);
  return password === '' ? {} : { PGPASSWORD: decodeURIComponent(password) };
}
