// Findings as text for people, as JSON, and as SARIF for tools that show them next to the source. Finds nothing itself.

import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageVersion } from '../base/version.ts';
import { explanationOf, type Finding, type FindingKind, findingKinds } from './finding.ts';

/** The report formats. */
export const lintForms = ['human', 'json', 'sarif'] as const;

/** One of the formats. */
export type LintForm = (typeof lintForms)[number];

/** The findings in a format, with a newline at the end. */
export function formatFindings(findings: readonly Finding[], form: LintForm): string {
  switch (form) {
    case 'human':
      return human(findings);
    case 'json':
      return `${JSON.stringify({ findings: findings.map(withMeaning) }, undefined, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarifOf(findings), undefined, 2)}\n`;
  }
}

function withMeaning(finding: Finding): object {
  return { ...finding, level: findingKinds[finding.kind].level, explanation: explanationOf(finding.kind) };
}

function human(findings: readonly Finding[]): string {
  const lines = findings.map(({ file, line, column, kind, ruleId, message }) => {
    const rule = ruleId === undefined ? '' : `rule ${ruleId}: `;
    return `${file}:${line}:${column}: ${findingKinds[kind].level}: ${rule}${message} [${kind}]`;
  });
  const count = (level: string): number => findings.filter(({ kind }) => findingKinds[kind].level === level).length;
  const sum = `${count('error')} errors, ${count('warning')} warnings, ${count('note')} notes`;
  const kinds = new Set(findings.map(({ kind }) => kind));
  const explained = kinds.size === 0 ? [] : [`explained in docs/packs.md#lint-KIND: ${[...kinds].join(', ')}`];
  return `${[...lines, sum, ...explained].join('\n')}\n`;
}

/** A log of SARIF 2.1.0 (OASIS standard, https://docs.oasis-open.org/sarif/sarif/v2.1.0). */
function sarifOf(findings: readonly Finding[]): object {
  const kinds = Object.keys(findingKinds) as FindingKind[];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'weir pack lint',
            semanticVersion: packageVersion(),
            rules: kinds.map((kind) => ({
              id: kind,
              shortDescription: { text: findingKinds[kind].summary },
              help: { text: `See ${explanationOf(kind)}` },
              helpUri: linkTo(kind),
              defaultConfiguration: { level: findingKinds[kind].level },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ kind, message, ruleId, file, line, column }) => ({
          ruleId: kind,
          ruleIndex: kinds.indexOf(kind),
          level: findingKinds[kind].level,
          message: { text: ruleId === undefined ? message : `rule ${ruleId}: ${message}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file) },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** The page comes with Weir, so the link works without a network. */
function linkTo(kind: FindingKind): string {
  return pathToFileURL(join(import.meta.dirname, '..', '..')).href + `/${explanationOf(kind)}`;
}

/** Relative to the working directory, as viewers of a checkout expect, with `/` and escapes. */
function uriOf(file: string): string {
  const way = relative(process.cwd(), file);
  return way.split('/').map(encodeURIComponent).join('/');
}
