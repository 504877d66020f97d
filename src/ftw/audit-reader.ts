// Reads test outcomes from Weir's audit log: which rules an exchange matched, by its request id. Knows nothing about sending.

import { statSync } from 'node:fs';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { readInputFile } from '../base/input-file.ts';
import type { RuleMatch } from '../decision/verdict.ts';
import { logLineOf } from './log-line.ts';
import type { MatchedField } from './outcome.ts';

/** What the log contains about one exchange. */
export interface AuditedExchange {
  /** Rules in the log, each once. */
  readonly ruleIds: readonly number[];
  readonly logLines: readonly string[];
  readonly matched: readonly MatchedField[];
  /** Matches that the log only counts. */
  readonly omittedCount: number;
}

/** How often the file's size is checked while waiting. */
const pollMs = 50;

/** A growing log. */
export class AuditReader {
  readonly #file: string;
  #offset: number;

  /**
   * Skips the file's current content.
   * @throws WafError `config.invalid` if there is no such file.
   */
  constructor(file: string) {
    this.#file = file;
    this.#offset = this.#size();
  }

  /** Waits until nothing has been written for `quietMs`, then returns the new exchanges by request id. */
  async readWhenQuiet(quietMs: number): Promise<ReadonlyMap<string, AuditedExchange>> {
    let size = this.#size();
    for (let waitedMs = 0; waitedMs < quietMs; waitedMs += pollMs) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      const now = this.#size();
      if (now !== size) waitedMs = -pollMs;
      size = now;
    }
    const bytes = this.#readOn();
    this.#offset += bytes.length;
    const exchanges = new Map<string, AuditedExchange>();
    for (const line of bytes.toString('utf8').split('\n')) {
      const entry = entryOf(line);
      if (entry !== undefined) exchanges.set(entry.requestId, entry.exchange);
    }
    return exchanges;
  }

  #readOn(): Buffer {
    try {
      return readInputFile(this.#file, { bytesMax: constants.inputFileBytesMax, from: this.#offset });
    } catch (thrown) {
      throw new WafError('config.invalid', `audit log "${this.#file}": ${fileProblem(thrown)}`, { cause: thrown });
    }
  }

  #size(): number {
    const stat = statSync(this.#file, { throwIfNoEntry: false });
    if (stat === undefined) throw new WafError('config.invalid', `audit log "${this.#file}": no such file`);
    return stat.size;
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Parses a line of the log; undefined if it is not about an exchange. */
function entryOf(line: string): { readonly requestId: string; readonly exchange: AuditedExchange } | undefined {
  if (line === '') return undefined;
  let entry: Json;
  try {
    entry = JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
  const { event, requestId, matches, matchesOmitted } = entry;
  if (event !== 'exchange' || typeof requestId !== 'string' || !Array.isArray(matches)) return undefined;
  const rules = matches.map((match) => matchOf(match as Json));
  const exchange = {
    ruleIds: [...new Set(rules.map(({ ruleId }) => ruleId))],
    logLines: rules.map(logLineOf),
    matched: rules.map(({ ruleId, variable, logData }) => ({ ruleId, variable, excerpt: logData })),
    omittedCount: Number(matchesOmitted ?? 0),
  };
  return { requestId, exchange };
}

function matchOf(entry: Json): RuleMatch {
  const [, file = '', line = '0'] = /^(.*):(\d+)$/s.exec(String(entry.rule)) ?? [];
  return {
    ruleId: Number(entry.ruleId),
    phase: Number(entry.phase),
    message: String(entry.message ?? ''),
    logData: String(entry.data ?? ''),
    ...(typeof entry.severity === 'string' ? { severity: entry.severity } : {}),
    tags: Array.isArray(entry.tags) ? entry.tags.map(String) : [],
    file,
    line: Number(line),
    messageValues: [],
    variable: String(entry.variable ?? ''),
    isLogged: true,
    isAudited: true,
  };
}
