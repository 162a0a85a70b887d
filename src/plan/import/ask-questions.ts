import { allBlocks, allSections } from './blocks.ts';
import { isOpenPlace, type Reading } from './reading.ts';

/** What the document leaves open, beyond what its readers stumbled over. */
export function askQuestions(reading: Reading, text: string): void {
  askAboutPlaceholders(reading, text);
  askAboutRoles(reading);
  askAboutScripts(reading, text);
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
  const empty = draft.keys(['roles']).filter((name) => draft.count(['roles', name, 'people']) === 0);
  for (const name of empty) {
    const title = draft.read(['roles', name, 'title']);
    const [said, from] = title?.kind === 'value' ? [title.value, title.from] : [name, undefined];
    ask(`Who is "${said}"? The role has no people.`, from);
  }
}

const SCRIPT =
  /(?<![\w:/.-])(?:\.\/)?((?:[\w.-]+\/)*[\w.-]+\.(?:sh|sql|py|rb|ps1|js|ts|json|ya?ml|tf|tfvars|env))\b(?![\w/])/g;
/** Files everybody has are no scripts of this plan. */
const NOT_OURS = /^(package(-lock)?\.json|node\.js|next\.js|vue\.js|docker-compose\.ya?ml)$/i;

/** Scripts and files that are named; those whose text the document does not hold are asked for. */
function askAboutScripts({ root, draft, ask }: Reading, text: string): void {
  const bodies = allSections(root).flatMap(({ title, blocks }) =>
    blocks.flatMap(allBlocks).map((block, index, all) => ({ block, before: all[index - 1], title })),
  );
  const seen = new Set<string>();
  for (const [index, line] of text.split('\n').entries())
    for (const [, path = ''] of line.matchAll(SCRIPT)) {
      if (seen.has(path) || NOT_OURS.test(path) || /https?:\/\/\S*$/.test(line.slice(0, line.indexOf(path)))) continue;
      seen.add(path);
      const from = { first: index + 1, last: index + 1 };
      draft.put(['files', path, 'title'], `Named in the document as ${path}`, from);
      draft.put(['files', path, 'content'], 'unknown');
      const name = path.replace(/^.*\//, '');
      const shown = bodies.some(
        ({ block, before, title }) =>
          block.kind === 'code' &&
          (title.includes(name) ||
            block.text.split('\n', 3).some((head) => /^(#|--|\/\/)/.test(head) && head.includes(name)) ||
            (before?.kind === 'text' && before.text.includes(name))),
      );
      if (!shown) ask(`What is in ${path}? The document relies on it and does not show it.`, from);
    }
}

function askAboutCopies({ draft, ask }: Reading): void {
  const names = draft.keys(['components']).filter((name) => draft.count(['components', name, 'backups']) > 0);
  if (names.length > 0)
    ask(
      `In which account and region do the copies of ${names.join(', ')} live? Name them as \`domains\` and in \`copies\`.`,
    );
  const without = draft.keys(['components']).filter((name) => draft.count(['components', name, 'backups']) === 0);
  if (without.length > 0) ask(`How are copies of ${without.join(', ')} made? The document does not say.`);
}

function askAboutLosses({ draft, ask }: Reading): void {
  const without = draft.keys(['scenarios']).filter((name) => draft.count(['scenarios', name, 'loses']) === 0);
  if (without.length > 0) ask(`Which components are lost in ${without.join(', ')}?`);
}
