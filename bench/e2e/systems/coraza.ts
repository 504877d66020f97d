// Coraza in an ext_proc server of ours for which Envoy buffers each body; with RE2 for @rx if that can be built.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGo, goVersion, goVersionOf } from '../build.ts';
import { addCorazaLine, RuleLog } from '../rule-log.ts';
import { Absent, type System, type SystemSetting } from '../system.ts';
import { behindEnvoy, startOnSocket } from './behind-envoy.ts';

/** Envoy must hold the largest body and the messages around it. */
const bufferLimitBytes = 80 * 1024 * 1024;

/** The program with RE2 for @rx, as users who want speed have it, or else with Go's own engine. */
function build(setting: SystemSetting): { readonly program: string; readonly engine: string } {
  try {
    const program = buildGo({ name: 'coraza', tags: ['re2_cgo'] }, setting.onProgress);
    return { program, engine: `@rx by go-re2 ${goVersionOf('github.com/wasilibs/go-re2')} (cgo)` };
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    const program = buildGo({ name: 'coraza' }, setting.onProgress);
    return { program, engine: `@rx by Go's regexp (go-re2: ${error.message})` };
  }
}

/** Coraza, which gets each body in one message. */
export const coraza: System = {
  name: 'coraza',
  title: 'Coraza ext_proc, CRS',
  rules: 'crs',
  knownMisses: {},
  start: async (setting) => {
    if (setting.crsFile === undefined) throw new Absent('there is no OWASP CRS (--crs)');
    const { program, engine } = build(setting);
    const rulesFile = join(setting.folder, 'coraza.conf');
    // By default it drops all fields of a body after the thousandth.
    writeFileSync(rulesFile, `SecArgumentsLimit 100000\nSecRxPreFilter On\nInclude ${setting.crsFile}\n`);
    const log = new RuleLog();
    const filter = await startOnSocket(setting, {
      name: 'Coraza',
      program,
      args: [rulesFile],
      onLine: (line) => addCorazaLine(log, line),
    });
    const version = `coraza ${goVersionOf('github.com/corazawaf/coraza/v3')}, ${engine}, libinjection in Go, ${goVersion()}`;
    return behindEnvoy(
      setting,
      { ...filter, version, idsOf: (probe) => log.idsOf(probe) },
      { requestMode: 'buffered', bufferLimitBytes },
    );
  },
};
