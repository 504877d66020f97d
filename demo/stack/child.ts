// A server process that we started: it ends when we do, its output is kept for error messages, and it is stopped by its own id. Knows
// nothing of what the process does.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What to start, and its name in messages. */
export interface ChildOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Called for each line of output. */
  readonly onLine?: (line: string) => void;
}

/** Lines of output kept for error messages. */
const keptLinesMax = 60;

/** How long a process may take to end by itself before it is killed. */
const stopMsMax = 15_000;

/** With util-linux's setpriv the kernel ends a child when its parent dies, for whatever reason. */
const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/** A running process. */
export class Child {
  readonly name: string;
  /** Resolves when the process has ended, with a sentence that says how. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  #hasEnded = false;

  /** Starts the process in a group of its own, so that Ctrl-C on the terminal reaches only us. */
  constructor(options: ChildOptions) {
    this.name = options.name;
    const command = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL'];
    const [program, ...args] = [...command, options.program, ...options.args] as [string, ...string[]];
    this.#process = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream !== null) readLines(stream, (line) => this.#keep(line, options.onLine));
    }
    this.ended = new Promise((resolve) => {
      const finish = (how: string): void => {
        this.#hasEnded = true;
        resolve(`${this.name} ${how}`);
      };
      this.#process.once('error', (error) => finish(`did not start: ${error.message}`));
      this.#process.once('exit', (code, signal) => finish(`ended with ${signal ?? `status ${code}`}`));
    });
  }

  /** The process id. Throws when the process did not start. */
  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error(`${this.name} did not start`);
    return pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The last lines it printed. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** Sends a signal; does nothing after the process has ended. */
  signal(name: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#process.kill(name);
  }

  /** Asks it to end, waits, and kills it if it does not. Returns how it ended. Idempotent. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<string> {
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), stopMsMax);
    const how = await this.ended;
    clearTimeout(timer);
    return how;
  }

  #keep(line: string, onLine: ChildOptions['onLine']): void {
    this.#lines.push(line);
    if (this.#lines.length > keptLinesMax) this.#lines.shift();
    onLine?.(line);
  }
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => rest !== '' && onLine(rest));
}

/**
 * Calls a function repeatedly until it returns a result.
 * @throws Error when the process ends first, or when there is no result within `withinMs`; with the process's last output.
 */
export async function waitFor<T>(
  child: Child,
  what: string,
  withinMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + withinMs;
  while (!child.hasEnded && performance.now() < end) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  const why = child.hasEnded ? await child.ended : `${child.name} was not ready within ${withinMs} ms`;
  throw new Error(`${why} (waiting for ${what})\n${child.output}`);
}
