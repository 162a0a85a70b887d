import { answerCalls } from './thread.ts';

/* A thread for tests: it answers, throws as a file system does, keeps silent, or ends. */
answerCalls(async (say: { answer?: unknown; code?: string; end?: boolean; never?: boolean }) => {
  if (say.end) process.exit(3);
  if (say.never) await new Promise(() => undefined);
  if (say.code !== undefined) throw Object.assign(new Error(`no: ${say.code}`), { code: say.code, path: '/there' });
  return { answer: say.answer };
});
