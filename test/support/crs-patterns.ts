// Every regular expression of the CRS, and values to match them against: those of its tests, and benign and random bytes.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { NativePattern } from '../../src/matching/native.ts';
import { translateRegex } from '../../src/pattern/regex-dialect.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { crsFolder } from './crs-folder.ts';
import { loadRuleFiles } from './rule-files.ts';

/** A pattern of a rule, as written and as passed to native code. */
export interface CrsPattern {
  readonly ruleId: string;
  readonly written: string;
  readonly native: NativePattern;
}

/** All distinct @rx patterns without macros; ids count from 0. */
export function crsPatterns(): readonly CrsPattern[] {
  const patterns = new Map<string, CrsPattern>();
  const visit = (rule: Rule, ruleId: string): void => {
    const { operator } = rule;
    const isRegex = operator?.name === 'rx' && !operator.argument.includes('%{');
    if (operator !== undefined && isRegex && !patterns.has(operator.argument)) {
      const { captureCount: _, engineReason: __, facts: ___, ...translated } = translateRegex(operator.argument);
      const native: NativePattern = { id: patterns.size, kind: 'regex', ...translated };
      patterns.set(operator.argument, { ruleId, written: operator.argument, native });
    }
    for (const link of rule.links) visit(link, ruleId);
  };
  for (const file of loadRuleFiles([crsFolder]).files) {
    for (const statement of file.statements) {
      if (statement.kind !== 'rule') continue;
      visit(statement, statement.actions.find(({ name }) => name === 'id')?.value ?? '?');
    }
  }
  return [...patterns.values()];
}

/** All strings of the CRS's own tests: bodies, targets, header values; as written and percent-decoded. */
export function crsTestValues(): readonly string[] {
  const values = new Set<string>();
  const folder = join(crsFolder, 'tests/regression/tests');
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    if (!name.endsWith('.yaml')) continue;
    for (const document of parseAllDocuments(readFileSync(join(folder, name), 'utf8'))) {
      collectStrings(document.toJS({ maxAliasCount: -1 }), values);
    }
  }
  return [...values];
}

function collectStrings(root: unknown, values: Set<string>): void {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node === 'string') {
      const bytes = Buffer.from(node, 'utf8').toString('latin1');
      values.add(bytes);
      for (const part of bytes.split('&')) values.add(decodePercent(part.slice(part.indexOf('=') + 1)));
    } else if (typeof node === 'object' && node !== null) {
      waiting.push(...Object.values(node));
    }
  }
}

function decodePercent(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
