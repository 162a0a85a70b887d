import { heardBytes } from '../lib/spoken-code.ts';
import { approvalKeyOf, CODE_BYTES, isVerified, openCode, type SignedYes } from '../model/approval-code.ts';
import { KnownError } from '../model/errors.ts';
import type { RunState } from '../model/run-state.ts';
import type { Asked } from './approvers.ts';

interface Expecting {
  readonly state: RunState;
  readonly asked: Asked;
  readonly now: Date;
  /** Whose code it is said to be. */
  readonly by?: string;
}

/** Whose yes a code is, after all that can be wrong with it. Throws APPROVAL_INVALID or APPROVAL_EXPIRED. */
export function readCode(
  text: string,
  yes: Omit<SignedYes, 'person'>,
  { state, asked, now, by }: Expecting,
): { readonly by: string; readonly signature: string } {
  const heard = heardBytes(text, CODE_BYTES);
  if (heard.bytes === undefined)
    throw invalid(`the code was not understood: ${heard.wrong}`, 'Ask for that line again.');
  const code = openCode(heard.bytes);
  const anew = `Show them what is asked now: lifeboat approve ${yes.run} ${yes.step} --request`;
  const person = whose((name) => code.fits('person', name), state, by);
  if (!code.fits('run', yes.run)) throw invalid(`the code is for another run than ${yes.run}`, anew);
  if (!code.fits('step', yes.step)) throw invalid(`the code is for another step than ${yes.step}`, anew);
  if (!code.fits('hash', yes.hash))
    throw invalid(`the code is for something else than what ${yes.step} would do now`, anew);
  if (asked.expiresAt !== undefined && now.toISOString() > asked.expiresAt)
    throw new KnownError('APPROVAL_EXPIRED', `the question expired at ${asked.expiresAt}`, anew);
  const signer = person.find((name) => isVerified({ ...yes, person: name }, code.signature, state.origin));
  if (signer) return { by: signer, signature: code.signature };
  throw invalid(
    `the code was not signed with the key of ${person.join(' or ')} that is in the plan`,
    `It may be another key, or another environment than ${state.origin.environment}. ${anew}`,
  );
}

/** People whose code it can be. */
function whose(fits: (name: string) => boolean, state: RunState, by: string | undefined): readonly string[] {
  const people = Object.keys((state.origin.plan.people ?? {}) as object);
  const withKey = people.filter((name) => approvalKeyOf(state.origin, name) !== undefined);
  if (by !== undefined && people.includes(by) && !withKey.includes(by))
    throw invalid(`the plan of this run says no approval_key for ${by}`, 'Only who has one can approve by a code.');
  const found = withKey.filter(fits);
  if (found.length === 0)
    throw invalid(
      'the code is of nobody whose approval_key is in the plan of this run',
      `There are keys of: ${withKey.join(', ') || 'nobody'}.`,
    );
  if (by !== undefined && !found.includes(by))
    throw invalid(`the code is of ${found.join(' or ')}, not of ${by}`, `Say so: --by ${found[0]}`);
  return by === undefined ? found : [by];
}

const invalid = (message: string, hint: string): KnownError => new KnownError('APPROVAL_INVALID', message, hint);
