// Opens the admin address of a server or of a supervisor, with the log messages of both. Knows no rule.

import type { AdminServer } from '../admin/admin-server.ts';
import type { AdminTarget } from '../admin/target.ts';
import type { ServeConfig } from '../config/config.ts';
import { watchProcess } from '../metrics/process-metrics.ts';
import type { Logs } from './logs.ts';

/** Opens it. Returns undefined if the configuration has none. @throws like `openAdminServer`. */
export async function openAdmin(
  { admin: settings, limits }: Pick<ServeConfig, 'admin' | 'limits'>,
  { log, setLevel }: Pick<Logs, 'log' | 'setLevel'>,
  asked: AdminTarget,
): Promise<AdminServer | undefined> {
  if (settings === undefined) return undefined;
  // Loads Node's HTTP module, which takes as long as all the rest of a server without such an address.
  const { openAdminServer } = await import('../admin/admin-server.ts');
  // Before there is traffic that would wait for it.
  await watchProcess();
  const target: AdminTarget = {
    ...asked,
    setLogLevel: (level, forMs) => {
      log.info({ logLevel: level, ms: forMs }, 'the log level was set by the admin address');
      setLevel(level, forMs);
      asked.setLogLevel(level, forMs);
    },
    drain: () => {
      log.info('the admin address was asked to drain');
      asked.drain();
    },
  };
  const server = await openAdminServer({
    settings,
    limits,
    target,
    environment: process.env,
    onError: ({ code, stack }) => log.error({ code, stack }, 'the admin address could not answer'),
  });
  log.info(`the admin address is ${server.address}`);
  if (server.isInTheClear) log.warn('the admin token is sent over the network in plain text: use HTTPS (--admin-cert)');
  return server;
}
