import type { AwsCall } from '../../shell/programs/aws.ts';
import type { ShellScript, ShellWord } from '../../shell/script.ts';
import type { PlacedCommand } from './acts.ts';
import type { Sequence } from './sequences.ts';

/** A call of the AWS command line in its place. */
export type PlacedCall = PlacedCommand & { readonly aws: AwsCall };

/** The calls of AWS in order, as `service operation`: `rds delete-db-instance`. */
export const callsOf = ({ commands }: Sequence, ...names: readonly string[]): readonly PlacedCall[] =>
  commands.filter(
    (one): one is PlacedCall => one.aws !== undefined && (names.length === 0 || names.includes(callName(one.aws))),
  );

/** `rds delete-db-instance`; a waiter with its name: `rds wait db-instance-available`. */
export const callName = ({ service, operation, plain }: AwsCall): string =>
  operation === 'wait' ? `${service} wait ${plain[0]?.value ?? ''}` : `${service} ${operation}`;

/** The value of an option when it is known before it runs: neither worked out nor a blank that somebody fills in. */
export function fixedValue({ aws, script }: PlacedCall, ...names: readonly string[]): string | undefined {
  const word = names.flatMap((name) => aws.all(name)[0] ?? [])[0];
  return word && isFixed(word, script) ? word.value : undefined;
}

const isFixed = ({ isLiteral, at, text }: ShellWord, script: ShellScript): boolean =>
  isLiteral && script.text.startsWith(text, at);

/** Whether two names may mean the same thing: they are written alike, or one of them is only known when it runs. */
export function mayBeSame(
  one: PlacedCall,
  names: readonly string[],
  other: PlacedCall,
  others: readonly string[],
): boolean {
  const [a, b] = [writtenAs(one, names), writtenAs(other, others)];
  return (
    a === undefined ||
    b === undefined ||
    a === b ||
    fixedValue(one, ...names) === undefined ||
    fixedValue(other, ...others) === undefined
  );
}

/** Whether two names are written alike, e.g. both `shop-$(date +%F)`. */
export function isSame(
  one: PlacedCall,
  names: readonly string[],
  other: PlacedCall,
  others: readonly string[],
): boolean {
  const a = writtenAs(one, names);
  return a !== undefined && a === writtenAs(other, others);
}

const writtenAs = ({ aws }: PlacedCall, names: readonly string[]): string | undefined =>
  names.flatMap((name) => aws.get(name) ?? [])[0];
