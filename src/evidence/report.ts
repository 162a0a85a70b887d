/** The report of a run: data first, then a page for people. Both pages escape whatever comes from plan, people or systems. */
export { renderHtml } from './render-html.ts';
export { renderMarkdown } from './render-markdown.ts';
export { type ReportData, reportData } from './report-data.ts';
