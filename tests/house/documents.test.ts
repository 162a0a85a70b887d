import { readdirSync } from 'node:fs';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { describe, expect, test } from 'vitest';
import type { AnyAction } from '../../src/actions/action.ts';
import { providers } from '../../src/providers/index.ts';
import { writeDocs } from '../../src/usecases/render-docs.ts';
import type { Services } from '../../src/usecases/services.ts';

const root = new URL('../../', import.meta.url).pathname;
const plans = readdirSync(`${root}examples`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => ['lifeboat.yaml', 'as-written.yaml'].map((file) => `examples/${name}/${file}`));
const actions = new Map<string, AnyAction>(
  providers.flatMap((provider) => provider.actions as readonly AnyAction[]).map((action) => [action.name, action]),
);

/** A document touches nothing but files, so these are all the services it may ask for. */
const services = (plan: string, more: Partial<Services> = {}): Services =>
  ({ cwd: root, env: () => undefined, chosen: { plan }, actions, ...more }) as Services;
const known = new Map<string, Promise<string>>();

/** Each document is written once, however many tests look at it. */
function documentOf(plan: string, format: string): Promise<string> {
  const document = known.get(`${plan} ${format}`) ?? writeDocument(plan, format);
  known.set(`${plan} ${format}`, document);
  return document;
}

const writeDocument = async (plan: string, format: string): Promise<string> =>
  (await writeDocs({ format }, services(plan))).document ?? '';

const all = (node: Nodes): readonly Nodes[] => [node, ...('children' in node ? node.children.flatMap(all) : [])];

/** What a person may follow from a document besides its own anchors. */
const REACHES_OUT = /^(tel:\+?\d+|mailto:[\w.+-]+@[\w.-]+|https?:\/\/\S+)$/;

test('there are five companies with two plans each', () => expect(plans.length).toBe(10));

describe.each(plans)('%s', (plan) => {
  test('as Markdown: every link leads somewhere, and nothing is markup but anchors', async () => {
    const text = await documentOf(plan, 'markdown');
    const nodes = all(fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }));
    const markup = nodes.flatMap((node) => (node.type === 'html' ? [node.value] : []));
    const ids = markup.flatMap((one) => [...one.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id));
    expect(markup.filter((one) => !/^(<a id="[a-z][a-z0-9_./-]*">|<\/a>)+$/.test(one))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const links = nodes.flatMap((node) => (node.type === 'link' ? [node.url] : []));
    const own = links.filter((url) => url.startsWith('#'));
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter((url) => !ids.includes(url.slice(1)))).toEqual([]);
    expect(links.filter((url) => !url.startsWith('#') && !REACHES_OUT.test(url))).toEqual([]);
    expect(nodes.filter(({ type }) => type === 'image' || type === 'definition')).toEqual([]);
  });

  test('as HTML: every link leads somewhere, and nothing is loaded from anywhere', async () => {
    const text = await documentOf(plan, 'html');
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...text.matchAll(/\shref="([^"]+)"/g)].map(([, url]) => url ?? '');
    const own = links.filter((url) => url.startsWith('#'));
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter((url) => !ids.includes(url.slice(1)))).toEqual([]);
    expect(links.filter((url) => !url.startsWith('#') && !REACHES_OUT.test(url.replaceAll('&amp;', '&')))).toEqual([]);
    const markup = [...text.replaceAll(/"[^"]*"/g, '""').matchAll(/<[a-z][^>]*>/gi)].join('\n');
    expect(markup).not.toMatch(/<(script|link|img|iframe|object|embed|audio|video|source|base|form)\b/i);
    expect(markup).not.toMatch(/\s(src|srcset|on\w+)\s*=/i);
    expect(text).not.toMatch(/url\(|@import|@font-face/i);
  });

  test('both say the same', async () => {
    const [markdown, html] = [await documentOf(plan, 'markdown'), await documentOf(plan, 'html')];
    const ids = (text: string) => [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids(html)).toEqual(ids(markdown));
  });

  test('nothing is left that only a program understands', async () => {
    // What `check` advises may well name an expression.
    const advice = /^- \*\*(error|warning)\*\*.*$/gm;
    const text = (await documentOf(plan, 'markdown')).replaceAll(advice, '');
    expect(text).not.toMatch(/\bundefined\b|\[object |\bNaN\b|\$\{\{/);
  });
});
