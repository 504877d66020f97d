// Records of exchanges for tests of their consumers.

import { defaultAuditWishes } from '../../src/evaluate/audit-wishes.ts';
import type { ResponseHead } from '../../src/http/head.ts';
import { partiesOf } from '../../src/transaction/parties.ts';
import type { TransactionRecord } from '../../src/transaction/record.ts';

/** The head of a plain response. */
export const responseHeadOf = (status: number): ResponseHead => ({ status, protocol: 'HTTP/1.1', headers: [] });

/** The record of an exchange in which nothing was found, apart from what is given. */
export function recordWith(given: Partial<TransactionRecord> = {}): TransactionRecord {
  return {
    report: {
      requestId: 'request-1',
      verdict: 'allow',
      ruleId: 0,
      phase: 0,
      cause: '',
      inboundScore: 0,
      outboundScore: 0,
      ruleIds: [],
    },
    ending: 'complete',
    startedAt: new Date(0),
    durationMs: 1,
    request: undefined,
    response: responseHeadOf(200),
    parties: partiesOf(given.request, {}),
    attributes: {},
    profile: 'default',
    generation: 1,
    blockStatus: 0,
    matches: [],
    requestBytes: 0,
    responseBytes: 0,
    firstVerdictBytes: undefined,
    stageMs: { 'request-head': 0, 'request-body': 0, 'response-head': 0, 'response-body': 0 },
    uninspected: new Map(),
    problems: [],
    audit: defaultAuditWishes,
    ...given,
  };
}
