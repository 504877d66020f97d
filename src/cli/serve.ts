// `weir serve`: loads the rules, listens, says so in one line, and stops cleanly when asked. Wires rooms together and
// does nothing else.

import { WafError } from '../base/errors.ts';
import { configOf, type ServeConfig, type ServeSettings } from '../config/config.ts';
import { holdWindowNotice } from '../config/hold-window.ts';
import { decideFailure, failureCause } from '../decision/failure-mode.ts';
import { Admission } from '../ext-proc/admission.ts';
import { createGrpcTransport } from '../ext-proc/grpc-server.ts';
import { checkNodeVersion } from '../ext-proc/reset-guard.ts';
import { createService } from '../ext-proc/service.ts';
import type { Transport } from '../ext-proc/transport.ts';
import { closePlan } from '../plan/compile.ts';
import { describeDiagnostic, isRemarkable } from '../plan/diagnostics.ts';
import type { Plan } from '../plan/plan.ts';
import { createAuditLog } from '../telemetry/audit-log.ts';
import { Inspection } from '../transaction/inspection.ts';
import { loadRules } from './load-rules.ts';
import { type Log, type Logs, openLogs } from './logs.ts';
import { createProgress } from './progress.ts';

/** A running server. */
export interface RunningServer {
  /** The line for whoever waits: addresses, number of rules, how long loading took. */
  readonly readyLine: string;
  readonly addresses: readonly string[];
  /** Says NOT_SERVING, lets exchanges end within `drainMsMax`, removes sockets, frees the plan. Idempotent. */
  readonly stop: () => Promise<void>;
  /** Opens the files of the logs anew: they were rotated. */
  readonly reopenLogs: () => void;
}

/** How often the log says that patterns still compile. */
const progressEveryMs = 3_000;

/**
 * Starts the server.
 * @throws WafError `config.invalid` for an address or setting that does not work, or an unfit Node; and what loading rules
 * throws. Nothing is left running then.
 */
export async function startServer(settings: ServeSettings): Promise<RunningServer> {
  checkNodeVersion();
  const config = configOf(settings);
  const logs = openLogs(config);
  let plan: Plan | undefined;
  let transport: Transport | undefined;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      await transport?.close(config.limits.drainMsMax);
      if (plan !== undefined) closePlan(plan);
      await logs.close();
    })();
    return stopped;
  };
  try {
    const notice = holdWindowNotice(config.limits);
    if (notice !== undefined) logs.log.warn(notice);
    plan = await planOf(config, logs.log);
    transport = createTransport(config, plan, logs);
    const addresses: string[] = [];
    for (const address of config.listen) addresses.push(await transport.listen(address, config.socket));
    const { loadedCount, loadMs } = plan.diagnostics;
    const readyLine = `weir ready on ${addresses.join(', ')}, ${loadedCount} rules, loaded in ${Math.round(loadMs)} ms`;
    return { readyLine, addresses, stop, reopenLogs: logs.reopen };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function planOf(config: ServeConfig, log: Log): Promise<Plan> {
  const progress = createProgress({ everyMs: progressEveryMs, say: (text) => log.info(text) });
  try {
    const plan = await loadRules(config.rules, {
      allowUnsupported: config.allowUnsupported,
      onProgress: progress.onProgress,
      ...(config.cacheFolder === undefined ? {} : { cacheFolder: config.cacheFolder }),
    });
    for (const problem of plan.diagnostics.problems) {
      const text = describeDiagnostic(problem);
      if (isRemarkable(problem)) log.warn(text);
      else log.debug(text);
    }
    for (const notice of plan.notices) log.info(notice);
    if (plan.diagnostics.loadedCount === 0) throw new WafError('config.invalid', 'no rule was loaded');
    return config.engine === undefined ? plan : { ...plan, settings: { ...plan.settings, engine: config.engine } };
  } finally {
    progress.stop();
  }
}

function createTransport(config: ServeConfig, plan: Plan, { log, auditLog }: Logs): Transport {
  const { limits, failurePolicy } = config;
  const admission = new Admission({
    limits,
    onOverload: (reason) => {
      log.warn(`overloaded, new exchanges are answered by the policy for "overload": ${reason}`);
      transport.setServing(false);
    },
    onRoom: (refusals) => {
      log.warn(`there is room for new exchanges again, ${refusals} were refused`);
      transport.setServing(true);
    },
  });
  const service = createService({
    limits,
    admission,
    openInspection: (requestId, isObserved) => new Inspection(plan, { requestId, limits, failurePolicy, isObserved }),
    decideFailure: (error) => {
      // What the exchange itself brought about stands in its audit line; what we did needs its stack.
      if (failureCause(error.code) === 'internal')
        log.error({ code: error.code, stack: error.stack }, 'internal error');
      return decideFailure({ cause: failureCause(error.code), phase: 0 }, plan.settings.engine, failurePolicy);
    },
    onRecord: createAuditLog({
      redaction: config.redaction,
      write: (entry) => auditLog.info(entry, 'exchange'),
    }),
  });
  const transport = createGrpcTransport(service, limits);
  return transport;
}
