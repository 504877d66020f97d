// `weir envoy`: prints the Envoy configuration that Weir recommends, and checks an existing one for known traps. Everything about
// Envoy is in src/envoy.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { readInput } from '../base/input-file.ts';
import { limitTable } from '../base/limits.ts';
import { versionNumbers } from '../envoy/advisories.ts';
import { findingsAsJson, findingsAsText } from '../envoy/format.ts';
import { lintEnvoy } from '../envoy/lint.ts';
import { printEnvoy } from '../envoy/print.ts';
import type { WeirTls } from '../envoy/transport-socket.ts';
import type { LintSettings } from '../envoy/trap.ts';
import { type ListenAddress, parseListenAddress } from '../ext-proc/listen-address.ts';
import { commonExitCodes, defineCommand, defineCommandGroup } from './define-command.ts';
import type { Printer } from './printer.ts';

const shippedPath = join(import.meta.dirname, '..', '..', 'docs', 'envoy.yaml');

/** The options of `lint`, parsed. */
interface LintOptions {
  readonly holdWindow: number;
  readonly holdTime: number;
  readonly envoyVersion?: string;
  readonly cluster?: string;
  readonly strict?: true;
  readonly output: 'human' | 'json';
}

/** The options of `print`, parsed. */
interface PrintOptions {
  readonly listen: readonly string[];
  readonly service?: string;
  readonly front?: string;
  readonly holdWindow: number;
  readonly tlsCa?: string;
  readonly tlsName?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly part: 'all' | 'filter';
  readonly format: 'yaml' | 'json';
}

const holdWindow = [
  '--hold-window <bytes>',
  'same as for `weir serve`',
  wholeNumber,
  limitTable.holdWindowBytesMax.default,
] as const;

const lintCommand = defineCommand<LintOptions>({
  name: 'envoy lint',
  summary: 'check Envoy configurations (YAML or JSON, whole or in part) for known traps',
  options: (command) =>
    command
      .argument('<file...>', 'files; - for standard input')
      .option(...holdWindow)
      .option('--hold-time <ms>', 'same as for `weir serve`', wholeNumber, limitTable.holdMsMax.default)
      .option(
        '--envoy-version <version>',
        'also list published vulnerabilities of this version, such as 1.40.0',
        envoyVersion,
      )
      .option('--cluster <name>', 'check only ext_proc filters that call this cluster (default: all)')
      .option('--strict', 'exit with 1 for warnings too')
      .addOption(new Option('--output <format>', 'format of the report').choices(['human', 'json']).default('human')),
  run: async ({ options, args, printer }) => lintFiles(args[0] as readonly string[], options, printer),
});

const printCommand = defineCommand<PrintOptions>({
  name: 'envoy print',
  summary: 'print docs/envoy.yaml with your addresses',
  options: (command) =>
    command
      .option('--listen <address...>', 'addresses of Weir, one for each process', ['unix:/run/weir/weir.sock'])
      .option('--service <host:port>', 'the service behind Envoy (default: 127.0.0.1:8080)')
      .option('--front <host:port>', 'listen address for clients (default: 0.0.0.0:10000)')
      .option('--tls-ca <file>', "TLS to Weir: authority of its certificate, a path on Envoy's machine")
      .option('--tls-name <name>', "name in Weir's certificate (default: the host of its address)")
      .option('--tls-cert <file>', "Envoy's own certificate, if Weir requires one")
      .option('--tls-key <file>', 'key of that certificate')
      .option(...holdWindow)
      .addOption(
        new Option('--part <part>', 'a whole bootstrap, or only filter and cluster to add to yours')
          .choices(['all', 'filter'])
          .default('all'),
      )
      .addOption(new Option('--format <format>', 'form').choices(['yaml', 'json']).default('yaml')),
  run: async ({ options, printer }) => {
    printer.print(printedBy(options));
    return commonExitCodes.done;
  },
});

/** `weir envoy`. */
export const envoyCommand = defineCommandGroup(
  'envoy',
  'print the Envoy configuration that Weir recommends, or check yours for known traps',
  { print: printCommand, lint: lintCommand },
);

function lintFiles(files: readonly string[], options: LintOptions, printer: Printer): number {
  const settings: LintSettings = {
    holdWindowBytes: options.holdWindow,
    holdMs: options.holdTime,
    ...(options.envoyVersion !== undefined && { envoyVersion: options.envoyVersion }),
    ...(options.cluster !== undefined && { cluster: options.cluster }),
  };
  let errors = 0;
  let warnings = 0;
  for (const file of files) {
    const name = file === '-' ? '(standard input)' : file;
    const findings = lintEnvoy(textOf(file), name, settings);
    errors += findings.filter(({ trap }) => trap.severity === 'error').length;
    warnings += findings.filter(({ trap }) => trap.severity === 'warning').length;
    printer.print((options.output === 'json' ? findingsAsJson : findingsAsText)(name, findings));
  }
  if (options.output === 'human') printer.print(`${errors} errors, ${warnings} warnings\n`);
  return errors > 0 || (options.strict === true && warnings > 0) ? commonExitCodes.failed : commonExitCodes.done;
}

/** @throws WafError `config.invalid` */
function textOf(file: string): string {
  try {
    return readInput(file, constants.settingsFileBytesMax).toString('utf8');
  } catch (thrown) {
    const reason = (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (thrown as Error).message;
    throw new WafError('config.invalid', `${file}: ${reason}`);
  }
}

function printedBy(options: PrintOptions): string {
  const { listen, service, front, holdWindow, part, format } = options;
  const weir = listen.map(parseListenAddress);
  const settings = {
    weir,
    tls: tlsOf(options, weir),
    service: service === undefined ? undefined : hostAndPort(service),
    front: front === undefined ? undefined : hostAndPort(front),
    holdWindowBytes: holdWindow,
  };
  return printEnvoy(readFileSync(shippedPath, 'utf8'), settings, part, format);
}

/** @throws WafError `config.invalid` for options that need others. */
function tlsOf({ tlsCa, tlsName, tlsCert, tlsKey }: PrintOptions, weir: readonly ListenAddress[]): WeirTls | undefined {
  if (tlsCa === undefined) {
    if ((tlsName ?? tlsCert ?? tlsKey) === undefined) return undefined;
    throw new WafError('config.invalid', '--tls-name, --tls-cert and --tls-key need --tls-ca');
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new WafError('config.invalid', '--tls-cert and --tls-key must be given together');
  }
  const [first] = weir;
  if (first?.kind !== 'tcp') throw new WafError('config.invalid', 'Unix sockets do not use TLS: remove --tls-ca');
  const client = tlsCert === undefined || tlsKey === undefined ? undefined : { certFile: tlsCert, keyFile: tlsKey };
  return { caFile: tlsCa, name: tlsName ?? first.host, client };
}

/** @throws WafError `config.invalid` */
function hostAndPort(text: string): { readonly host: string; readonly port: number } {
  const address = parseListenAddress(text);
  if (address.kind === 'tcp') return address;
  throw new WafError('config.invalid', `"${text}": write HOST:PORT`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('write a positive whole number');
}

function envoyVersion(text: string): string {
  if (versionNumbers(text) !== undefined) return text;
  throw new InvalidArgumentError('write a version such as 1.40.0');
}
