// One server as its supervisor sees it: a process that is started, asked, and started again when it dies. Knows no other.

import { type ChildProcess, fork } from 'node:child_process';
import { monotonicMs } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import type { FromWorker, Questions, ToWorker } from './messages.ts';
import { processVariable } from './process-addresses.ts';

/** The bounds of a supervisor. */
export type WorkerLimits = Pick<Limits, 'restartMsMin' | 'restartMsMax' | 'workerAnswerMsMax' | 'workerStopMsMax'>;

/** How servers are started. */
export interface WorkerOptions {
  /** The program, and the words of its command line. */
  readonly program: string;
  readonly words: readonly string[];
  readonly limits: WorkerLimits;
  /** Told in a sentence of each end and each new start. Must not throw. */
  readonly onEvent: (sentence: string) => void;
}

/** What a server says when it listens. */
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
  #stopped: Promise<void> | undefined;
  #started: Promise<Ready | undefined> = Promise.resolve(undefined);

  constructor(index: number, options: WorkerOptions) {
    this.index = index;
    this.#options = options;
    this.#restartMs = options.limits.restartMsMin;
  }

  /** What it said when it was ready; undefined while it is not running. */
  get ready(): Ready | undefined {
    return this.#ready;
  }

  /** How often it was started again after it had ended by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The process id; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it, and waits until it listens. Answers undefined when it ended before: it has said why. */
  start(): Promise<Ready | undefined> {
    this.#started = this.#start();
    return this.#started;
  }

  /** Waits until a start that is under way is over, so long at most. */
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
    const child = fork(program, words, {
      execArgv: process.execArgv,
      serialization: 'advanced',
      env: { ...process.env, [processVariable]: String(this.index) },
    });
    this.#child = child;
    return new Promise((resolve) => {
      child.on('message', (message) => {
        const said = message as FromWorker;
        if (said.kind === 'answer') this.#questions.get(said.number)?.(said.answer);
        else {
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
      child.once('exit', (code, signal) => end(`ended with ${signal ?? `status ${code}`}`));
    });
  }

  /** Asks it. Answers undefined when it is not running, ends, or says nothing for `workerAnswerMsMax`. */
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

  /** Tells it something; nothing happens when it is not running. */
  tell(message: ToWorker): void {
    if (this.#child?.connected === true) this.#child.send(message, () => undefined);
  }

  /** Drains it, and waits for its end; one that takes longer than `workerStopMsMax` is killed. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    if (this.#ready === undefined) child.kill('SIGKILL');
    this.tell({ kind: 'stop' });
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#options.limits.workerStopMsMax);
    await ended;
    clearTimeout(timer);
  }

  /** Each further start waits twice as long, until one has lasted. */
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
