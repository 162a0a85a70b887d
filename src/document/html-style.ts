/** The look of the document: quiet, at home on a phone, at night and on paper, and clear without colour. */
export const DOCUMENT_STYLE = `
:root { --ink: #1b2027; --soft: #56606b; --line: #d5dbe1; --page: #fff; --card: #f5f7f9; --link: #0b57a4;
  --good: #17692e; --bad: #b00d1a; --open: #7a4e00; --blank: #fff3c4; --blank-ink: #5c4300; }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; --ink: #e4e8ec; --soft: #a1acb7; --line: #363e47;
  --page: #13171c; --card: #1c2229; --link: #86bdf5; --good: #5fce7e; --bad: #ff8a83; --open: #e8b54c; --blank: #4a3c0a; --blank-ink: #ffe08a; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: .75rem; }
body { margin: 0 auto; padding: 2rem 1.1rem 5rem; max-width: 50rem; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; text-wrap: balance; margin: 0; font-weight: 650; }
h1 { font-size: 1.95rem; letter-spacing: -.015em; margin-bottom: .5rem; }
h2 { font-size: 1.5rem; letter-spacing: -.01em; margin: 4rem 0 .8rem; padding-top: .7rem; border-top: .2rem solid var(--ink); }
h3 { font-size: 1.2rem; margin: 2.6rem 0 .6rem; }
h4 { font-size: 1rem; margin: 1.9rem 0 .45rem; }
section section.page > h3 { font-size: 1.35rem; margin-top: 3.4rem; padding-top: .6rem; border-top: 1px solid var(--ink); }
p { margin: .45rem 0; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: .06em; }
a[href^="tel:"] { white-space: nowrap; font-variant-numeric: tabular-nums; }
.soft { color: var(--soft); }
.tag { font-weight: 650; } .tag.good { color: var(--good); } .tag.bad { color: var(--bad); } .tag.open { color: var(--open); }
.up { font-size: .85rem; font-weight: 400; margin-left: .6rem; white-space: nowrap; letter-spacing: 0; }
ul, ol { margin: .45rem 0; padding-left: 1.35rem; } li { margin: .22rem 0; }
nav ul { list-style: none; padding: 0; } nav ul ul { padding-left: 1.1rem; columns: 19rem; column-gap: 2rem; } nav li { break-inside: avoid; }
nav a { display: inline-block; padding: .18rem 0; text-decoration: none; } nav a:hover { text-decoration: underline; }
.tree, .tree ul { list-style: none; padding-left: 0; margin: .3rem 0; }
.tree ul { margin: 0 0 .3rem .35rem; }
.tree ul > li { position: relative; margin: 0; padding: .17rem 0 .17rem 1.35rem; border-left: 1px solid var(--soft); }
.tree ul > li:last-child { border-left-color: transparent; }
.tree ul > li::before { content: ""; position: absolute; left: -1px; top: 0; width: 1rem; height: .98rem; border: solid var(--soft); border-width: 0 0 1px 1px; }
.tree > li { margin: .8rem 0; }
dl { display: grid; grid-template-columns: minmax(6.5rem, max-content) 1fr; gap: .2rem 1.1rem; margin: .5rem 0; }
dt { color: var(--soft); max-width: 13rem; } dd { margin: 0; min-width: 0; }
table { width: 100%; border-collapse: collapse; margin: .6rem 0; font-size: .95rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 400; color: var(--soft); vertical-align: bottom; }
th, td { padding: .36rem .9rem .36rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; } td { vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
code, pre { font: .875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; } pre .word { display: inline-block; max-width: 100%; }
pre { margin: .55rem 0; padding: .65rem .8rem; background: var(--card); border: 1px solid var(--line); border-radius: .3rem; white-space: pre-wrap; tab-size: 2; }
pre.message { font-family: inherit; font-size: .95rem; border-width: 0 0 0 .2rem; border-color: var(--soft); border-radius: 0; }
.blank { background: var(--blank); color: var(--blank-ink); border-radius: .15rem; padding: .05em .2em; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.steps { list-style: none; padding: 0; margin: .6rem 0; }
.steps > li { margin: 0; padding: .85rem 0 .9rem; border-top: 1px solid var(--line); }
.steps > li > :is(h4, h5, h6) { font-size: 1.05rem; margin: 0; display: flex; gap: .55rem; align-items: baseline; }
.steps .number { flex: none; min-width: 1.5rem; font-variant-numeric: tabular-nums; }
.steps .tick { flex: none; align-self: flex-start; width: 1em; height: 1em; margin-top: .13em; border: .09em solid var(--ink); border-radius: .12em; }
.steps > li > .in { padding-left: 3.4rem; }
.steps .within { color: var(--soft); font-size: .9rem; margin: 0 0 .1rem; }
.sign { display: none; }
li:target, tr:target, section:target > :first-child { background: var(--blank); color: var(--ink); box-shadow: 0 0 0 .3rem var(--blank); }
@media screen and (prefers-color-scheme: dark) { li:target, tr:target, section:target > :first-child { --blank: #2b2a1c; } }
@media screen and (max-width: 40rem) {
  body { padding-top: 1.1rem; } h1 { font-size: 1.6rem; } h2 { font-size: 1.35rem; margin-top: 3rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .45rem; } dt { font-size: .88rem; max-width: none; }
  .steps > li > .in { padding-left: 0; }
  table, tbody, tr, td { display: block; } thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: .6rem 0; border-bottom: 1px solid var(--line); } td { border: 0; padding: .1rem 0; }
  td:empty { display: none; }
  td[data-name]:not(:first-child)::before { content: attr(data-name) ": "; color: var(--soft); font-size: .88rem; }
  td:first-child { font-weight: 600; }
}
@page { size: A4; margin: 15mm 15mm 17mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #56606b; } }
@media print {
  html { font-size: 9.7pt; } body { max-width: none; padding: 0; line-height: 1.42; }
  h1 { font-size: 20pt; } h2 { font-size: 15pt; margin-top: 9mm; } h3 { font-size: 12.5pt; margin-top: 6mm; } h4 { font-size: 10.5pt; margin-top: 4mm; }
  h1, h2, h3, h4, h5, h6, p:has(+ table) { break-after: avoid; } p, li { orphans: 2; widows: 2; }
  section.page { break-before: page; } section section.page > h3 { margin-top: 0; } h2 + section.page { break-before: avoid; }
  a { color: inherit; text-decoration: none; } .up { display: none; }
 header p:has(a) { display: none; } nav ul ul { columns: 2; } nav a { padding: 0; }
  a[href^="http"]::after { content: none; }
  tr, dl > *, .tree ul > li, pre { break-inside: avoid; } .tree > li > strong { break-after: avoid; } thead { display: table-header-group; }
  pre { background: none; } .blank { background: none; color: inherit; padding: 0; border-bottom: .7pt solid; border-radius: 0; font-style: italic; }
  .steps > li { break-inside: avoid; padding: 2.4mm 0 2.6mm; }
  .sign { display: flex; gap: 5mm; margin: 2mm 0 0; color: var(--soft); font-size: 8.5pt; break-before: avoid; }
  .sign span { flex: 1; border-bottom: .5pt solid var(--soft); padding-top: 2.5mm; } .sign span.who { flex: 1.6; }
  li:target, tr:target, section:target > :first-child { background: none; box-shadow: none; }
}
`;
