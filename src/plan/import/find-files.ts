import { allBlocks, allSections, plain } from './blocks.ts';
import type { Lines } from './lines.ts';
import { pairsIn } from './pairs.ts';
import type { Reading } from './reading.ts';

const FILE =
  /(?<![\w:/.$}@-])(?:\.\/)?((?:[\w.-]+\/)*[\w.-]*\w\.(?:sh|bash|sql|py|rb|pl|ps1|js|ts|json|ya?ml|tf|tfvars|env|cfg|ini|toml))\b(?![\w/]|\.\w)/g;

/** Files everybody has, files a command makes, copies named by their day: none of them is a script of this plan. */
const NOT_OURS =
  /^(package(-lock)?\.json|\w+\.js|docker-compose\.ya?ml|compose\.ya?ml|manage\.py|kubeconfig\.ya?ml|values\.ya?ml)$|\d{8}|^tmp\/|(^|\/)(data|dump|backup|output|result)\.(sql|json)$/i;

/** Scripts and files the plan relies on; those whose text the document does not hold are asked for. */
export function findFiles(reading: Reading, text: string): void {
  const { draft, ask } = reading;
  readList(reading);
  const seen = new Set<string>();
  for (const { path, from } of named(text)) {
    if (seen.has(path)) continue;
    seen.add(path);
    const known = draft.keys(['files']).find((name) => sameFile(name, path));
    if (known !== undefined) continue;
    draft.put(['files', path, 'title'], `Named in the document as ${path}`, from);
    draft.put(['files', path, 'content'], 'unknown');
    if (!isShown(reading, path)) ask(`What is in ${path}? The document relies on it and does not show it.`, from);
  }
}

/** `failover.sh` is `scripts/failover.sh` when only one of both has a folder. */
const sameFile = (a: string, b: string): boolean =>
  a === b || a.endsWith(`/${b}`) || (b.endsWith(`/${a}`) && !a.includes('/'));

function named(text: string): readonly { readonly path: string; readonly from: Lines }[] {
  const found = text.split('\n').flatMap((line, index) => {
    const bare = line.replaceAll(/\b[a-z][\w+.-]*:\/\/\S+/gi, (address) =>
      address.startsWith('file://') ? address.slice(7) : ' ',
    );
    const written = new Set([...bare.matchAll(/>{1,2}\s*(\S+)/g)].map(([, path]) => (path ?? '').replace(/^\//, '')));
    return [...bare.matchAll(FILE)]
      .map(([, path = '']) => path)
      .filter((path) => !NOT_OURS.test(path) && !written.has(path))
      .map((path) => ({ path, from: { first: index + 1, last: index + 1 } }));
  });
  // The longest way to a file comes first, so that its bare name is found to be the same.
  return found.toSorted(
    (a, b) => Number(b.path.includes('/')) - Number(a.path.includes('/')) || a.from.first - b.from.first,
  );
}

/** `restore.sh - puts the database back`: a list of scripts says what each is for. */
function readList({ root, draft, use, ask }: Reading): void {
  for (const { blocks } of allSections(root))
    for (const block of blocks.filter(({ kind }) => kind === 'list'))
      for (const { key, value, lines, whole } of pairsIn(block)) {
        const [path] = [...key.matchAll(FILE)].map(([, found]) => found);
        if (path === undefined || key.replace(/^\.\//, '') !== path || value === '' || NOT_OURS.test(path)) continue;
        draft.put(['files', path, 'title'], plain(value), lines);
        draft.put(['files', path, 'content'], 'unknown');
        ask(`What is in ${path}? The document relies on it and does not show it.`, lines);
        if (whole) use(lines);
      }
}

/** Whether the document holds the text of a file: under its name, or with its name in the first lines. */
function isShown({ root }: Reading, path: string): boolean {
  const name = path.replace(/^.*\//, '');
  return allSections(root).some(({ title, blocks }) =>
    blocks.flatMap(allBlocks).some((block, index, all) => {
      const before = all[index - 1];
      return (
        block.kind === 'code' &&
        (title.includes(name) ||
          block.text.split('\n', 3).some((head) => /^(#|--|\/\/)/.test(head) && head.includes(name)) ||
          (before?.kind === 'text' && before.text.includes(name)))
      );
    }),
  );
}
