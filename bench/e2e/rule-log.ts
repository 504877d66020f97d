// Which rules ran in which exchange, from the log of each system, where an exchange is identified by the probe header that rule 990001
// logs. Knows the format of the logs and nothing of rules.

import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** Rules of `probe.conf`: the first logs the exchange's name; the others match at the end of phases 2 and 4. */
export const probeRuleIds = { name: 990_001, request: 990_002, response: 990_004 } as const;

/** Rule ids by exchange. */
export class RuleLog {
  readonly #idsByProbe = new Map<string, Set<number>>();

  add(probe: string, ids: readonly number[]): void {
    const known = this.#idsByProbe.get(probe) ?? new Set<number>();
    for (const id of ids) known.add(id);
    this.#idsByProbe.set(probe, known);
  }

  /** The ids known so far; empty for an exchange that is in no line. */
  idsOf(probe: string): ReadonlySet<number> {
    return this.#idsByProbe.get(probe) ?? new Set();
  }
}

/** Reads what has been added to a file since the last call, line by line. A file that does not exist yet has no lines. */
export class FileTail {
  readonly #path: string;
  readonly #decoder = new StringDecoder('utf8');
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The new complete lines. */
  lines(): readonly string[] {
    let file: number;
    try {
      file = openSync(this.#path, 'r');
    } catch {
      return [];
    }
    const chunk = Buffer.alloc(64 * 1024);
    for (let length = -1; length !== 0; ) {
      length = readSync(file, chunk, 0, chunk.length, this.#offset);
      this.#offset += length;
      this.#rest += this.#decoder.write(chunk.subarray(0, length));
    }
    closeSync(file);
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }
}

interface WeirRecord {
  readonly matches?: readonly { readonly ruleId: number; readonly data?: string }[];
}

/** Adds a line of Weir's audit log. */
export function addWeirLine(log: RuleLog, line: string): void {
  if (!line.startsWith('{')) return;
  const { matches = [] } = JSON.parse(line) as WeirRecord;
  const probe = matches.find(({ ruleId }) => ruleId === probeRuleIds.name)?.data;
  if (probe !== undefined)
    log.add(
      probe,
      matches.map(({ ruleId }) => ruleId),
    );
}

/** Adds a line of our Coraza program. */
export function addCorazaLine(log: RuleLog, line: string): void {
  if (!line.startsWith('{"ids"')) return;
  const { probe, ids } = JSON.parse(line) as { readonly probe: string; readonly ids: readonly number[] };
  log.add(probe, ids);
}

/** Adds lines of nginx's error log, one rule each; they identify the exchange by an id that ModSecurity gave it. */
export class NginxLines {
  readonly #log: RuleLog;
  readonly #probes = new Map<string, string>();

  constructor(log: RuleLog) {
    this.#log = log;
  }

  add(line: string): void {
    const plain = stripVTControlCharacters(line);
    const id = Number(/\[id "(\d+)"\]/.exec(plain)?.[1]);
    const exchange = /\[unique_id "([^"]+)"\]/.exec(plain)?.[1];
    if (!(id > 0) || exchange === undefined) return;
    if (id === probeRuleIds.name) this.#probes.set(exchange, /\[data "([^"]*)"\]/.exec(plain)?.[1] ?? '');
    const probe = this.#probes.get(exchange);
    if (probe !== undefined) this.#log.add(probe, [id]);
  }
}
