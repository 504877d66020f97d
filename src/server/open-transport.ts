// The service of exchanges on a transport: what both need of a server. Knows no life cycle.

import type { ServeConfig } from '../config/config.ts';
import type { Admission } from '../ext-proc/admission.ts';
import type { CrashGuard } from '../ext-proc/crash-guard.ts';
import type { ListenerTls } from '../ext-proc/listener-tls.ts';
import { createService } from '../ext-proc/service.ts';
import type { Transport } from '../ext-proc/transport.ts';
import type { CreateTransport } from '../ext-proc/transports.ts';
import type { RecordSinks } from '../transaction/record-sinks.ts';
import type { Log } from './logs.ts';
import type { ProfileSource } from './profile-source.ts';

/** What it is made with. */
export interface TransportContext {
  readonly create: CreateTransport;
  readonly admission: Admission;
  readonly profiles: Pick<ProfileSource, 'select' | 'profile'>;
  readonly sinks: Pick<RecordSinks, 'opened' | 'put'>;
  readonly log: Pick<Log, 'error'>;
  readonly tls: ListenerTls | undefined;
  readonly guard: CrashGuard | undefined;
}

/** Opens no address yet. */
export function openTransport(
  { limits }: Pick<ServeConfig, 'limits'>,
  { create, admission, profiles, sinks, log, tls, guard }: TransportContext,
): Transport {
  const service = createService({
    limits,
    admission,
    selectProfile: (opening) => profiles.select(opening),
    defaultProfile: () => profiles.profile,
    // What the exchange itself brought about stands in its audit line; what we did needs its stack.
    onInternalError: ({ code, stack }) => log.error({ code, stack }, 'internal error'),
    sinks,
    guard,
  });
  return create(service, limits, tls);
}
