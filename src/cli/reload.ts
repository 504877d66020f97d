// `weir reload`: tells a running server, through its admin address, to reload settings and rules, and reports the result.

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { WafError } from '../base/errors.ts';
import { readInputFile } from '../base/input-file.ts';
import { loadConfig } from '../config/load.ts';
import { parseListenAddress } from '../ext-proc/listen-address.ts';
import { commonExitCodes, defineCommand } from './define-command.ts';

/** Maximum wait: large rule sets compile for a minute on a slow core, so a longer wait means that the server hangs. */
const answerMsMax = 600_000;

/** Bytes of a response that are shown: a load reports at most 50 problems. */
const answerBytesMax = 256 * 1024;

/** The options, parsed. */
interface ReloadOptions {
  readonly admin?: string;
  readonly config?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** `weir reload`. */
export const reloadCommand = defineCommand<ReloadOptions>({
  name: 'reload',
  summary: 'make a running server reload its settings and rules, and report the result',
  options: (command) =>
    command
      .option('--admin <address>', 'the admin address of the server, HOST:PORT or unix:PATH')
      .option('-c, --config <file>', 'configuration file of the server, for its admin address and token file')
      .option('--token-file <file>', 'file with the access token (default: WEIR_ADMIN_TOKEN)')
      .option('--ca <file>', 'use HTTPS, and trust the certificates in this file')
      .option('--cert <file>', 'client certificate')
      .option('--key <file>', 'key of that certificate'),
  run: async ({ options, printer }) => {
    const { status, body } = await askForReload(addressed(options));
    const isDone = status === 200;
    if (isDone) printer.print(body);
    else printer.warn(`weir reload: ${body}`);
    if (isDone) return commonExitCodes.done;
    // 500: the reload failed, and the rules in force stay. Anything else: the request was wrong.
    return status === 500 ? commonExitCodes.failed : commonExitCodes.usage;
  },
});

interface ReloadAnswer {
  readonly status: number;
  readonly body: string;
}

/** The options, with the address from an option or the file. @throws WafError `config.invalid` if neither gives one. */
function addressed(options: ReloadOptions): ReloadOptions & { readonly admin: string } {
  const named = options.config === undefined ? undefined : loadConfig(options.config).admin;
  const admin = options.admin ?? named?.listen;
  if (admin === undefined) {
    throw new WafError('config.invalid', 'give the admin address: --admin ADDRESS, or --config FILE with `admin`');
  }
  if (options.admin === undefined && named?.tls !== undefined && options.ca === undefined) {
    throw new WafError(
      'config.invalid',
      'the admin address uses HTTPS: give the authority of its certificate with --ca',
    );
  }
  const tokenFile = options.tokenFile ?? named?.tokenFile;
  return { ...options, admin, ...(tokenFile === undefined ? {} : { tokenFile }) };
}

async function askForReload(options: ReloadOptions & { readonly admin: string }): Promise<ReloadAnswer> {
  const address = parseListenAddress(options.admin);
  const token = options.tokenFile === undefined ? process.env.WEIR_ADMIN_TOKEN : read(options.tokenFile).toString();
  const isHttps = options.ca !== undefined;
  if (!isHttps && (options.cert ?? options.key) !== undefined) {
    throw new WafError('config.invalid', '--cert and --key need --ca');
  }
  const where = address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
  const tls = {
    ...(options.ca === undefined ? {} : { ca: read(options.ca) }),
    ...(options.cert === undefined ? {} : { cert: read(options.cert) }),
    ...(options.key === undefined ? {} : { key: read(options.key) }),
  };
  const headers = token === undefined ? {} : { authorization: `Bearer ${token.trim()}` };
  const signal = AbortSignal.timeout(answerMsMax);
  const ask = { method: 'POST', path: '/-/reload', headers, signal, agent: false, ...tls } as const;
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      const message = `the admin address ${options.admin} does not respond: ${cause.message}`;
      reject(new WafError('config.invalid', message, { cause }));
    };
    const request = (isHttps ? requestHttps : requestHttp)({ ...ask, ...where }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body = (body + text).slice(0, answerBytesMax);
      });
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', fail);
    request.end();
  });
}

function read(path: string): Buffer {
  try {
    return readInputFile(path);
  } catch (cause) {
    throw new WafError('config.invalid', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
