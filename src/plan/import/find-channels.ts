import type { Lines } from './lines.ts';
import { isOpenPlace, nameFor, type Reading } from './reading.ts';

type Kind = 'chat' | 'email' | 'pager' | 'phone' | 'status-page' | 'topic';

interface Found {
  readonly kind: Kind;
  readonly name: string;
  readonly address?: string;
  readonly domain?: string;
}

/** Ways to reach people and the public: chat, pagers, mailing lists, telephone conferences, status pages, topics. */
export function findChannels(reading: Reading, text: string): void {
  const usesChat = /\b(slack|discord|mattermost|teams channel|channel)\b/i.test(text);
  let inBlock = false;
  for (const [index, line] of text.split('\n').entries()) {
    const lines = { first: index + 1, last: index + 1 };
    if (/^\s*(```|~~~)/.test(line)) inBlock = !inBlock;
    const found = [
      ...(!inBlock && (usesChat || /\b(in|to|on|via) #[a-z]/.test(line)) ? chats(line) : []),
      ...pagers(line),
      ...mails(line),
      ...phones(line),
      ...pages(line),
      ...topics(line),
    ];
    for (const channel of found) keep(reading, channel, lines);
    if (found.length === 1 && isAll(line, found[0]?.address)) reading.use(lines);
  }
}

/** Whether a line says this address and nothing else: `- **Slack:** #incidents`. */
function isAll(line: string, address: string | undefined): boolean {
  if (address === undefined || line.includes('|')) return false;
  const [before = '', after = ''] = [
    line.slice(0, line.indexOf(address)),
    line.slice(line.indexOf(address) + address.length),
  ];
  return /^\W*[\w -]{2,30}(:|\*\*:|:\*\*)[\s*`<]*(slack\s*)?$/i.test(before) && /^[\s>*`\\]*$/.test(after);
}

function keep({ draft }: Reading, { kind, name, address, domain }: Found, lines: Lines): void {
  const same = draft.keys(['channels']).find((known) => {
    const node = draft.read(['channels', known, address === undefined ? 'kind' : 'address']);
    return node?.kind === 'value' && node.value === (address ?? kind) && (address !== undefined || known === name);
  });
  if (same !== undefined) return;
  const bare = draft.read(['channels', name]) && address !== undefined && !draft.read(['channels', name, 'address']);
  const at = ['channels', bare ? name : nameFor(name, draft.keys(['channels']))];
  draft.put([...at, 'kind'], kind, lines);
  if (address !== undefined) draft.put([...at, 'address'], address, lines);
  if (domain !== undefined && draft.read(['domains', domain])) draft.put([...at, 'domain'], domain, lines);
}

/** `#incidents`, not a heading, an anchor or a comment. */
const chats = (line: string): readonly Found[] =>
  [...line.matchAll(/(?<=[\s(*`"':,])#([a-z][a-z0-9_-]{2,40})(?![\w-]*\))/g)].map(([address, name = '']) => ({
    kind: 'chat',
    name,
    address,
    domain: 'slack',
  }));

function pagers(line: string): readonly Found[] {
  const [, service = ''] = /\b(pager ?duty|opsgenie|victorops|splunk on-call)\b/i.exec(line) ?? [];
  if (service === '' || /\[[^\]]*pagerduty[^\]]*\](?!\()/i.test(line)) return [];
  const name = service.toLowerCase().replaceAll(' ', '');
  const [address] = /https?:\/\/[\w.-]*(pagerduty|opsgenie)[\w./-]*/i.exec(line) ?? [];
  return [{ kind: 'pager', name, domain: name, ...(address === undefined ? {} : { address }) }];
}

const LIST =
  /(?<![\w.+-])((?:incidents?|on-?call|alerts?|ops|operations|devops|sre|security|team|dr|noc|help-?desk|customers|status|it|emergency|platform|infra|engineering|all)(?:[.-][\w-]+)*@[\w-]+(?:\.[\w-]+)+)/gi;

const mails = (line: string): readonly Found[] =>
  [...(line.includes('@') ? line.matchAll(LIST) : [])].map(([, address = '']) => ({
    kind: 'email',
    name: `${address.split('@')[0]}-mail`,
    address,
  }));

function phones(line: string): readonly Found[] {
  const [, what = '', address = ''] =
    /\b(conference bridge|bridge line|bridge|dial-?in|hotline|emergency line)\b[^+\d\n]{0,40}(\+?\d[\d\s().-]{6,}\d)/i.exec(
      line,
    ) ?? [];
  return what === '' || isOpenPlace(address)
    ? []
    : [{ kind: 'phone', name: what.toLowerCase(), address: address.trim() }];
}

function pages(line: string): readonly Found[] {
  const [address] =
    /https?:\/\/status\.[\w.-]+[\w/]/i.exec(line) ??
    (/status ?page/i.test(line) ? (/https?:\/\/[\w./-]+\w/i.exec(line) ?? []) : []);
  return address === undefined || /api\./.test(address) ? [] : [{ kind: 'status-page', name: 'status-page', address }];
}

const topics = (line: string): readonly Found[] =>
  [...line.matchAll(/arn:aws:sns:[\w-]*:\d*:([\w-]+)/g)].map(([address, name = '']) => ({
    kind: 'topic',
    name: `${name}-topic`,
    address,
  }));
