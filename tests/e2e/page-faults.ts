import type { Page } from 'playwright-core';

/*
 * What is asked inside of the browser. The rest of the repository knows no browser, so the little that is needed of one is said here.
 */
interface Seen {
  readonly id: string;
  readonly tagName: string;
  readonly className: string;
  readonly outerHTML: string;
  readonly innerText: string;
  readonly protocol: string;
  readonly parentElement: Seen | null;
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string | null }>;
  getAttribute(name: string): string | null;
  closest(selector: string): Seen | null;
  querySelector(selector: string): Seen | null;
  getBoundingClientRect(): { readonly top: number; readonly right: number; readonly width: number };
}
declare const document: {
  readonly body: Seen;
  readonly documentElement: { readonly lang: string; readonly scrollWidth: number; readonly clientWidth: number };
  getElementById(id: string): Seen | null;
  querySelectorAll(selector: string): Iterable<Seen> & { readonly length: number };
};
declare function getComputedStyle(one: Seen): {
  readonly position: string;
  readonly color: string;
  readonly backgroundColor: string;
  readonly display: string;
  readonly breakBefore: string;
};

/** What no reader should meet. */
export const faultsOf = (page: Page) =>
  page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    const links = [...document.querySelectorAll('a[href^="#"]')].map((one) => one.getAttribute('href')?.slice(1) ?? '');
    const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(({ tagName }) => Number(tagName[1]));
    const wide = [...document.querySelectorAll('main *')].filter((one) => {
      const { right, width } = one.getBoundingClientRect();
      return (
        width > 1 &&
        right > document.documentElement.clientWidth + 1 &&
        getComputedStyle(one.closest('thead') ?? one).position !== 'absolute'
      );
    });
    return {
      links: links.length,
      dead: links.filter((id) => document.getElementById(decodeURIComponent(id)) === null),
      twice: ids.filter((id, index) => ids.indexOf(id) !== index),
      skipped: levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1),
      titles: levels.filter((level) => level === 1).length,
      language: document.documentElement.lang,
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      wide: wide.map((one) => one.outerHTML.slice(0, 100)),
      scripts: document.querySelectorAll('script, img, iframe, link, object, embed').length,
    };
  });
export const NO_FAULTS = {
  dead: [],
  twice: [],
  skipped: [],
  titles: 1,
  language: 'en',
  sideways: 0,
  wide: [],
  scripts: 0,
};

/** Texts whose colour is too close to what is behind them (WCAG AA: 4.5 to 1). */
export const paleTexts = (page: Page) =>
  page.evaluate(() => {
    const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = channels(colour)
        .slice(0, 3)
        .map((value) => {
          const share = value / 255;
          return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    // Thousands of texts have the same few ancestors.
    const known = new Map<Seen, string>();
    const behind = (one: Seen | null): string => {
      if (!one) return 'rgb(255, 255, 255)';
      const found = known.get(one);
      if (found !== undefined) return found;
      const { backgroundColor } = getComputedStyle(one);
      const colour = channels(backgroundColor)[3] === 0 ? behind(one.parentElement) : backgroundColor;
      known.set(one, colour);
      return colour;
    };
    const pale = [...document.querySelectorAll('body *')].filter((one) => {
      if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim())) return false;
      const [a, b] = [luminance(getComputedStyle(one).color), luminance(behind(one))].sort((x, y) => y - x) as [
        number,
        number,
      ];
      return (a + 0.05) / (b + 0.05) < 4.5;
    });
    return [...new Set(pale.map((one) => `${one.tagName} ${one.className}`))];
  });

/** How far an element is from the top of the window. */
export const topOf = (page: Page, id: string) =>
  page.evaluate((wanted) => document.getElementById(wanted)?.getBoundingClientRect().top, id);

/** Commands as they would be copied: by what is laid out, and not by what stands in the file. */
export const commandsOf = (page: Page) =>
  // biome-ignore lint/performance/useDomNodeTextContent: what is laid out is what is copied
  page.evaluate(() => [...document.querySelectorAll('pre code')].map((one) => one.innerText));

// biome-ignore lint/performance/useDomNodeTextContent: only what is shown counts
export const textOf = (page: Page) => page.evaluate(() => document.body.innerText);

/** Where links lead, by their schemes. */
export const schemesOf = (page: Page) =>
  page.evaluate(() => [...new Set([...document.querySelectorAll('a')].map((one) => one.protocol))].sort());

/** How scenarios and steps are laid out on paper. */
export const onPaper = (page: Page) =>
  page.evaluate(() => ({
    breaks: [...document.querySelectorAll('section[id^="scenario."].page')].map(
      (one) => getComputedStyle(one).breakBefore,
    ),
    steps: document.querySelectorAll('.steps > li').length,
    unsigned: [...document.querySelectorAll('.steps > li .sign')].filter(
      (one) => getComputedStyle(one).display === 'none',
    ).length,
    background: getComputedStyle(document.body).backgroundColor,
  }));
