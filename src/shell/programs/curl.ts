import { hasOption, option, optionWords, plainWords } from '../options.ts';
import type { ShellCommand, ShellWord } from '../script.ts';

/** One call of curl. */
export interface CurlCall {
  readonly urls: readonly string[];
  readonly method: string;
  /** What is sent, as `-d` and its like say it; undefined when nothing is. */
  readonly data: ShellWord | undefined;
  /** Names in lower case. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly command: ShellCommand;
}

const WITH_VALUE = ['-X', '--request', '-H', '--header', '-d', '--data', '--data-raw', '--data-binary', '--data-urlencode', '--json', '-o', '--output',
  '-m', '--max-time', '--connect-timeout', '--retry', '--retry-delay', '--retry-max-time', '-u', '--user', '-A', '--user-agent', '-w', '--write-out',
  '-F', '--form', '-b', '--cookie', '--cacert', '--cert', '--key', '--resolve', '-x', '--proxy', '-T', '--upload-file', '-e', '--url']; // biome-ignore format: one list

/** Undefined when it is not curl. */
export function curlCall(command: ShellCommand): CurlCall | undefined {
  if (command.program !== 'curl') return undefined;
  const data = optionWords(command, '-d', '--data', '--data-raw', '--data-binary')[0];
  const plain = plainWords(command, WITH_VALUE).map(({ value }) => value);
  const said = option(command, '--url');
  const isHead = hasOption(command, '-I', '--head');
  const implied = data !== undefined || hasOption(command, '--json', '--form', '--data-urlencode') ? 'POST' : 'GET';
  return {
    urls: [...(said === undefined ? [] : [said]), ...plain],
    method: option(command, '-X', '--request') ?? (isHead ? 'HEAD' : implied),
    data,
    headers: headersOf(command),
    command,
  };
}

/** Every `-H`, not only the first. */
function headersOf({ words }: ShellCommand): CurlCall['headers'] {
  return words.flatMap(({ value }, index) => {
    const before = words[index - 1]?.value;
    const text = before === '-H' || before === '--header' ? value : (/^(?:-H|--header=)(.+)$/.exec(value)?.[1] ?? '');
    const colon = text.indexOf(':');
    return colon < 0 ? [] : [{ name: text.slice(0, colon).trim().toLowerCase(), value: text.slice(colon + 1).trim() }];
  });
}
