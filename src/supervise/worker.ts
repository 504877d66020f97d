// One server as seen by its supervisor: a process that is started, queried, and restarted when it dies. Knows no other.

import { type ChildProcess, fork } from 'node:child_process';
import { monotonicMs } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import { crashSignals, type Death } from './crash-report.ts';
import type { FromWorker, Questions, RulesInForce, ToWorker } from './messages.ts';
import { processVariable } from './process-addresses.ts';
import { SlotFile } from './slot-file.ts';

/** The limits of a supervisor. */
export type WorkerLimits = Pick<Limits, 'restartMsMin' | 'restartMsMax' | 'workerAnswerMsMax' | 'workerStopMsMax'>;

/** How servers are started. */
export interface WorkerOptions {
  /** The program, and its command line arguments. */
  readonly program: string;
  readonly words: readonly string[];
  readonly limits: WorkerLimits;
  /** Called with a sentence for each end and each restart. Must not throw. */
  readonly onEvent: (sentence: string) => void;
  /** Called for each death by a signal that the process caused itself. Must not throw. */
  readonly onCrash: (death: Omit<Death, 'at'>) => void;
  /** Called when the process has put rules in force. Must not throw. */
  readonly onRules: (rules: RulesInForce) => void;
  /** The first message to each process. */
  readonly greeting: () => ToWorker;
}

/** A server's message when it listens. */
export type Ready = FromWorker & { readonly kind: 'ready' };

/** One server. */
export class Worker {
  readonly index: number;
  readonly #options: WorkerOptions;
  #child: ChildProcess | undefined;
  #ready: Ready | undefined;
  #isStopping = false;
  #restartMs: number;
  #restart: NodeJS.Timeout | undefined;
  #lastNumber = 0;
  readonly #questions = new Map<number, (answer: unknown) => void>();
  #restarts = 0;
  /** Where it writes what it inspects, for the next process; undefined where there is no room for that. */
  readonly #slot = SlotFile.open();
  /** The last two: exchanges that began under the older ones still run. */
  #rules: readonly RulesInForce[] = [];
  #stopped: Promise<void> | undefined;
  #started: Promise<Ready | undefined> = Promise.resolve(undefined);

  constructor(index: number, options: WorkerOptions) {
    this.index = index;
    this.#options = options;
    this.#restartMs = options.limits.restartMsMin;
  }

  /** Its message when it became ready; undefined while it is not running. */
  get ready(): Ready | undefined {
    return this.#ready;
  }

  /** How often it was restarted after it ended unexpectedly. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The process id; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it, and waits until it listens. Returns undefined if it ended before that; it has logged why. */
  start(): Promise<Ready | undefined> {
    this.#started = this.#start();
    return this.#started;
  }

  /** Waits until a start in progress is over, up to a time. */
  async settled(msMax: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, msMax);
    });
    await Promise.race([this.#started, tooLong]);
    clearTimeout(timer);
  }

  #start(): Promise<Ready | undefined> {
    const { program, words } = this.#options;
    const startedMs = monotonicMs();
    this.#slot?.clear();
    this.#rules = [];
    const child = fork(program, words, {
      execArgv: process.execArgv,
      serialization: 'advanced',
      env: { ...process.env, [processVariable]: String(this.index) },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', this.#slot?.descriptor ?? 'ignore'],
    });
    this.#child = child;
    this.tell(this.#options.greeting());
    return new Promise((resolve) => {
      child.on('message', (message) => {
        const said = message as FromWorker;
        if (said.kind === 'answer') this.#questions.get(said.number)?.(said.answer);
        else if (said.kind === 'rules') {
          this.#rules = [...this.#rules, said.rules].slice(-2);
          this.#options.onRules(said.rules);
        } else {
          this.#ready = said;
          resolve(said);
        }
      });
      const end = (how: string): void => {
        if (this.#child !== child) return;
        this.#child = undefined;
        const wasReady = this.#ready !== undefined;
        this.#ready = undefined;
        for (const answer of [...this.#questions.values()]) answer(undefined);
        resolve(undefined);
        if (wasReady && !this.#isStopping) this.#startAgain(how, monotonicMs() - startedMs);
      };
      child.once('error', (error) => end(`did not start: ${error.message}`));
      child.once('exit', (code, signal) => {
        if (signal !== null && crashSignals.has(signal)) this.#tellCrash(child.pid, signal);
        end(`ended with ${signal ?? `status ${code}`}`);
      });
    });
  }

  #tellCrash(pid: number | undefined, signal: NodeJS.Signals): void {
    this.#options.onCrash({ process: this.index, pid, signal, slot: this.#slot?.read(), rules: this.#rules });
  }

  /** Asks it. Returns undefined if it is not running, ends, or does not answer within `workerAnswerMsMax`. */
  ask<Name extends keyof Questions>(name: Name, msMax?: number): Promise<Questions[Name]['answer'] | undefined> {
    const child = this.#child;
    if (child === undefined || this.#ready === undefined) return Promise.resolve(undefined);
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer(undefined), msMax ?? this.#options.limits.workerAnswerMsMax);
      const answer = (given: unknown): void => {
        clearTimeout(timer);
        this.#questions.delete(number);
        resolve(given as Questions[Name]['answer'] | undefined);
      };
      this.#questions.set(number, answer);
      this.tell({ kind: 'question', number, name });
    });
  }

  /** Sends a message; does nothing if it is not running. */
  tell(message: ToWorker): void {
    if (this.#child?.connected === true) this.#child.send(message, () => undefined);
  }

  /** Drains it, and waits for its end; after `workerStopMsMax` it is killed. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child !== undefined) await this.#end(child);
    this.#slot?.close();
  }

  async #end(child: ChildProcess): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    if (this.#ready === undefined) child.kill('SIGKILL');
    this.tell({ kind: 'stop' });
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#options.limits.workerStopMsMax);
    await ended;
    clearTimeout(timer);
  }

  /** Each restart waits twice as long, until one has lasted. */
  #startAgain(how: string, upMs: number): void {
    const { restartMsMin, restartMsMax } = this.#options.limits;
    this.#restartMs = upMs > restartMsMax ? restartMsMin : this.#restartMs;
    const waitMs = this.#restartMs;
    this.#restartMs = Math.min(2 * waitMs, restartMsMax);
    this.#options.onEvent(`process ${this.index} ${how}; it is started again in ${waitMs} ms`);
    this.#scheduleStart(waitMs);
  }

  #scheduleStart(waitMs: number): void {
    this.#restart = setTimeout(() => {
      this.#restarts += 1;
      void this.start().then((ready) => {
        if (ready !== undefined) this.#options.onEvent(`process ${this.index} is ready again`);
        else if (!this.#isStopping) {
          const { restartMsMax } = this.#options.limits;
          this.#restartMs = Math.min(2 * this.#restartMs, restartMsMax);
          this.#options.onEvent(`process ${this.index} did not start; it is tried again in ${this.#restartMs} ms`);
          this.#scheduleStart(this.#restartMs);
        }
      });
    }, waitMs);
  }
}
