import { answerCalls } from '../lib/thread.ts';
import { type UnsealJob, unsealNow } from './unseal-job.ts';

/* A thread that opens sealed objects. The plain bytes go over to whoever asked, without being copied. */
answerCalls((job: UnsealJob) => {
  const unsealed = unsealNow(job);
  // Given back at once, and not when memory happens to be looked through: objects come faster than that.
  (job.sealed.buffer as ArrayBuffer).transfer(0);
  return 'plain' in unsealed
    ? { answer: unsealed, transfer: [unsealed.plain.buffer as ArrayBuffer] }
    : { answer: unsealed };
});
