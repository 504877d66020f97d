// The audit settings that rules and directives give for one exchange. Knows no log.

import type { AuditEngine } from '../plan/settings.ts';
import type { RuleState } from './rule-state.ts';

/** Whether and how an exchange is to be logged. */
export interface AuditWishes {
  readonly engine: AuditEngine;
  /** Letters of SecAuditLogParts, upper case. */
  readonly parts: string;
  /** Statuses that make an exchange relevant regardless of rules; absent: none do. */
  readonly relevantStatuses: ReadonlySet<number> | undefined;
}

/** The defaults. `Z` ends a list of parts and has no other meaning. */
export const defaultAuditWishes: AuditWishes = { engine: 'RelevantOnly', parts: 'ABHZ', relevantStatuses: undefined };

const engines: readonly AuditEngine[] = ['On', 'Off', 'RelevantOnly'];

/** The directives of the plan, as changed by `ctl`. */
export function auditWishes({ exchange, switches }: Pick<RuleState, 'exchange' | 'switches'>): AuditWishes {
  const { auditEngine, auditParts, auditRelevantStatuses } = exchange.plan.settings;
  const asked = switches.get('auditEngine')?.toLowerCase();
  return {
    engine: engines.find((engine) => engine.toLowerCase() === asked) ?? auditEngine,
    parts: switches.get('auditLogParts') ?? auditParts,
    relevantStatuses: auditRelevantStatuses,
  };
}

/** Parts after `ctl:auditLogParts`: `+E` adds, `-E` removes, `ABHZ` replaces (ModSecurity reference manual, ctl). */
export function changedParts(parts: string, change: string): string {
  const letters = change.replace(/^[+-]/, '').toUpperCase();
  if (change.startsWith('-')) return [...parts].filter((part) => !letters.includes(part)).join('');
  return change.startsWith('+') ? parts + letters : letters;
}
