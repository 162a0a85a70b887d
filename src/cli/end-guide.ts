import { type CancelResult, cancel } from '../usecases/cancel.ts';
import type { EndLook } from '../usecases/end.ts';
import type { Services } from '../usecases/services.ts';
import type { Paint, Screen } from './screen.ts';

/** What ending a run would mean. */
export function endText(
  { run, scenario, environment, changed, owed, commands, healthy, command }: EndLook,
  paint: Paint,
): string {
  return [
    paint.bold(`${run} (${scenario}, ${environment}) would end for good, as canceled.`),
    healthy ? '  The service is healthy again.' : paint.warn('  The service is not healthy yet.'),
    changed.length > 0
      ? `  Nothing is taken back. What these steps did stays: ${changed.join(', ')}`
      : '  It has changed nothing so far.',
    ...owed.map((what) => paint.warn(`  This would stay, and nobody puts it back any more: ${what}`)),
    ...(commands.length > 0 ? ['', 'To put that back first:', ...commands.map((one) => `  ${one}`)] : []),
    '',
    'To end it from any terminal:',
    `  ${command}`,
  ].join('\n');
}

/** Asks for a reason and for the word that ends it. Undefined when the person changes his mind. */
export async function askToEnd(look: EndLook, screen: Screen, services: Services): Promise<CancelResult | undefined> {
  const reason = (await screen.ask?.('  Why is it ended? (nothing: leave it) ', screen.signal))?.trim();
  if (!reason) return undefined;
  const word = look.owed.length > 0 ? 'leave' : 'end';
  const typed = (await screen.ask?.(`  Type ${word} to end ${look.run}: `, screen.signal))?.trim();
  if (typed !== word) return undefined;
  return cancel({ run: look.run, reason, leave: look.owed.length > 0 }, services);
}
