// A healthy server for tests of the admin address, which records what it is asked to do.

import type { AdminReports } from '../../src/admin/reports.ts';
import type { AdminTarget, Health } from '../../src/admin/target.ts';

/** A healthy server. */
export const healthy: Health = { hasStarted: true, notReady: undefined, generation: 3, failedReload: undefined };

const reports: AdminReports = {
  shadow: [],
  exclusions: [],
  crashes: { crashes: [], quarantine: { inputs: [], profiles: [] } },
};

/** A target, and the requests that it received, in order. */
export function adminTarget(given: Partial<AdminTarget> = {}): {
  readonly target: AdminTarget;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const target: AdminTarget = {
    health: () => healthy,
    metrics: (format) => Promise.resolve(`# ${format}\n`),
    report: <Name extends keyof AdminReports>(name: Name) => Promise.resolve(reports[name]),
    reload: () => {
      asked.push('reload');
      return Promise.resolve({ isDone: true, generation: 4, ruleCount: 7, loadMs: 12.4 });
    },
    setLogLevel: (level, forMs) => void asked.push(`${level} for ${forMs} ms`),
    drain: () => void asked.push('drain'),
    ...given,
  };
  return { target, asked };
}
