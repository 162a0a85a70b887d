import { Damage, type Progress, Unpacking, type UnpackPlace } from './unpack-files.ts';

/** What is asked of an unpacking, in this order; as data, so that it can be asked of a thread. */
export type UnpackCall =
  | { readonly do: 'open'; readonly place: UnpackPlace }
  | { readonly do: 'begin'; readonly tablespace: string | undefined }
  | { readonly do: 'take'; readonly bytes: Uint8Array; readonly passed: number }
  | { readonly do: 'end' }
  | { readonly do: 'require all' }
  | { readonly do: 'abandon' };

/** Damage is an answer, since an error that goes from a thread to another loses what it is. */
export type UnpackAnswer = Progress | { readonly damage: string; readonly why: string };

const NOTHING: Progress = { inPlace: 0, notNeeded: 0 };

export type Unpacker = (call: UnpackCall) => Promise<UnpackAnswer>;

/** One unpacking, behind its calls. */
export function unpacker(): Unpacker {
  let unpacking: Unpacking | undefined;
  return async (call) => {
    try {
      if (call.do === 'open') unpacking = new Unpacking(call.place);
      return await answer(unpacking as Unpacking, call);
    } catch (error) {
      if (error instanceof Damage) return { damage: error.path, why: error.why };
      throw error;
    }
  };
}

async function answer(unpacking: Unpacking, call: UnpackCall): Promise<Progress> {
  if (call.do === 'take') return unpacking.take(call.bytes, call.passed);
  if (call.do === 'begin') unpacking.beginPart(call.tablespace);
  if (call.do === 'end') unpacking.endPart();
  if (call.do === 'require all') unpacking.requireAll();
  if (call.do === 'abandon') unpacking.abandon();
  return NOTHING;
}
