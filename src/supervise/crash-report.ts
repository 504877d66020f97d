// What a server left behind when it crashed → a report that may stand in a log and at the admin address. Starts and counts nothing.

import type { CrashReport } from '../admin/reports.ts';
import { textsOf } from '../ext-proc/crash-guard.ts';
import { inputOf } from '../ext-proc/message-input.ts';
import { readWorkSlot } from '../ext-proc/work-slot.ts';
import { printable, redactTarget, redactText } from '../telemetry/redact.ts';
import type { RulesInForce } from './messages.ts';

/** A process that died. */
export interface Death {
  readonly at: Date;
  readonly process: number;
  readonly pid: number | undefined;
  readonly signal: NodeJS.Signals;
  /** What it wrote down; undefined: it could not. */
  readonly slot: Uint8Array | undefined;
  /** The rules that it had, the latest last. */
  readonly rules: readonly RulesInForce[];
}

/** Signals by which a process dies of what it does itself. */
export const crashSignals: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGSEGV',
  'SIGBUS',
  'SIGABRT',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
  'SIGSYS',
]);

/** The report. Secrets are cut out of all texts. */
export function reportOf({ at, process, pid, signal, slot, rules }: Death): CrashReport {
  const { isLoading, work } = slot === undefined ? { isLoading: false, work: undefined } : readWorkSlot(slot);
  const generation = work?.generation ?? rules.at(-1)?.generation ?? 0;
  const said = { at: at.toISOString(), process, pid: pid ?? 0, signal, generation, wasLoading: isLoading };
  const packs = rules.find((one) => one.generation === generation)?.packs ?? {};
  if (work === undefined) return { ...said, packs: packsOf(Object.values(packs).flat()) };
  const { profile, requestId, method, host, target } = textsOf(work.text);
  return {
    ...said,
    packs: packsOf(packs[profile] ?? []),
    exchange: {
      requestId,
      profile: printable(profile),
      part: work.part,
      method: redactText(method),
      host: redactText(host),
      target: redactTarget(target, 'redacted'),
      messageBytes: work.messageBytes,
    },
    // Where rules are compiled beside exchanges, nobody can say which of the two crashed.
    ...(work.message === undefined || isLoading ? {} : { input: inputOf(work.message, work.messageBytes) }),
  };
}

function packsOf(packs: RulesInForce['packs'][string]): CrashReport['packs'] {
  const all = packs.map(({ name, version, digest }) => ({
    name,
    version,
    ...(digest === undefined ? {} : { digest }),
  }));
  return [...new Map(all.map((pack) => [JSON.stringify(pack), pack])).values()];
}

/** A report in a sentence, for the log. */
export function sentenceOf({ process, signal, generation, wasLoading, packs, exchange, input }: CrashReport): string {
  const named = packs.map(({ name, version, digest }) => [name, version, digest].filter(Boolean).join(' '));
  const rules =
    named.length === 0 ? `rules of generation ${generation}` : `generation ${generation}, packs ${named.join(', ')}`;
  const what =
    exchange === undefined
      ? 'no exchange was being inspected'
      : `it inspected the ${exchange.part} (${exchange.messageBytes} bytes) of ${exchange.method} ${exchange.host}${exchange.target}, ` +
        `request id ${exchange.requestId || 'unknown'}, profile ${exchange.profile}`;
  const loading = wasLoading ? '; rules were being loaded' : '';
  return `process ${process} crashed with ${signal}: ${what}; ${rules}${loading}${input === undefined ? '' : `; input ${input}`}`;
}
