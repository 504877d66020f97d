// The cost of clients that hold exchanges open and send one byte per second: Weir's memory for each, and what is left for others. Through a
// real Envoy. Fails when a sender costs more than its limit, when others are served too slowly, or when the attack at the end of a slow
// sender's body passes.

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type HeldMemory, heldMemoryOf } from './collect-garbage.ts';
import { type Running, startFront } from './front.ts';
import { restMs } from './rest.ts';

const KiB = 1024;
const head =
  'POST /letters HTTP/1.1\r\nhost: shop.example\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64)\r\naccept: */*\r\n' +
  'content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n';
const attack = "'+UNION+SELECT+password+FROM+users--+";

/** What is measured. */
export interface SlowSendersPlan {
  readonly senders: number;
  readonly bytesPerSecond: number;
  /** How long they send before memory is read. */
  readonly seconds: number;
  readonly rules: readonly string[];
}

/** The cost of one sender to Weir, by kind of memory. */
export interface SenderCost {
  readonly bytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** The rest: native scan streams, and what allocators keep. */
  readonly nativeBytes: number;
}

/** The outcomes of the senders, each of which ended with an attack. */
interface Ends {
  /** Not blocked. */
  readonly passed: number;
  /** Cut before they ended. */
  readonly lost: number;
}

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One client. */
class Sender {
  readonly #socket: Socket;
  #answer = '';
  #isClosed = false;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.#answer += text.slice(0, 100);
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#isClosed = true;
    });
    this.#socket.write(`${head}${chunk('letter=')}`);
  }

  get isLost(): boolean {
    return this.#isClosed || this.#answer !== '';
  }

  /** Blocked by rules, or refused because Weir was too busy to inspect: with a 503 nothing passes either. */
  get isBlocked(): boolean {
    return /^HTTP\/1\.1 (?:403|503) /.test(this.#answer);
  }

  sendByte(): void {
    if (!this.isLost) this.#socket.write(chunk('x'));
  }

  /** Ends with an attack, and waits for the outcome. */
  async attack(): Promise<void> {
    this.#socket.write(`${chunk(attack)}0\r\n\r\n`);
    for (let waited = 0; waited < 30_000 && !this.isLost; waited += 20) await pause(20);
    this.#socket.destroy();
  }
}

/** How the other clients were served. */
export interface Others {
  /** Requests answered per second. */
  readonly answered: number;
  /** Median and p99 of their response times. */
  readonly medianMs: number;
  readonly p99Ms: number;
  /** How much of one core Weir used meanwhile, for all clients. */
  readonly cores: number;
}

const othersRequest = 'GET /products?q=blue+shoes HTTP/1.1\r\nhost: shop.example\r\naccept: */*\r\n\r\n';

/** A connection of another client: one request at a time. */
class OtherClient {
  readonly #socket: Socket;
  #answer = '';
  #sentAt: number | undefined;

  constructor(port: number, onAnswer: (ms: number) => void) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (text: string) => {
      this.#answer += text;
      // Envoy removes the length: responses come in chunks.
      if (!/\r\n\r\n(?:ok|2\r\nok\r\n0\r\n\r\n)$/.test(this.#answer)) return;
      this.#answer = '';
      onAnswer(performance.now() - (this.#sentAt ?? 0));
      this.#sentAt = undefined;
    });
  }

  get isIdle(): boolean {
    return this.#sentAt === undefined;
  }

  ask(): void {
    this.#sentAt = performance.now();
    this.#socket.write(othersRequest);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Processor time that a process has used (Linux, proc(5): stat, in hundredths of a second). */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Other clients send at a fixed rate, whatever the responses; a request is skipped if none of 64 connections is free. */
async function askAsOthers({ weir, envoy }: Running, seconds: number, requestsPerSecond: number): Promise<Others> {
  const port = envoy.frontPort;
  const times: number[] = [];
  const clients = Array.from({ length: 64 }, () => new OtherClient(port, (ms) => times.push(ms)));
  const began = performance.now();
  const usedBefore = cpuSecondsOf(weir.pid);
  const stop = evenly(requestsPerSecond, () => clients.find(({ isIdle }) => isIdle)?.ask());
  await pause(seconds * 1000);
  stop();
  const cores = (cpuSecondsOf(weir.pid) - usedBefore) / ((performance.now() - began) / 1000);
  for (const client of clients) client.close();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { answered: times.length / seconds, medianMs: at(0.5), p99Ms: at(0.99), cores };
}

/** Calls `act` this many times per second, a few milliseconds apart. Returns a function that stops it. */
function evenly(timesPerSecond: number, act: () => void): () => void {
  const began = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * timesPerSecond;
    for (; done < due; done += 1) act();
  }, 2);
  return () => clearInterval(timer);
}

/** Sends bytes for all senders in turn, evenly spread over time. Returns a function that stops it. */
function keepSending(senders: readonly Sender[], bytesPerSecond: number): () => void {
  let next = 0;
  return evenly(senders.length * bytesPerSecond, () => {
    senders[next % senders.length]?.sendByte();
    next += 1;
  });
}

/** Opens `count` senders, a few at a time, no faster than Weir admits them. */
async function open({ envoy }: Running, count: number): Promise<readonly Sender[]> {
  const underWay = async (): Promise<number> =>
    [...(await envoy.stats(/cluster\.weir\.upstream_rq_active$/)).values()].reduce((sum, value) => sum + value, 0);
  const before = await underWay();
  const senders: Sender[] = [];
  while (senders.length < count) {
    for (let n = 0; n < 50 && senders.length < count; n += 1) senders.push(new Sender(envoy.frontPort));
    const wanted = before + senders.length;
    for (let waited = 0; waited < 5_000 && (await underWay()) < wanted; waited += 20) await pause(20);
  }
  return senders;
}

/** Ends every sender with an attack. */
async function endAll(senders: readonly Sender[]): Promise<Ends> {
  const held = senders.filter((sender) => !sender.isLost);
  for (let from = 0; from < held.length; from += 50) {
    await Promise.all(held.slice(from, from + 50).map((sender) => sender.attack()));
  }
  return { lost: senders.length - held.length, passed: held.filter((sender) => !sender.isBlocked).length };
}

/**
 * Weir's memory with the senders compared with the same process without them, after garbage collection. The memory of objects is exact;
 * resident memory varies by some 8 MiB by itself (pages that allocators keep), which is little for thousands of senders and much for
 * hundreds.
 */
export async function measureSenderCost(plan: SlowSendersPlan): Promise<SenderCost & Ends> {
  let held: HeldMemory | undefined;
  const running = await startFront({
    rules: plan.rules,
    // The measured senders are admitted, however busy the machine is.
    args: ['--limit', 'admissionWaitMsMax=60000'],
    environment: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'collect-garbage.ts')}` },
    onLine: (line) => {
      held = heldMemoryOf(line) ?? held;
    },
  });
  const settled = async (): Promise<HeldMemory> => {
    await pause(2500);
    if (held === undefined) throw new Error('Weir did not say what memory it holds');
    return held;
  };
  try {
    // Code that has run once is compiled and stays. But a server that is idle after its start gives memory back, and takes it again later.
    const warmUp = async (): Promise<unknown> => endAll(await open(running, Math.min(plan.senders, 100)));
    await warmUp();
    await pause(restMs);
    await warmUp();
    const before = await settled();
    const senders = await open(running, plan.senders);
    const stop = keepSending(senders, plan.bytesPerSecond);
    await pause(plan.seconds * 1000);
    const during = await settled();
    stop();
    const each = (name: keyof HeldMemory): number => (during[name] - before[name]) / plan.senders;
    const [bytes, heapBytes, externalBytes] = [each('residentBytes'), each('heapBytes'), each('externalBytes')];
    const nativeBytes = bytes - heapBytes - externalBytes;
    return { bytes, heapBytes, externalBytes, nativeBytes, ...(await endAll(senders)) };
  } finally {
    await running.stop();
  }
}

/** How other clients are served without and with the senders. */
export async function measureOthers(
  plan: SlowSendersPlan & { readonly requestsPerSecond: number },
): Promise<Ends & { readonly before: Others; readonly during: Others }> {
  const { seconds, requestsPerSecond } = plan;
  const running = await startFront({ rules: plan.rules });
  try {
    await askAsOthers(running, 3, requestsPerSecond);
    const before = await askAsOthers(running, seconds, requestsPerSecond);
    const senders = await open(running, plan.senders);
    const stop = keepSending(senders, plan.bytesPerSecond);
    await pause(1000);
    const during = await askAsOthers(running, seconds, requestsPerSecond);
    stop();
    return { before, during, ...(await endAll(senders)) };
  } finally {
    await running.stop();
  }
}

const usage = `node bench/load/slow-senders.ts [--senders N] [--rate BYTES/S] [--seconds S] [--max-kib KIB]
                                [--others REQUESTS/S] [--min-others PERCENT] [--rules PATH]…

Holds N exchanges open (default 5000), each sending one byte a second, and prints what they cost, and how others fare who
ask 500 times a second. Ends with status 1 when a sender costs more than 48 KiB, less than 90 % of the answers that
others get without the senders come with them, the machine is too busy to tell, or an attack at the end of a slow body passes.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      senders: { type: 'string', default: '5000' },
      rate: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '30' },
      'max-kib': { type: 'string', default: '48' },
      others: { type: 'string', default: '500' },
      'min-others': { type: 'string', default: '90' },
      rules: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const plan: SlowSendersPlan = {
    senders: Number(values.senders),
    bytesPerSecond: Number(values.rate),
    seconds: Number(values.seconds),
    rules: values.rules,
  };
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const inKib = (bytes: number): string => `${(bytes / KiB).toFixed(1)} KiB`;
  const cost = await measureSenderCost(plan);
  print(
    `${values.senders} senders at ${values.rate} byte/s: ${inKib(cost.bytes)} each (objects ${inKib(cost.heapBytes)}, ` +
      `held by objects ${inKib(cost.externalBytes)}, native ${inKib(cost.nativeBytes)})`,
  );
  const others = await measureOthers({ ...plan, requestsPerSecond: Number(values.others) });
  const percent = (100 * others.during.answered) / others.before.answered;
  for (const [when, { answered, medianMs, p99Ms, cores }] of [
    ['without them', others.before],
    ['with them', others.during],
  ] as const) {
    const times = `half within ${medianMs.toFixed(1)} ms, 99 % within ${p99Ms.toFixed(1)} ms`;
    print(`others, ${when}: ${answered.toFixed(0)} of ${values.others} requests a second answered, ${times}`);
    print(`  Weir used ${(100 * cores).toFixed(0)} % of a core`);
  }
  const [passed, lost] = [cost.passed + others.passed, cost.lost + others.lost];
  const isBusy = others.before.answered < (Number(values['min-others']) / 100) * Number(values.others);
  if (isBusy) print('this machine does not answer others in time without the senders: ask for less by --others');
  print(`${lost} were cut before they ended; ${passed} attacks passed`);
  const isCostly = cost.bytes > Number(values['max-kib']) * KiB || percent < Number(values['min-others']);
  return isBusy || isCostly || lost > 0 || passed > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main();
