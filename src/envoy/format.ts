// What lint found, as text for people and as JSON for programs. Knows no trap.

import type { Path } from './envoy-view.ts';
import type { Finding } from './trap.ts';

/** `static_resources.listeners[0].name`. */
export function shownPath(path: Path): string {
  const shown = path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (/^\w+$/.test(key)) return text === '' ? key : `${text}.${key}`;
    return `${text}[${JSON.stringify(key)}]`;
  }, '');
  return shown === '' ? '(file)' : shown;
}

/** One line per finding, and its consequence on the next. */
export function findingsAsText(file: string, findings: readonly Finding[]): string {
  return findings
    .map(({ trap, line, column, path, message }) =>
      [
        `${file}:${line}:${column}: ${trap.severity}[${trap.id}] ${shownPath(path)}: ${message}`,
        `    ${trap.why}`,
      ].join('\n'),
    )
    .map((lines) => `${lines}\n`)
    .join('');
}

/** A list for programs. */
export function findingsAsJson(file: string, findings: readonly Finding[]): string {
  const rows = findings.map(({ trap, line, column, path, message }) => ({
    file,
    line,
    column,
    severity: trap.severity,
    trap: trap.id,
    path: shownPath(path),
    message,
    why: trap.why,
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}
