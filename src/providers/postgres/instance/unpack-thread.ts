import { answerCalls } from '../../../lib/thread.ts';
import { type UnpackCall, unpacker } from './unpack-calls.ts';

/* A thread that writes the files of a base backup, so that nothing else waits for the disk. */
const unpack = unpacker();
answerCalls(async (call: UnpackCall) => {
  const answer = await unpack(call);
  // Given back at once, and not when memory happens to be looked through: objects come faster than that.
  if (call.do === 'take') (call.bytes.buffer as ArrayBuffer).transfer(0);
  return { answer };
});
