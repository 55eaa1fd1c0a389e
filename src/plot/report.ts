/** A report as one page that needs nothing else: question, answer, figures, tables, settings, how to repeat it. */
import type { Spec } from './render.js';

export interface Figure {
  /** File name without its ending. */
  name: string;
  caption: string;
  spec: Spec;
}

export interface Table {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** What an experiment found. */
export interface Findings {
  /** One sentence, with the numbers that answer the question. */
  answer: string;
  figures: readonly Figure[];
  tables: readonly Table[];
  /** What must be known to read the numbers rightly. */
  notes: readonly string[];
}

export interface ReportPage {
  title: string;
  question: string;
  answer: string;
  figures: readonly { caption: string; svg: string }[];
  tables: readonly Table[];
  notes: readonly string[];
  settings: readonly (readonly [string, string])[];
  /** Commands that repeat it. */
  repeat: readonly string[];
  /** Files beside the page: name and what it holds. */
  files: readonly (readonly [string, string])[];
  program: string;
  /** In which units numbers are where none is named, as a sentence. */
  units: string;
}

const escaped = (text: string | number) =>
  String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string);

const isNumber = (cell: string | number) => typeof cell === 'number' || /^[-–]?[\d.]+( ?%|e-?\d+)?$/.test(cell);

const STYLE = `:root { color-scheme: light; }
body { font: 16px/1.55 Georgia, 'Times New Roman', serif; color: #1b1b1b; background: #faf9f6; margin: 0; }
main { max-width: 880px; margin: 0 auto; padding: 48px 24px 96px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; font-weight: 600; }
h2 { font-size: 18px; margin: 44px 0 10px; font-weight: 600; }
.question { font-style: italic; color: #555; font-size: 19px; margin: 0 0 22px; }
.answer { border-left: 3px solid #1f5fa8; padding: 4px 0 4px 18px; font-size: 18px; margin: 0 0 32px; }
figure { margin: 34px 0; background: white; border: 1px solid #e6e2d8; border-radius: 6px; padding: 18px; }
figure svg { max-width: 100%; height: auto; display: block; margin: 0 auto; }
figcaption { font-size: 14.5px; color: #444; margin-top: 12px; }
table { border-collapse: collapse; font: 14px/1.45 Helvetica, Arial, sans-serif; }
th, td { text-align: left; padding: 5px 16px 5px 0; border-bottom: 1px solid #e6e2d8; vertical-align: top; }
thead th { border-bottom: 1px solid #999; font-weight: 600; }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
.scroll { overflow-x: auto; }
pre { background: #f0ede5; padding: 12px 16px; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 14px; }
li { margin: 4px 0; }
footer { margin-top: 56px; color: #777; font-size: 14px; }
`;

function tableHtml({ title, columns, rows }: Table): string {
  const head = columns.map((name) => `<th>${escaped(name)}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row.map((cell) => `<td${isNumber(cell) ? ' class="n"' : ''}>${escaped(cell)}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<h2>${escaped(title)}</h2>\n<div class="scroll"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody></table></div>`;
}

export function reportHtml(page: ReportPage): string {
  const figures = page.figures.map(
    ({ caption, svg }, i) =>
      `<figure>\n${svg.trim()}\n<figcaption><b>Figure ${i + 1}.</b> ${escaped(caption)}</figcaption>\n</figure>`,
  );
  const tables = page.tables.map(tableHtml);
  const notes = page.notes.map((note) => `<li>${escaped(note)}</li>`).join('\n');
  const settings = page.settings
    .map(([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`)
    .join('\n');
  const files = page.files
    .map(([name, what]) => `<li><a href="${escaped(name)}">${escaped(name)}</a>: ${escaped(what)}</li>`)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(page.title)}</title>
<style>
${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(page.title)}</h1>
<p class="question">${escaped(page.question)}</p>
<p class="answer">${escaped(page.answer)}</p>
${figures.join('\n')}
${tables.join('\n')}
${notes ? `<h2>How to read this</h2>\n<ul>\n${notes}\n</ul>` : ''}
<h2>Settings</h2>
<div class="scroll"><table>
${settings}
</table></div>
<h2>How to repeat it</h2>
<pre>${page.repeat.map(escaped).join('\n')}</pre>
${files ? `<h2>Files</h2>\n<ul>\n${files}\n</ul>` : ''}
<footer>${escaped(page.program)}. ${escaped(page.units)}</footer>
</main>
</body>
</html>
`;
}
