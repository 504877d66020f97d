// The transport on nghttp2 (native/transport): HTTP/2 and gRPC's framing in C++ on Node's own event loop, one call into JavaScript
// for each read of a socket. Knows streams of bytes, no message.

import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import { listenProblem } from '../base/listen-problem.ts';
import { ChunkGarbage } from './chunk-garbage.ts';
import { bindSocket, noFailures, processPath, serviceName, status, untilDisconnected } from './grpc-service.ts';
import { HealthService, healthPaths } from './health-service.ts';
import { formatListenAddress, parseListenAddress } from './listen-address.ts';
import type { ListenerTls, PrepareTls } from './listener-tls.ts';
import {
  eventKinds,
  eventWords,
  type NativeServer,
  type NativeTransportAddon,
  nativeTransportAddon,
  violations,
} from './native-addon.ts';
import { type CallViolation, type CallWire, NativeCall } from './native-call.ts';
import type { SocketAccess } from './socket-access.ts';
import { handshakeResults } from './tls-handshakes.ts';
import type { DrainTimes, OpenStream, StreamHandler, Transport } from './transport.ts';
import { UnfinishedMessage } from './unfinished-message.ts';

/** Events of one call into JavaScript; more need another one. */
const eventsMax = 1_024;

/** The buffer of empty messages. */
const noBytes = Buffer.alloc(0);

/**
 * Serves `open`'s streams by gRPC.
 * @param tls for TCP addresses; absent: they are plain text, as Unix sockets always are.
 * @throws WafError `native.missing` when the addon was not built; `config.invalid` for certificates that it does not accept.
 */
export function createNativeTransport(open: OpenStream, limits: Limits, tls?: ListenerTls): Transport {
  return new NativeTransport(open, limits, tls);
}

class NativeTransport implements Transport {
  readonly failures = noFailures();
  readonly #addon: NativeTransportAddon = nativeTransportAddon();
  readonly #server: NativeServer;
  readonly #words = new Uint32Array(eventsMax * eventWords);
  /** By slot. */
  readonly #calls: (NativeCall | undefined)[] = [];
  readonly #openers: readonly ((call: NativeCall) => StreamHandler)[];
  readonly #health = new HealthService(['', serviceName]);
  readonly #garbage: ChunkGarbage;
  readonly #limits: Limits;
  readonly #wire: CallWire;
  readonly #endTls: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(open: OpenStream, limits: Limits, tls: ListenerTls | undefined) {
    this.#limits = limits;
    this.#garbage = new ChunkGarbage(limits);
    const methods: Readonly<Record<string, (call: NativeCall) => StreamHandler>> = {
      [processPath]: (call) => open(call, call),
      [healthPaths.check]: (call) => this.#health.check(call),
      [healthPaths.watch]: (call) => this.#health.watch(call),
    };
    this.#openers = Object.values(methods);
    this.#server = this.#addon.openServer(
      limits,
      Object.keys(methods),
      this.#words,
      (count, small, large) => this.#onEvents(count, small, large),
      (result, reason, address) => tls?.handshakes.ended(handshakeResults[result] ?? 'protocol', reason, address),
    );
    this.#wire = this.#createWire();
    this.#endTls = tls?.use(this.#prepareTls);
  }

  async listen(text: string, access: SocketAccess = {}): Promise<string> {
    const address = parseListenAddress(text);
    if (address.kind === 'unix') {
      await bindSocket(address.path, access, async () =>
        this.#bind(text, () => this.#addon.listenPipe(this.#server, address.path)),
      );
      return formatListenAddress(address);
    }
    let { port } = address;
    // A name may stand for several addresses: all of them have the port that the system chose for the first.
    for (const host of await numericHosts(address.host)) {
      port = this.#bind(text, () => this.#addon.listenTcp(this.#server, host, port));
    }
    return formatListenAddress({ ...address, port });
  }

  setServing(isServing: boolean): void {
    if (this.#closed === undefined) this.#health.set(isServing ? 'SERVING' : 'NOT_SERVING');
  }

  close(times: DrainTimes): Promise<void> {
    this.#closed ??= this.#shutDown(times);
    return this.#closed;
  }

  async #shutDown({ noticeMs = 0, drainMs }: DrainTimes): Promise<void> {
    const connections = (): number => this.#addon.connectionCount(this.#server);
    this.#health.set('NOT_SERVING');
    await untilDisconnected(connections, noticeMs);
    this.#health.close();
    this.#addon.drain(this.#server);
    await untilDisconnected(connections, drainMs);
    this.#addon.cut(this.#server);
    // Streams that are cut are notified in the next turn.
    while (this.#calls.some((call) => call !== undefined)) await sleep(1);
    this.#endTls?.();
    this.#addon.closeServer(this.#server);
  }

  readonly #prepareTls: PrepareTls = ({ cert, key, ca }) => {
    try {
      const made = this.#addon.makeTls(cert, key, ca);
      return () => this.#addon.useTls(this.#server, made);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new WafError('config.invalid', `the certificates for Envoy do not work: ${reason}`, { cause });
    }
  };

  #bind<Value>(text: string, listen: () => Value): Value {
    try {
      return listen();
    } catch (cause) {
      throw new WafError('config.invalid', `cannot listen on ${text}: ${listenProblem(text, cause)}`, { cause });
    }
  }

  #createWire(): CallWire {
    const addon = this.#addon;
    const server = this.#server;
    return {
      send: (slot, message) => addon.send(server, slot, message),
      end: (slot, code, details) => addon.end(server, slot, code, details),
      pause: (slot) => addon.pause(server, slot),
      resume: (slot) => addon.resume(server, slot),
      header: (slot, name) => addon.header(server, slot, name),
      failed: (failure) => {
        this.failures[failure] += 1;
      },
      dropped: (bytes) => this.#garbage.received(bytes),
    };
  }

  #onEvents(count: number, small: Buffer | undefined, large: readonly Buffer[] | undefined): void {
    const words = this.#words;
    for (let at = 0; at < count * eventWords; at += eventWords) {
      const [kind = 0, slot = 0, first = 0, second = 0] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
      switch (kind) {
        case eventKinds.open:
          this.#open(slot, first, second);
          break;
        case eventKinds.message:
          this.#garbage.received(second);
          this.#calls[slot]?.receiveSlice(small ?? noBytes, first, second);
          break;
        case eventKinds.largeMessage:
          this.#calls[slot]?.receive(large?.[first] ?? noBytes);
          break;
        case eventKinds.halfClose:
          this.#calls[slot]?.receive('half-close');
          break;
        case eventKinds.violation:
          this.#calls[slot]?.receive(this.#violationOf(first, second));
          break;
        case eventKinds.unfinished:
          this.#calls[slot]?.holds(first);
          break;
        case eventKinds.writable:
          this.#calls[slot]?.writable();
          break;
        case eventKinds.close: {
          const call = this.#calls[slot];
          this.#calls[slot] = undefined;
          call?.close();
        }
      }
    }
  }

  #open(slot: number, method: number, timeoutMs: number): void {
    const call = new NativeCall(this.#wire, slot, new UnfinishedMessage(this.#limits));
    this.#calls[slot] = call;
    const open = this.#openers[method];
    if (open !== undefined) call.begin(open, timeoutMs);
  }

  #violationOf(kind: number, detail: number): CallViolation {
    switch (kind) {
      case violations.tooLarge:
        return {
          code: status.RESOURCE_EXHAUSTED,
          sentence: `a message has ${detail} bytes, limit ${this.#limits.receiveMessageBytesMax}`,
        };
      case violations.flags:
        return {
          code: status.INVALID_ARGUMENT,
          failure: 'malformed',
          sentence: `a message has the flags ${detail}, and none says how it is encoded`,
        };
      default:
        return {
          code: status.INVALID_ARGUMENT,
          failure: 'malformed',
          sentence: 'the stream ended in the middle of a message',
        };
    }
  }
}

/** The addresses of a host. @throws WafError `config.invalid` for a name that has none. */
async function numericHosts(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    const { lookup } = await import('node:dns/promises');
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw new WafError('config.invalid', `cannot listen on ${host}: ${(cause as Error).message}`, { cause });
  }
}
