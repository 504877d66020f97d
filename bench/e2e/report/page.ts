// One page that needs no network: what stands around plots and tables. Knows no figures.

import type { Header } from './header.ts';

/** Text as it stands in HTML, in attributes too. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const style = `
:root { color-scheme: light dark; --ink: #1d2329; --paper: #fff; --filter: #2f6fb3; --envoy: #a9c6e3; --rate: #3d8b57; --latency: #b3692f; }
@media (prefers-color-scheme: dark) { :root { --ink: #dde3ea; --paper: #14181c; --envoy: #54708c; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
figure { margin: 1rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; }
svg { width: 100%; font-size: 12px; } svg text { fill: var(--ink); }
.filter { fill: var(--filter); } .envoy { fill: var(--envoy); } .rate { fill: var(--rate); } .latency { fill: var(--latency); }
.range { stroke: var(--ink); fill: none; }
.axis { stroke: #8886; fill: none; } .line { fill: none; stroke-width: 2; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 12px; font-variant-numeric: tabular-nums; }
td, th { padding: .2rem .5rem; text-align: right; border-bottom: 1px solid #8884; } th:first-child { text-align: left; white-space: nowrap; }
dt { font-weight: 600; } dd { margin: 0 0 .3rem 0; }`;

/** What is shown. Texts are plain, sections are HTML. */
export interface Page {
  readonly title: string;
  readonly heading: string;
  readonly intro: string;
  readonly sections: readonly string[];
  readonly header: Header;
}

/** The whole page. */
export function pageOf({ title, heading, intro, sections, header }: Page): string {
  const facts = header.map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}
</style></head><body>
<h1>${escaped(heading)}</h1>
<p>${escaped(intro)}</p>
${sections.join('\n')}
<h2>How it was measured</h2><dl>${facts}</dl>
</body></html>
`;
}
