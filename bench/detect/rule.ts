// Rule 942100 of the CRS alone, run on whole requests: with a value as an argument of the query, and as a JSON string.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../src/index.ts';

const file = 'rules/REQUEST-942-APPLICATION-ATTACK-SQLI.conf';
const ruleId = 942_100;
/** Blocks what the rule finds, so that only blocking counts. */
const settings = 'SecRuleEngine On\nSecRequestBodyAccess On\nSecDefaultAction "phase:2,deny,log"\n';

/** The places in which the rule finds a value. */
export interface RuleAnswer {
  readonly query: boolean;
  readonly json: boolean;
}

/** The rule as an engine, which the caller must close. @param crs folder of a CRS release. */
export async function ruleEngine(crs: string): Promise<Engine> {
  const text = readFileSync(join(crs, file), 'utf8')
    .split(/\n(?=Sec)/)
    .find((rule) => rule.includes(`id:${ruleId},`));
  if (text === undefined) throw new Error(`no rule ${ruleId} in ${join(crs, file)}`);
  const folder = mkdtempSync(join(tmpdir(), 'weir-rule-'));
  try {
    const path = join(folder, 'rule.conf');
    writeFileSync(path, `${settings}${text}\n`);
    return await createEngine({ rules: [path] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Percent-encodes a byte string. */
const escaped = (value: string): string =>
  value.replace(/[^\w.~-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Whether the rule finds a value, a byte string, in each place. */
export function ruleFinds(engine: Engine, value: string): RuleAnswer {
  return {
    query: isBlocked(engine, `/?q=${escaped(value)}`),
    json: isBlocked(engine, '/', Buffer.from(JSON.stringify({ q: value }))),
  };
}

function isBlocked(engine: Engine, target: string, body?: Buffer): boolean {
  const inspection = engine.openInspection('detect');
  try {
    const headers = [{ name: 'host', value: 'app.example' }];
    if (body !== undefined) headers.push({ name: 'content-type', value: 'application/json' });
    const method = body === undefined ? 'GET' : 'POST';
    const remote = { remoteAddress: '192.0.2.1', remotePort: 4711 };
    const head = { method, target, protocol: 'HTTP/1.1', headers, ...remote };
    let { kind } = inspection.requestHeaders(head, body === undefined);
    if (body !== undefined && kind === 'allow') ({ kind } = inspection.requestBody(body));
    if (body !== undefined && kind === 'allow') ({ kind } = inspection.requestEnd());
    return kind === 'block';
  } finally {
    inspection.close();
  }
}
