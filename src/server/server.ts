// The life of a server: loads the rules, listens, reloads them when asked, and stops cleanly. Wires rooms together and does
// nothing else.

import { asWafError } from '../base/errors.ts';
import { configOf, type ServeConfig, type ServeSettings } from '../config/config.ts';
import { Admission } from '../ext-proc/admission.ts';
import { createGrpcTransport } from '../ext-proc/grpc-server.ts';
import { checkNodeVersion } from '../ext-proc/reset-guard.ts';
import { createService } from '../ext-proc/service.ts';
import type { Transport } from '../ext-proc/transport.ts';
import { createAuditLog } from '../telemetry/audit-log.ts';
import { RecordSinks } from '../transaction/record-sinks.ts';
import { changedFixedSettings } from './fixed-settings.ts';
import { type Log, type Logs, openLogs } from './logs.ts';
import { ProfileSource } from './profile-source.ts';

/** A running server. */
export interface RunningServer {
  /** The line for whoever waits: addresses, number of rules, how long loading took. */
  readonly readyLine: string;
  readonly addresses: readonly string[];
  /** Number of the rules in force: 1 at start, one more after each reload. */
  readonly generation: number;
  /**
   * Reads the settings anew and puts their rules, bounds and policies in force; exchanges under way end by those they began with.
   * While one reload is under way, all further calls are answered by one more. Answers whether the new rules are in force; why
   * not is in the log. Never rejects.
   */
  readonly reload: () => Promise<boolean>;
  /** Says NOT_SERVING, lets exchanges end within `drainMsMax`, removes sockets, frees the rules. Idempotent. */
  readonly stop: () => Promise<void>;
  /** Opens the files of the logs anew: they were rotated. */
  readonly reopenLogs: () => void;
}

/**
 * Starts the server.
 * @param readSettings called now, and again for each reload.
 * @throws WafError `config.invalid` for an address or setting that does not work, or an unfit Node; and what loading rules
 * throws. Nothing is left running then.
 */
export async function startServer(readSettings: () => ServeSettings): Promise<RunningServer> {
  checkNodeVersion();
  const config = configOf(readSettings());
  const logs = openLogs(config);
  const sinks = createSinks(config, logs);
  let profiles: ProfileSource | undefined;
  let transport: Transport | undefined;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      await transport?.close(config.limits.drainMsMax);
      profiles?.close();
      await sinks.drained(config.limits.logFlushMsMax);
      await logs.close();
    })();
    return stopped;
  };
  try {
    const source = await ProfileSource.open(config, logs.log);
    profiles = source;
    transport = createTransport(config, source, sinks, logs.log);
    const addresses: string[] = [];
    for (const address of config.listen) addresses.push(await transport.listen(address, config.socket));
    const { loadedCount, loadMs } = source.profile.plans.plan.diagnostics;
    return {
      readyLine: `weir ready on ${addresses.join(', ')}, ${loadedCount} rules, loaded in ${Math.round(loadMs)} ms`,
      addresses,
      get generation() {
        return source.generation;
      },
      reload: oneAtATime(() => reload(source, { readSettings, config, log: logs.log })),
      stop,
      reopenLogs: logs.reopen,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs one call at a time: those that come meanwhile share the next one, which begins after they came. */
function oneAtATime<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let current: Promise<Result> | undefined;
  let next: Promise<Result> | undefined;
  const begin = (): Promise<Result> => {
    const running = run().finally(() => {
      if (current === running) current = undefined;
    });
    current = running;
    next = undefined;
    return running;
  };
  return () => {
    if (current === undefined) return begin();
    next ??= current.then(begin, begin);
    return next;
  };
}

interface ReloadContext {
  readonly readSettings: () => ServeSettings;
  /** What the server was started with. */
  readonly config: ServeConfig;
  readonly log: Log;
}

async function reload(profiles: ProfileSource, { readSettings, config, log }: ReloadContext): Promise<boolean> {
  try {
    const fresh = configOf(readSettings());
    for (const name of changedFixedSettings(config, fresh)) {
      log.warn(`"${name}" has changed: that takes effect at the next start`);
    }
    await profiles.replace(fresh);
    const { loadedCount, loadMs } = profiles.profile.plans.plan.diagnostics;
    const { generation } = profiles;
    log.info(
      { generation },
      `reloaded: ${loadedCount} rules, loaded in ${Math.round(loadMs)} ms, generation ${generation}`,
    );
    return true;
  } catch (thrown) {
    const { code, message } = asWafError(thrown);
    const { generation } = profiles;
    log.error({ code, generation }, `not reloaded, generation ${generation} stays in force: ${message}`);
    return false;
  }
}

function createSinks({ limits, redaction }: ServeConfig, { log, auditLog }: Logs): RecordSinks {
  const audit = createAuditLog({ redaction, write: (entry) => auditLog.info(entry, 'exchange') });
  return new RecordSinks([audit], {
    limits,
    onError: ({ name }, { code, stack }) =>
      log.error({ code, stack }, `${name} could not take the record of an exchange`),
    onLoss: ({ name }) => log.warn(`records of exchanges are lost: ${name} does not keep up`),
    onRecovery: ({ name }, lost) => log.warn(`${name} keeps up again, ${lost} records of exchanges were lost to it`),
  });
}

function createTransport({ limits }: ServeConfig, profiles: ProfileSource, sinks: RecordSinks, log: Log): Transport {
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
    selectProfile: () => profiles.profile,
    defaultProfile: () => profiles.profile,
    // What the exchange itself brought about stands in its audit line; what we did needs its stack.
    onInternalError: ({ code, stack }) => log.error({ code, stack }, 'internal error'),
    sinks,
  });
  const transport = createGrpcTransport(service, limits);
  return transport;
}
