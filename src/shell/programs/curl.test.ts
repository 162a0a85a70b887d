import { describe, expect, test } from 'vitest';
import { parseScript } from '../parse-script.ts';
import type { ShellCommand } from '../script.ts';
import { curlCall } from './curl.ts';

const call = (text: string) => curlCall(parseScript(text).commands[0] as ShellCommand);

describe('a call of curl', () => {
  test.each([
    ['curl https://a.example.com', 'GET', ['https://a.example.com']],
    ['curl -sf --max-time 10 --retry 3 https://a.example.com/health', 'GET', ['https://a.example.com/health']],
    ['curl -I https://a.example.com', 'HEAD', ['https://a.example.com']],
    ["curl -d '{}' https://a.example.com", 'POST', ['https://a.example.com']],
    ["curl --json '{}' --url https://a.example.com", 'POST', ['https://a.example.com']],
    ['curl -X PUT -o /dev/null https://a.example.com', 'PUT', ['https://a.example.com']],
  ])('%s', (text, method, urls) => expect(call(text)).toMatchObject({ method, urls }));

  test('has all of its headers, by names in lower case', () => {
    const { headers } =
      call(`curl -H "Authorization: Bearer $KEY" -H 'content-type: application/json' --header=X-A:1 x`) ?? {};
    expect(headers).toEqual([
      { name: 'authorization', value: 'Bearer $KEY' },
      { name: 'content-type', value: 'application/json' },
      { name: 'x-a', value: '1' },
    ]);
  });

  test('what it sends', () => {
    expect(call(`curl -X POST x -d '{"a": 1}'`)?.data?.value).toBe('{"a": 1}');
    expect(call('curl x')?.data).toBeUndefined();
    expect(call('wget x')).toBeUndefined();
  });
});
