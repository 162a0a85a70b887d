import type { CodeBlock } from './blocks.ts';
import { type FoundStep, type Heading, remarkOf, withNote } from './found-step.ts';
import { splitCommand } from './split-command.ts';
import { titleAndTime } from './title-and-time.ts';

/** Steps of a block of code: one, or one for each of its numbered parts or ways. */
export function stepsOfCode(code: CodeBlock, heading: Heading | undefined, first: boolean): readonly FoundStep[] {
  const parts = splitCommand(code, heading?.option === undefined);
  const only = parts.length === 1;
  const steps = parts.map((part): FoundStep => {
    const expect = part.expect ?? (first && (only || part.way !== undefined) ? heading?.expect : undefined);
    const option = part.way === undefined ? heading?.option : { label: part.way, of: -code.lines.first };
    return {
      title: part.title ?? titleFor(heading, code, only),
      lines: part.lines,
      does: doesOf(code, part.text),
      covers: [code.lines],
      ...(expect === undefined ? {} : { expect }),
      ...(option ? { option } : {}),
      ...(part.repeated === undefined ? {} : { note: { text: repeatedText(part.repeated), lines: part.lines } }),
    };
  });
  return !only && first ? withNote(steps, remarkOf(heading)) : steps;
}

const repeatedText = (count: number): string =>
  count === 1
    ? 'The first line stands further up in the block and is repeated, so that the step runs by itself.'
    : `The first ${count} lines stand further up in the block and are repeated, so that the step runs by itself.`;

const titleFor = (heading: Heading | undefined, { text, language }: CodeBlock, only: boolean): string => {
  if (heading && !heading.generic) return heading.title;
  const comments = text.split('\n').filter((line) => COMMENT.test(line));
  const [, comment] = COMMENT.exec(text.split('\n', 1)[0] ?? '') ?? [];
  const speaksForAll = comment !== undefined && (comments.length === 1 || !only || !/^\d/.test(comment));
  return speaksForAll
    ? titleAndTime(comment.replace(/^\d+[.)]\s*/, '')).title
    : (heading?.title ?? `Run ${language || 'the command'}`);
};

const COMMENT = /^\s*(?:#|--)\s*([^\s#!-].*)$/;

const SHELL = new Set([
  'bash',
  'sh',
  'shell',
  'zsh',
  'ksh',
  'shellscript',
  'console',
  'shell-session',
  'terminal',
  'shellsession',
]);
const COMMAND =
  /^\s*(\$ )?(sudo |[A-Z_]+=\S+ )*(aws|kubectl|oc|psql|pg_\w+|createdb|dropdb|docker(-compose)?|podman|terraform|terragrunt|tofu|pulumi|curl|wget|ssh|git|gh|npm|npx|yarn|pnpm|python3?|node|helm|velero|redis-cli|vercel|netlify|gcloud|gsutil|bq|az|azcopy|systemctl|service|journalctl|dig|nslookup|host|cd|export|echo|cat|tar|rsync|rclone|restic|scp|sftp|make|mysql\w*|mongo\w*|etcdctl|etcdutl|flux|argocd|eksctl|kops|kubeadm|patronictl|pgbackrest|wal-g|barman|vault|consul|nomad|influx|clickhouse\S*|kafka\S*|rabbitmqctl|nodetool|cqlsh|\.\/|bash|sh|\.?\.?\/\S+\.sh|ls|cp|mv|rm|ping|telnet|nc|openssl|heroku|fly|flyctl|doctl|ansible\S*|supabase|wrangler|gunzip|gzip|watch|sleep|df|du|ps|kill|iptables|ip|mount|umount|lvs|zfs|zpool|ceph|virsh|crm|pcs|drbdadm|sqlcmd|rman|sqlplus)(\s|$)/m;

/** Whether a block is for a shell: it says so, or says nothing and begins like a command. */
export function isShell({ language, text }: Pick<CodeBlock, 'language' | 'text'>): boolean {
  if (SHELL.has(language)) return true;
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.trim().startsWith('#')) ?? '';
  return language === '' && COMMAND.test(first);
}

/** What is drawn with lines and arrows tells how things hang together; nobody can do it. */
export const isDrawing = ({ language, text }: CodeBlock): boolean =>
  /^(|text|txt|plain\w*|ascii|mermaid|plantuml|dot)$/.test(language) &&
  (/[├└│┌┐┘┬┴┼─▼▲►◄↓↑⇓]/.test(text) ||
    language === 'mermaid' ||
    language === 'plantuml' ||
    /^\s*[|v^]\s*$/m.test(text));

function doesOf(code: CodeBlock, text: string): FoundStep['does'] {
  const isComment = text.split('\n').every((line) => /^\s*(#|$)/.test(line));
  if (isShell(code) && /^\s*[$#>] \S/m.test(text) && /^\s*\$ /m.test(text)) return typedAtPrompt(text);
  if (isShell(code)) return isComment && !text.startsWith('#!') ? { instruction: text } : { command: text };
  if (/^(sql|pgsql|psql|postgres\w*)$/.test(code.language) && SQL.test(withoutComments(text)))
    return { command: sqlCommand(text) };
  return { instruction: text };
}

/** What was typed at a prompt, when the block shows nothing else; a transcript with answers is for a person to follow. */
function typedAtPrompt(text: string): FoundStep['does'] {
  const lines = text.split('\n');
  const isTyped = lines.every(
    (line, n) => /^\s*\$ /.test(line) || line.trim() === '' || /\\\s*$/.test(lines[n - 1] ?? ''),
  );
  return isTyped
    ? { command: lines.map((line) => line.replace(/^\s*\$ /, '')).join('\n'), written: text }
    : { instruction: text };
}

/** Documents mark other query languages as SQL, too. */
const SQL =
  /^\s*(select|insert|update|delete|create|alter|drop|with|begin|start|grant|revoke|\\|set|show|explain|analy[sz]e|vacuum|truncate|copy|call|do|reindex|cluster|lock|reset|checkpoint|comment|refresh|terminate|--|$)/i;

const withoutComments = (sql: string): string =>
  sql
    .replaceAll(/^\s*--.*$/gm, '')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .trim();

/** SQL runs in the database the environment names (PGHOST, PGDATABASE …), and stops at its first error. */
function sqlCommand(text: string): string {
  const end =
    ['SQL', 'END_OF_SQL', 'END_OF_THIS_SQL'].find((word) => !text.split('\n').includes(word)) ?? 'END_OF_ALL_SQL';
  return `psql -v ON_ERROR_STOP=1 <<'${end}'\n${text}\n${end}`;
}
