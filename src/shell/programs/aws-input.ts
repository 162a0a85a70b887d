import type { ShellScript, ShellWord } from '../script.ts';
import type { AwsCall } from './aws.ts';

/** The structure that an option of `aws` is given. */
export interface AwsInput {
  /** As JSON, or as what the short form `Status=Enabled,MFADelete=Enabled` stands for. */
  readonly value: unknown;
  /** Where its text begins in the shell text. */
  readonly at: number;
  /** Its text as it stands there. */
  readonly text: string;
}

/**
 * What an option is given when it can be known: JSON or the short form in the command, or a file that the same script writes by a
 * here-document. Undefined for anything that is worked out when it runs, or cannot be read.
 */
export function awsInput(call: AwsCall, name: string, script: ShellScript): AwsInput | undefined {
  const word = call.all(name)[0];
  if (!word) return undefined;
  const file = /^file(b)?:\/\/(.+)$/.exec(word.value)?.[2];
  if (file !== undefined) return word.isLiteral ? writtenBefore(call, file, script) : undefined;
  if (/^\s*[[{]/.test(word.value))
    return parsed(word.value, word.at + word.text.indexOf(word.value.trimStart()[0] ?? ''));
  return call.all(name).length === 1 && /^[A-Za-z]\w*=[^=]*$/.test(word.value.split(',')[0] ?? '')
    ? short(word)
    : undefined;
}

function writtenBefore(call: AwsCall, file: string, script: ShellScript): AwsInput | undefined {
  const writer = script.commands.findLast(
    ({ program, at, redirects }) =>
      at < call.command.at &&
      program === 'cat' &&
      redirects.some((one) => one.target?.value === file && one.operator === '>'),
  );
  const body = writer?.redirects.find((one) => one.body !== undefined)?.body;
  if (!writer || body === undefined) return undefined;
  return parsed(body, script.text.indexOf(body, writer.at));
}

function parsed(text: string, at: number): AwsInput | undefined {
  try {
    return { value: JSON.parse(text), at, text };
  } catch {
    return undefined;
  }
}

/** Only flat ones: `Status=Enabled,MFADelete=Enabled`. */
function short({ value, at }: ShellWord): AwsInput | undefined {
  const pairs = value.split(',').map((one) => one.split('='));
  if (pairs.some((pair) => pair.length !== 2 || /[[{]/.test(pair.join('')))) return undefined;
  return { value: Object.fromEntries(pairs), at, text: value };
}
