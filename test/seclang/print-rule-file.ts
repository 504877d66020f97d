// The text of a rule file, for tests and fuzz targets that parse it again.

import type { RuleFile } from '../../src/seclang/ast.ts';
import { printStatement } from '../../src/seclang/print.ts';

/** The text of a file: `parseRuleText` of it gives the same tree, except for locations. @throws as `printStatement`. */
export function printRuleFile(file: RuleFile): string {
  return file.statements.map((statement) => `${printStatement(statement)}\n`).join('');
}
