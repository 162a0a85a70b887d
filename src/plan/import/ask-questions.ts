import { isOpenPlace, type Reading } from './reading.ts';

/** What the document leaves open, beyond what its readers stumbled over. */
export function askQuestions(reading: Reading, text: string): void {
  askAboutPlaceholders(reading, text);
  askAboutRoles(reading);
  askAboutMissingSteps(reading);
  askAboutCopies(reading);
  askAboutLosses(reading);
}

function askAboutPlaceholders({ ask, questions }: Reading, text: string): void {
  const asked = new Set(questions.flatMap(({ from }) => (from && from.first === from.last ? [from.first] : [])));
  for (const [index, line] of text.split('\n').entries()) {
    const lines = { first: index + 1, last: index + 1 };
    if (!asked.has(lines.first) && isOpenPlace(line.trim()))
      ask(`What belongs here? ${line.trim().slice(0, 120)}`, lines);
  }
}

function askAboutRoles({ draft, ask }: Reading): void {
  const empty = draft
    .keys(['roles'])
    .filter((name) => draft.count(['roles', name, 'people']) === 0 && !draft.read(['roles', name, 'on_call']));
  for (const name of empty) {
    const title = draft.read(['roles', name, 'title']);
    const [said, from] = title?.kind === 'value' ? [title.value, title.from] : [name, undefined];
    ask(`Who is "${said}"? The role has no people.`, from);
  }
}

function askAboutMissingSteps({ draft, ask, questions }: Reading): void {
  for (const name of draft.keys(['scenarios'])) {
    const title = draft.read(['scenarios', name, 'title']);
    if (draft.count(['scenarios', name, 'steps']) > 0 || title?.kind !== 'value') continue;
    const isAsked = questions.some(
      ({ from, text }) => from?.first === title.from?.first && text.includes('has no procedure'),
    );
    if (!isAsked) ask(`"${title.value}" has no steps. How is it done?`, title.from);
  }
}

function askAboutCopies({ draft, ask }: Reading): void {
  const names = draft.keys(['components']).filter((name) => {
    const policies = Array.from({ length: draft.count(['components', name, 'backups']) }, (_, index) => index);
    return policies.some((index) => draft.count(['components', name, 'backups', index, 'copies']) === 0);
  });
  if (names.length > 0)
    ask(
      `In which account and region do all copies of ${names.join(', ')} live? Name them as \`domains\` and in \`copies\`.`,
    );
  const without = draft.keys(['components']).filter((name) => draft.count(['components', name, 'backups']) === 0);
  if (without.length > 0) ask(`How are copies of ${without.join(', ')} made? The document does not say.`);
}

function askAboutLosses({ draft, ask }: Reading): void {
  const without = draft
    .keys(['scenarios'])
    .filter(
      (name) => draft.count(['scenarios', name, 'loses']) + draft.count(['scenarios', name, 'loses_domains']) === 0,
    );
  if (without.length > 0) ask(`Which components are lost in ${without.join(', ')}?`);
}
