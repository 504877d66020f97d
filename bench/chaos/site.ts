// Weir behind a real Envoy in front of a service, on sockets that stay the same when Weir is restarted: the system that faults act on.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, waitFor } from '../../demo/stack/child.ts';
import { Envoy } from '../../demo/stack/envoy.ts';
import { heapArguments } from '../../src/cli/heap.ts';

const startMsMax = 60_000;
const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
/** The body of `/large`, which no client reads to its end. */
const largePiece = Buffer.alloc(64 * 1024, 'x');
const largePieces = 1024;

/** How Weir is started, apart from its addresses. */
export interface SiteOptions {
  /** Arguments of `weir serve`; `FOLDER` in them is the folder of the site. */
  readonly args?: readonly string[];
  /** Options of Node. */
  readonly node?: readonly string[];
  /** Servers under a supervisor; absent: no supervisor. */
  readonly processes?: number;
  /** Kernel limits, as prlimit takes them. */
  readonly kernelLimits?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with the folder before anything is started. */
  readonly prepare?: (folder: string) => void;
}

/** The running processes. */
export class Site {
  /** All files that Weir writes are in it. */
  readonly folder: string;
  readonly #options: SiteOptions;
  readonly #service: Server;
  readonly #said: string[] = [];
  #weir: Child | undefined;
  #envoy: Envoy | undefined;

  private constructor(options: SiteOptions, service: Server) {
    this.folder = mkdtempSync(join(tmpdir(), 'weir-chaos-'));
    this.#options = options;
    this.#service = service;
  }

  /** Starts everything. */
  static async start(options: SiteOptions = {}): Promise<Site> {
    const site = new Site(options, await startService());
    try {
      mkdirSync(join(site.folder, 'audit'));
      options.prepare?.(site.folder);
      await site.startWeir();
      const { port } = site.#service.address() as AddressInfo;
      site.#envoy = await Envoy.start({ weir: site.#sockets.map((socket) => ({ socket })), upstream: { port } });
      return site;
    } catch (error) {
      await site.stop();
      throw error;
    }
  }

  /** Where clients connect. */
  get port(): number {
    if (this.#envoy === undefined) throw new Error('Envoy does not run');
    return this.#envoy.frontPort;
  }

  get weir(): Child {
    if (this.#weir === undefined) throw new Error('Weir does not run');
    return this.#weir;
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  get #sockets(): readonly string[] {
    const { processes } = this.#options;
    if (processes === undefined) return [this.#path('weir.sock')];
    return Array.from({ length: processes }, (_, index) => this.#path(`weir-${index}.sock`));
  }

  /** Process ids of the servers under the supervisor. */
  serverPids(): readonly number[] {
    const { pid } = this.weir;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  }

  /** Starts Weir, or restarts it after it has ended. Returns the processor time until it was ready, ms. */
  async startWeir(): Promise<number> {
    let isReady = false;
    const own = (this.#options.args ?? []).map((word) => word.replace('FOLDER', this.folder));
    const { processes, kernelLimits, node = [] } = this.#options;
    const limited = kernelLimits === undefined ? [] : ['prlimit', ...kernelLimits];
    const [program = '', ...first] = [...limited, process.execPath];
    this.#weir = new Child({
      name: 'Weir',
      program,
      args: [
        ...first,
        ...heapArguments,
        ...node,
        main,
        'serve',
        ...['--listen', `unix:${this.#path('weir.sock')}`, '--admin', `unix:${this.#path('admin.sock')}`],
        ...['--audit-log', this.#path('audit/audit.log')],
        ...(processes === undefined ? [] : ['--processes', String(processes)]),
        ...own,
      ],
      environment: Object.fromEntries(
        Object.entries(this.#options.environment ?? {}).map(([name, value]) => [
          name,
          value.replace('FOLDER', this.folder),
        ]),
      ),
      onLine: (line) => {
        this.#said.push(line);
        isReady ||= line.startsWith('weir ready');
      },
    });
    await waitFor(this.#weir, 'its ready line', startMsMax, async () => isReady || undefined);
    return processorMs(this.#weir.pid);
  }

  /** Makes Weir reload with SIGHUP. Returns whether its log confirms the reload. */
  async reloadBySignal(): Promise<boolean> {
    const from = this.#said.length;
    this.weir.signal('SIGHUP');
    return waitFor(this.weir, 'a line about the reload', startMsMax, async () => {
      const lines = this.#said.slice(from);
      if (lines.some((line) => line.includes('"msg":"not reloaded'))) return 'no';
      return lines.some((line) => line.includes('"msg":"reloaded')) ? 'yes' : undefined;
    }).then((said) => said === 'yes');
  }

  /** A connection directly to Weir that sends nothing. */
  connectToWeir(): Socket {
    return connect(this.#sockets[0] ?? '').on('error', () => undefined);
  }

  /** Requests a path of the admin address. Returns status and body. */
  ask(path: string, method: 'GET' | 'POST' = 'GET'): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.#path('admin.sock'), path, method, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      asked.once('error', reject).end();
    });
  }

  /** The sum of a metric over its labels. */
  async metric(name: string): Promise<number> {
    const { body } = await this.ask('/metrics');
    const lines = body.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** Resident memory of Weir, bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.weir.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** Complete lines of the audit log. */
  auditLines(): readonly string[] {
    const path = this.#path('audit/audit.log');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  }

  /** Stops everything and removes the folder. Returns how Weir ended. */
  async stop(): Promise<string> {
    await this.#envoy?.stop();
    this.#weir?.signal('SIGCONT');
    const how = (await this.#weir?.stop()) ?? 'it did not run';
    this.#service.closeAllConnections();
    this.#service.close();
    rmSync(this.folder, { recursive: true, force: true });
    return how;
  }
}

/** Processor time that a process has used, ms: the kernel counts it in hundredths of a second. */
function processorMs(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return 10 * (user + system);
}

/** A service that reads and discards bodies and responds `ok`, or with 64 MiB at `/large`. */
function startService(): Promise<Server> {
  // Node closes idle connections after five seconds. A proxy that uses one just then takes it for a failure of the service.
  const server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }, (asked, response) => {
    asked.on('error', () => undefined);
    response.on('error', () => undefined);
    asked.once('end', () => {
      if (asked.url !== '/large') response.end('ok');
      else writeLarge(response, largePieces);
    });
    asked.resume();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function writeLarge(response: import('node:http').ServerResponse, pieces: number): void {
  if (pieces === 0) response.end();
  else if (response.write(largePiece)) setImmediate(writeLarge, response, pieces - 1);
  else response.once('drain', () => writeLarge(response, pieces - 1));
}
