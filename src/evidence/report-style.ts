/** The look of the report: quiet, readable by day, by night and on paper, and clear without colour. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c2128; --soft: #59636e; --line: #d8dee4; --page: #fff; --card: #f6f8fa;
  --good: #1a7f37; --bad: #c1121f; --open: #8a5a00; --person: #6639ba; --work: #2f6fab; --notice: #9aa4af; }
@media (prefers-color-scheme: dark) { :root { --ink: #e2e6ea; --soft: #9aa5b1; --line: #343b44; --page: #14181d;
  --card: #1c2229; --good: #4fbf6b; --bad: #ff7b72; --open: #e0a93b; --person: #b794f4; --work: #6ea8dc; --notice: #6b7680; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 58rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .1rem 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2.6rem 0 .7rem; padding-top: .2rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .3rem 0; }
.soft, th, dt { color: var(--soft); font-weight: 400; }
.small { font-size: .88rem; }
.verdict { border-left: .4rem solid var(--tone); background: var(--card); border-radius: .3rem; padding: 1rem 1.2rem; margin: 1.4rem 0; }
.verdict p { font-size: 1.12rem; }
.verdict ul { margin: .6rem 0 0; padding-left: 1.2rem; }
.tone { color: var(--tone); font-weight: 600; }
.good { --tone: var(--good); } .bad { --tone: var(--bad); } .open { --tone: var(--open); }
.person { --tone: var(--person); } .plain { --tone: var(--ink); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; }
.card { border: 1px solid var(--line); border-radius: .4rem; padding: .9rem 1.1rem; }
.card + .card { margin-top: .7rem; } .pair .card + .card { margin-top: 0; }
.number { font-size: 1.9rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.bar { position: relative; display: flex; height: .8rem; margin: .7rem 0 .4rem; background: var(--line); border-radius: .2rem;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.bar i { display: block; height: 100%; background: var(--work); } .bar i:first-child { border-radius: .2rem 0 0 .2rem; }
.bar .noticing, .key.noticing { background: var(--notice); } .bar .waiting, .key.waiting { background: var(--person); }
.key.working { background: var(--work); }
.bar .mark { position: absolute; top: -.3rem; bottom: -.3rem; width: .16rem; margin-left: -.08rem; background: var(--ink); }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: .15rem; margin: 0 .35rem 0 0; print-color-adjust: exact; }
.legend span { margin-right: 1.1rem; white-space: nowrap; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .32rem .9rem .32rem 0; border-bottom: 1px solid var(--line); }
th, td { overflow-wrap: break-word; }
td.what { width: 48%; } .plain td.what { font-weight: 400; }
td.tight { white-space: nowrap; overflow-wrap: normal; }
.head { display: flex; flex-wrap: wrap; gap: .1rem .8rem; align-items: baseline; justify-content: space-between; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .15rem 1.1rem; margin: .5rem 0 0; font-size: .93rem; }
dd { margin: 0; }
code, pre { font: .88em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { background: var(--card); padding: .7rem .9rem; border-radius: .3rem; white-space: pre-wrap; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; }
  .card, tr, .verdict { break-inside: avoid; } }
@page { margin: 16mm; }
`;
