// Weir as users run it, with its own pack and with the CRS, on each transport.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../../demo/stack/envoy-config.ts';
import { WeirProcess } from '../../../demo/stack/weir-process.ts';
import { parseListenAddress } from '../../../src/ext-proc/listen-address.ts';
import { type TransportName, transportNames } from '../../../src/ext-proc/transports.ts';
import { addressesOf } from '../../../src/supervise/process-addresses.ts';
import { addWeirLine, FileTail, RuleLog } from '../rule-log.ts';
import { Absent, type RunningSystem, type System, type SystemSetting } from '../system.ts';
import { behindEnvoy } from './behind-envoy.ts';

const repository = join(import.meta.dirname, '../../..');

/** The endpoints of several processes, by the one that was asked for. */
const addressesOfProcesses = (address: Address, processes: number): readonly Address[] =>
  Array.from({ length: processes }, (_, index) => {
    const [one] = addressesOf(['socket' in address ? `unix:${address.socket}` : `127.0.0.1:${address.port}`], index);
    const parsed = parseListenAddress(one ?? '');
    return parsed.kind === 'unix' ? { socket: parsed.path } : { port: parsed.port };
  });

async function startWeir(
  setting: SystemSetting,
  transport: TransportName,
  rules: readonly string[],
): Promise<RunningSystem> {
  const auditLog = join(setting.folder, 'audit.log');
  const processes = setting.size?.weirProcesses ?? 1;
  const weir = await WeirProcess.start({
    rules,
    transport,
    // Timed exchanges match nothing, so nothing is logged for them.
    args: [
      '--audit-log',
      auditLog,
      '--log-values',
      '--cache',
      join(repository, '.cache/pattern-sets'),
      ...(processes > 1 ? ['--processes', String(processes)] : []),
    ],
  });
  const tail = new FileTail(auditLog);
  const log = new RuleLog();
  return behindEnvoy(setting, {
    pid: weir.pid,
    addresses: processes > 1 ? addressesOfProcesses(weir.address, processes) : [weir.address],
    version: `Node ${process.version}, ${transport}`,
    idsOf: (probe) => {
      for (const line of tail.lines()) addWeirLine(log, line);
      return log.idsOf(probe);
    },
    stop: () => weir.stop(),
  });
}

/** Weir with its own rules. */
const weirStarter = (transport: TransportName): System => ({
  name: `weir-starter-${transport}`,
  title: `Weir, starter pack, ${transport}`,
  rules: 'starter',
  knownMisses: {},
  start: (setting) =>
    startWeir(setting, transport, [join(repository, 'rules/starter'), join(import.meta.dirname, '../probe.conf')]),
});

/** Weir with the rules that the other systems run. */
const weirCrs = (transport: TransportName): System => ({
  name: `weir-crs-${transport}`,
  title: `Weir, CRS, ${transport}`,
  rules: 'crs',
  knownMisses: {},
  start: async (setting) => {
    if (setting.crsFile === undefined) throw new Absent('there is no OWASP CRS (--crs)');
    // The settings for all engines turn audit logs off. Weir's shows which rules ran, in exchanges where some matched.
    const audited = join(setting.folder, 'audited.conf');
    writeFileSync(audited, 'SecAuditEngine RelevantOnly\n');
    return startWeir(setting, transport, [setting.crsFile, audited]);
  },
});

/** Weir with both rule sets on both transports. */
export const weirs: readonly System[] = [weirStarter, weirCrs].flatMap((weir) => transportNames.map(weir));
