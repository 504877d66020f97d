// A server under a supervisor: reports when it is ready, answers questions, and ends when it is told to or when the supervisor is
// gone.

import { closeSync } from 'node:fs';
import { CrashGuard } from '../ext-proc/crash-guard.ts';
import { WorkSlot } from '../ext-proc/work-slot.ts';
import { nativeAddon } from '../matching/native.ts';
import type { RunningServer } from '../server/server.ts';
import type { FromWorker, Questions, ToWorker } from './messages.ts';
import { slotDescriptor } from './slot-file.ts';

/** The channel of a process, as in `process`. */
export interface Channel {
  readonly send: (message: FromWorker) => void;
  readonly onMessage: (take: (message: ToWorker) => void) => void;
  readonly onGone: (take: () => void) => void;
  /** An open channel keeps its process alive. */
  readonly close: () => void;
}

/** The channel to the supervisor. @throws TypeError if this process has none. */
export function channelOfProcess(): Channel {
  if (process.send === undefined) throw new TypeError('this process has no supervisor');
  return {
    send: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (take) => void process.on('message', (message) => take(message as ToWorker)),
    onGone: (take) => void process.on('disconnect', take),
    close: () => {
      if (process.connected) process.disconnect();
    },
  };
}

type Answer = Questions[keyof Questions]['answer'];

function answerTo(name: keyof Questions, server: RunningServer): Promise<Answer> | Answer {
  switch (name) {
    case 'reload':
      return server.reload().then((outcome) => {
        if (outcome.isDone) return outcome;
        const { code, message } = outcome.error;
        return { isDone: false, generation: outcome.generation, code, message };
      });
    case 'metrics':
      return server.readMetrics();
    case 'shadow':
    case 'exclusions':
      return server.reports[name];
    case 'health':
      return healthOf(server);
  }
}

function healthOf({ health, generation }: RunningServer): Questions['health']['answer'] {
  const { notReady, failedReload } = health;
  if (failedReload === undefined) return { notReady, generation, failedReload: undefined };
  const { at, error } = failedReload;
  return { notReady, generation, failedReload: { at, code: error.code, message: error.message } };
}

/**
 * The guard of this process, which writes down what it inspects where its supervisor finds it (`Worker`). One without such a place only
 * keeps out what it is told to.
 */
export function guardOfProcess(): CrashGuard {
  try {
    const slot = new WorkSlot(nativeAddon().mapFile(slotDescriptor));
    closeSync(slotDescriptor);
    return new CrashGuard(slot);
  } catch {
    return new CrashGuard(undefined);
  }
}

/** Serves a supervisor. @param stop called once, on request or when the supervisor is gone. */
export function serveSupervisor(
  channel: Channel,
  { server, guard, stop }: { readonly server: RunningServer; readonly guard: CrashGuard; readonly stop: () => void },
): void {
  channel.onGone(stop);
  channel.onMessage((message) => {
    switch (message.kind) {
      case 'question':
        void Promise.resolve(answerTo(message.name, server)).then((answer) => {
          channel.send({ kind: 'answer', number: message.number, answer });
        });
        break;
      case 'reopen-logs':
        server.reopenLogs();
        break;
      case 'log-level':
        server.setLogLevel(message.level, message.forMs);
        break;
      case 'quarantine':
        guard.keepOut(message.quarantine);
        break;
      case 'stop':
        stop();
    }
  });
  const { addresses, ruleCount, loadMs } = server;
  channel.send({ kind: 'ready', addresses, ruleCount, loadMs });
}
