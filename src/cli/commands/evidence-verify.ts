import { ERRORS, type ErrorRecord } from '../../model/errors.ts';
import { verifyFile } from '../../usecases/verify-evidence.ts';
import { defineCommand, needed, text } from '../define-command.ts';

export const evidenceVerifyCommand = defineCommand({
  name: 'evidence verify',
  summary: 'Verify evidence offline, with nothing but the file.',
  details:
    'Without --key it is proven that nothing was changed since it was sealed; with --key also that it was sealed by that key.',
  examples: ['lifeboat evidence verify evidence.ndjson', 'lifeboat evidence verify evidence.ndjson --key FINGERPRINT'],
  args: { file: needed('The evidence.') },
  flags: { key: text('FINGERPRINT', 'The key it must be sealed with.') },
  fails: ['USAGE', 'EVIDENCE_INVALID'],
  async run({ file, key }, services) {
    const result = await verifyFile({ file, ...(key === undefined ? {} : { key }) }, services);
    return result.whole ? result : { ...result, error: notWhole(result) };
  },
  print: (result, paint) =>
    result.whole
      ? `${paint.good('✔')} Whole: ${result.events} events of ${result.run}, sealed by ${result.signedBy}`
      : `${paint.bad('✘')} Not whole: line ${result.line}: ${result.why}\n  → ${result.error.hint}`,
  exit: ({ whole }) => (whole ? 0 : ERRORS.EVIDENCE_INVALID.exit),
});

/** The same shape as every other failure has with --json. */
const notWhole = ({ file, line, why }: { file: string; line: number; why: string }): ErrorRecord => ({
  code: 'EVIDENCE_INVALID',
  message: `${file} is not whole: line ${line}: ${why}`,
  hint: 'Do not rely on it. Export it again from the state folder: lifeboat evidence export RUN',
});
