// The demo's command line. Reports errors in it in a sentence; starts nothing.

import { parseArgs } from 'node:util';

/** Body modes that the demo shows. */
export type DemoMode = 'streamed' | 'buffered' | 'full-duplex';

/** Options of the demo. */
export interface DemoOptions {
  /** Port of Envoy's listener, 10000 by default; 0 lets the system choose. */
  readonly port: number;
  readonly mode: DemoMode;
  readonly rules: readonly string[];
  /** End after the scenario instead of staying up. */
  readonly exit: boolean;
  readonly statePath: string | undefined;
  readonly auditLog: string | undefined;
}

/** The usage text, for `--help` and for usage errors. */
export const usage = `npm run demo -- [--port N] [--mode streamed|buffered|full-duplex] [--rules PATH…] [--exit] [--state FILE] [--audit-log FILE]

  --port N       port of the front on 127.0.0.1; 10000 by default, 0 for any free one
  --mode MODE    how Envoy hands bodies to Weir; streamed by default
  --rules PATH…  rule files or folders instead of the starter pack
  --exit         stop after the scenario; status 0 only if every step passed
  --state FILE   write ports and process ids there as JSON once everything is ready
  --audit-log FILE  where Weir writes its audit log, values in it, for weir replay`;

const modes: readonly string[] = ['streamed', 'buffered', 'full-duplex'] satisfies DemoMode[];

/** Reads the arguments. `--rules` takes everything that follows it up to the next option. Throws with a sentence. */
export function readOptions(args: readonly string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args: spreadRules(args),
    allowPositionals: false,
    options: {
      port: { type: 'string', default: '10000' },
      mode: { type: 'string', default: 'streamed' },
      rules: { type: 'string', multiple: true, default: [] },
      exit: { type: 'boolean', default: false },
      state: { type: 'string' },
      'audit-log': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    throw new Error(`--port ${values.port} is not a port`);
  if (!modes.includes(values.mode)) throw new Error(`--mode ${values.mode} is not one of ${modes.join(', ')}`);
  return {
    port: Number(values.port),
    mode: values.mode as DemoMode,
    rules: values.rules,
    exit: values.exit,
    statePath: values.state,
    auditLog: values['audit-log'],
  };
}

/** `--rules a b` becomes `--rules a --rules b`, as the parser requires. */
function spreadRules(args: readonly string[]): string[] {
  const spread: string[] = [];
  let isInRules = false;
  for (const arg of args) {
    if (isInRules && !arg.startsWith('-')) {
      spread.push('--rules', arg);
      continue;
    }
    isInRules = arg === '--rules';
    if (!isInRules) spread.push(arg);
  }
  return spread;
}
