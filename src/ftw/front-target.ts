// A proxy with Weir behind it as a target of tests: bytes go out on a socket of their own, the answer's x-request-id
// leads to the audit log, where the rules are. Knows nothing of what is tested.

import { connect, type Socket } from 'node:net';
import { WafError } from '../base/errors.ts';
import { firstValue } from '../http/headers.ts';
import { type AuditedExchange, AuditReader } from './audit-reader.ts';
import { FrontAnswer } from './front-answer.ts';
import type { StageOutcome } from './outcome.ts';
import type { Target } from './runner.ts';

/** Where the proxy is and where its Weir logs. */
export interface FrontOptions {
  /** `http://HOST:PORT`; nothing else of it is used. */
  readonly url: URL;
  /** The audit log of the Weir behind the proxy. */
  readonly auditLog: string;
  /** Requests under way at a time. */
  readonly concurrency?: number;
  /** An answer that takes longer counts as none. */
  readonly answerMsMax?: number;
  /** The log is read once it has been quiet for so long. */
  readonly quietMs?: number;
}

const defaults = { concurrency: 8, answerMsMax: 10_000, quietMs: 1_000 } as const;

/**
 * A target that sends to a proxy. Rejects with WafError `config.invalid` when nothing listens at the address, when the log is
 * missing, and when no answer names its request: Envoy does with `always_set_request_id_in_response: true`.
 */
export function frontTarget(options: FrontOptions): Target {
  const { concurrency, quietMs } = { ...defaults, ...options };
  const log = new AuditReader(options.auditLog);
  return async (requests) => {
    const answers: FrontAnswer[] = [];
    const queue = requests.entries();
    const work = async (): Promise<void> => {
      for (const [index, request] of queue) answers[index] = await exchange(request, options);
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    const exchanges = await log.readWhenQuiet(quietMs);
    if (requests.length > 0 && answers.every((answer) => requestIdOf(answer) === undefined)) {
      throw new WafError('config.invalid', `${options.url.host} answers without x-request-id, so no rule can be found`);
    }
    return answers.map((answer) => outcomeOf(answer, exchanges));
  };
}

function requestIdOf(answer: FrontAnswer): string | undefined {
  return firstValue(answer.headers, 'x-request-id');
}

/** Sends a request and collects what comes back until the answer is complete, the connection ends, or time is up. */
function exchange(request: Uint8Array, options: FrontOptions): Promise<FrontAnswer> {
  const { url, answerMsMax } = { ...defaults, ...options };
  const method = /^\S*/.exec(Buffer.from(request.subarray(0, 64)).toString('latin1'))?.[0] ?? '';
  const answer = new FrontAnswer(method);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) });
    let isConnected = false;
    const finish = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(answerMsMax, finish);
    socket.on('connect', () => {
      isConnected = true;
      socket.write(request);
    });
    socket.on('data', (bytes: Uint8Array) => {
      answer.write(bytes);
      if (answer.isComplete) finish();
    });
    const end = (): void => {
      answer.isEnded = true;
      finish();
    };
    socket.on('end', end);
    // A proxy may well reset what it refuses; what it said before counts.
    socket.on('error', (error) => {
      if (isConnected) end();
      else reject(new WafError('config.invalid', `nothing answers at ${url.host}`, { cause: error }));
    });
  });
}

function outcomeOf(answer: FrontAnswer, exchanges: ReadonlyMap<string, AuditedExchange>): StageOutcome {
  const requestId = requestIdOf(answer);
  const exchange = requestId === undefined ? undefined : exchanges.get(requestId);
  const omitted = exchange?.omittedCount ?? 0;
  return {
    status: answer.status,
    answer: answer.text,
    ruleIds: exchange?.ruleIds ?? [],
    logLines: exchange?.logLines ?? [],
    matched: exchange?.matched ?? [],
    faults: omitted === 0 ? [] : [`the audit log leaves out ${omitted} matches`],
    refusal: refusalOf(answer, requestId),
    isClosedUnanswered: answer.isClosedUnanswered,
  };
}

function refusalOf(answer: FrontAnswer, requestId: string | undefined): string | undefined {
  if (answer.isClosedUnanswered) return 'the proxy closed the connection without an answer';
  return requestId === undefined && answer.status !== undefined ? 'the proxy answered by itself' : undefined;
}
