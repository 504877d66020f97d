// A proxy with Weir as a test target: each request uses its own socket, and the response's x-request-id leads to the audit log,
// which has the rules. Knows nothing about what is tested.

import { connect, type Socket } from 'node:net';
import { WafError } from '../base/errors.ts';
import { firstValue } from '../http/headers.ts';
import { type AuditedExchange, AuditReader } from './audit-reader.ts';
import { FrontAnswer } from './front-answer.ts';
import type { StageOutcome } from './outcome.ts';
import type { Target } from './runner.ts';

/** The addresses of the proxy and of its Weir's log. */
export interface FrontOptions {
  /** `http://HOST:PORT`; the rest is ignored. */
  readonly url: URL;
  /** The audit log of the proxy's Weir. */
  readonly auditLog: string;
  /** Concurrent requests. */
  readonly concurrency?: number;
  /** A response that takes longer counts as missing. */
  readonly answerMsMax?: number;
  /** The log is read once it has been quiet for this long. */
  readonly quietMs?: number;
}

const defaults = { concurrency: 8, answerMsMax: 10_000, quietMs: 1_000 } as const;

/**
 * A target that sends to a proxy. Rejects with WafError `config.invalid` if nothing listens at the address, if the log is
 * missing, and if no response has a request id: Envoy adds it with `always_set_request_id_in_response: true`.
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
      throw new WafError(
        'config.invalid',
        `${options.url.host} responds without x-request-id, so matches cannot be looked up`,
      );
    }
    return answers.map((answer) => outcomeOf(answer, exchanges));
  };
}

function requestIdOf(answer: FrontAnswer): string | undefined {
  return firstValue(answer.headers, 'x-request-id');
}

/** Sends a request and collects the response until it is complete, the connection ends, or time is up. */
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
    // A proxy may reset the connection after it refused a request; what it sent before counts.
    socket.on('error', (error) => {
      if (isConnected) end();
      else reject(new WafError('config.invalid', `nothing listens at ${url.host}`, { cause: error }));
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
  if (answer.isClosedUnanswered) return 'the proxy closed the connection without a response';
  return requestId === undefined && answer.status !== undefined ? 'the proxy itself answered' : undefined;
}
