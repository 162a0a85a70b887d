import { ERRORS } from '../../model/errors.ts';
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
  run: ({ file, key }, services) => verifyFile({ file, ...(key === undefined ? {} : { key }) }, services),
  print: (result, paint) =>
    result.whole
      ? `${paint.good('✔')} Whole: ${result.events} events of ${result.run}, sealed by ${result.signedBy}`
      : `${paint.bad('✘')} Not whole: line ${result.line}: ${result.why}`,
  exit: ({ whole }) => (whole ? 0 : ERRORS.EVIDENCE_INVALID.exit),
});
