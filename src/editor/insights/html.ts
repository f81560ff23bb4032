// This folder: pages that show what drafting gains: insights of the day, and the benchmark of a file.

/** Text that stands in HTML as it is. */
export function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => names[sign]!);
}

/** A table with a caption, its first column heads of rows; every cell is text. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = heads.map((each) => `<th scope="col">${escaped(each)}</th>`).join('');
  const body = rows
    .map(
      ([first = '', ...rest]) =>
        `<tr><th scope="row">${escaped(first)}</th>${rest.map((each) => `<td>${escaped(each)}</td>`).join('')}</tr>`,
    )
    .join('');
  return `<table><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** A bar of a chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands behind the bar. */
  readonly text: string;
}

/** Size of a chart's parts in units of its own; the page scales it. */
const ROW = 26;
const LABEL = 190;
const WIDE = 640;
const BAR = 300;

/** Bars beside each other, from a common zero. The same figures stand in a table, which screen readers read instead. */
export function bars(title: string, all: readonly Bar[]): string {
  const most = Math.max(...all.map(({ value }) => value), Number.MIN_VALUE);
  const rows = all.map(({ label, value, text }, i) => {
    const width = Math.max(1, (BAR * value) / most);
    const y = i * ROW;
    return (
      `<text x="0" y="${y + 17}">${escaped(label)}</text>` +
      `<rect class="bar" x="${LABEL}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW - 8}"></rect>` +
      `<text x="${LABEL + width + 8}" y="${y + 17}">${escaped(text)}</text>`
    );
  });
  return `<svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${WIDE} ${all.length * ROW}">${rows.join('')}</svg>`;
}

/** Colours of drafts, by their place in the legend; the target's own tokens have none. */
const COLOURS = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];

/** How many drafts are told apart by colour. */
export const colourCount = COLOURS.length;

const style = `
body { font: var(--vscode-font-size, 13px)/1.5 var(--vscode-font-family, sans-serif); color: var(--vscode-foreground);
  background: var(--vscode-editor-background); max-width: 60rem; margin: 0 auto; padding: 0 1.5rem 3rem; }
h1 { font-size: 1.6em; font-weight: 600; } h2 { font-size: 1.2em; font-weight: 600; margin-top: 2em; }
table { border-collapse: collapse; margin: .5em 0 1em; } caption { text-align: start; padding: .3em 0; color: var(--vscode-descriptionForeground); }
th, td { text-align: end; padding: .2em .9em .2em 0; font-weight: normal; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); }
th[scope=row], thead th:first-child { text-align: start; } thead th { font-weight: 600; }
dl { display: flex; flex-wrap: wrap; gap: 1em 2.5em; margin: 1em 0; } dl div { min-width: 8em; }
dt { color: var(--vscode-descriptionForeground); } dd { margin: 0; font-size: 1.7em; }
pre { font-family: var(--vscode-editor-font-family, monospace); font-size: var(--vscode-editor-font-size, 13px); white-space: pre-wrap;
  border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); padding: .6em .8em; margin: .4em 0; }
pre:focus-visible, a:focus-visible { outline: 1px solid var(--vscode-focusBorder); }
a { color: var(--vscode-textLink-foreground); } svg { width: 100%; max-width: 40rem; height: auto; }
svg text { fill: var(--vscode-foreground); font-size: 13px; } .bar { fill: var(--vscode-charts-blue); stroke: var(--vscode-contrastBorder, none); }
.note { color: var(--vscode-descriptionForeground); } .key { display: inline-block; margin-inline-end: 1.2em; }
.d { border-bottom: 3px solid; } ${COLOURS.map((name, i) => `.d${i} { border-bottom-color: var(--vscode-charts-${name}); }`).join(' ')}
.d1 { border-bottom-style: dashed; } .d2 { border-bottom-style: double; } .d3 { border-bottom-style: dotted; }`;

/**
 * A page without scripts that loads nothing: only its own style, named by a nonce, is let in.
 * @param nonce letters and digits that nobody can guess
 */
export function pageOf(title: string, language: string, body: string, nonce: string): string {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html><html lang="${escaped(language)}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title>
<style nonce="${nonce}">${style}</style></head><body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`;
}
