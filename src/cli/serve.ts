// `weir serve`: loads the rules, listens, says so in one line, and stops cleanly when asked. Wires rooms together and
// does nothing else.

import { WafError } from '../base/errors.ts';
import { configOf, type ServeConfig, type ServeSettings } from '../config/config.ts';
import { holdWindowNotice } from '../config/hold-window.ts';
import { Admission } from '../ext-proc/admission.ts';
import { createGrpcTransport } from '../ext-proc/grpc-server.ts';
import { checkNodeVersion } from '../ext-proc/reset-guard.ts';
import { createService } from '../ext-proc/service.ts';
import type { Transport } from '../ext-proc/transport.ts';
import { describeDiagnostic, isRemarkable } from '../plan/diagnostics.ts';
import type { Plan } from '../plan/plan.ts';
import { PlanHandle } from '../plan/plan-handle.ts';
import type { Profile } from '../profile/profile.ts';
import { shownProblems } from '../seclang/seclang-error.ts';
import { createAuditLog } from '../telemetry/audit-log.ts';
import { RecordSinks } from '../transaction/record-sinks.ts';
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
  const sinks = createSinks(config, logs);
  let plans: PlanHandle | undefined;
  let transport: Transport | undefined;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      await transport?.close(config.limits.drainMsMax);
      plans?.close();
      await sinks.drained();
      await logs.close();
    })();
    return stopped;
  };
  try {
    const notice = holdWindowNotice(config.limits);
    if (notice !== undefined) logs.log.warn(notice);
    const plan = await planOf(config, logs.log);
    plans = new PlanHandle(plan);
    transport = createTransport(config, plans, sinks, logs.log);
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
    const { problems } = plan.diagnostics;
    for (const text of shownProblems(problems.filter(isRemarkable).map(describeDiagnostic))) log.warn(text);
    for (const problem of problems) if (!isRemarkable(problem)) log.debug(describeDiagnostic(problem));
    for (const notice of plan.notices) log.info(notice);
    if (plan.diagnostics.loadedCount === 0) throw new WafError('config.invalid', 'no rule was loaded');
    return config.engine === undefined ? plan : { ...plan, settings: { ...plan.settings, engine: config.engine } };
  } finally {
    progress.stop();
  }
}

function createSinks({ limits, redaction }: ServeConfig, { log, auditLog }: Logs): RecordSinks {
  const audit = createAuditLog({ redaction, write: (entry) => auditLog.info(entry, 'exchange') });
  return new RecordSinks([audit], {
    limits,
    onError: ({ name }, { code, stack }) =>
      log.error({ code, stack }, `${name} could not take the record of an exchange`),
    onLoss: ({ name }) => log.warn(`records of exchanges are lost: ${name} does not keep up`),
  });
}

function createTransport(config: ServeConfig, plans: PlanHandle, sinks: RecordSinks, log: Log): Transport {
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
  const profile: Profile = { name: 'default', plans, limits, failurePolicy };
  const service = createService({
    limits,
    admission,
    selectProfile: () => profile,
    defaultProfile: profile,
    // What the exchange itself brought about stands in its audit line; what we did needs its stack.
    onInternalError: ({ code, stack }) => log.error({ code, stack }, 'internal error'),
    sinks,
  });
  const transport = createGrpcTransport(service, limits);
  return transport;
}
