import { expect, test } from 'vitest';
import { withoutSettings } from './definition.ts';

test('what pg_dump sets for its own session is left out, and nothing of the tables', () => {
  const sql = `\\restrict abc
SET lock_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
SET default_tablespace = '';
CREATE TABLE public.a (b text DEFAULT 'x
SET y = 1');
SET default_tablespace = fast;
\\unrestrict abc
`;
  expect(withoutSettings(sql)).toBe(`CREATE TABLE public.a (b text DEFAULT 'x
SET y = 1');
SET default_tablespace = fast;
`);
});
