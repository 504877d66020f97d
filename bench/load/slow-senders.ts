// What clients cost who hold exchanges open and send one byte a second: Weir's memory for each, and what is left for
// others. Through a real Envoy. Fails when a sender costs more than its bound, when others get too little, or when the
// attack that a slow sender ends with passes.

import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type HeldMemory, heldMemoryOf } from './collect-garbage.ts';
import { startFront } from './front.ts';

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

/** What a sender costs Weir, by what it is made of. */
export interface SenderCost {
  readonly bytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** The rest: native scan streams, and what allocators keep. */
  readonly nativeBytes: number;
}

/** What became of the senders, each of which ended with an attack. */
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

  get isBlocked(): boolean {
    return this.#answer.startsWith('HTTP/1.1 403');
  }

  sendByte(): void {
    if (!this.isLost) this.#socket.write(chunk('x'));
  }

  /** Ends with an attack, and waits for what comes of it. */
  async attack(): Promise<void> {
    this.#socket.write(`${chunk(attack)}0\r\n\r\n`);
    for (let waited = 0; waited < 30_000 && !this.isLost; waited += 20) await pause(20);
    this.#socket.destroy();
  }
}

/** Lets other clients ask for `seconds`, one request after the other on each of their connections. Requests per second. */
async function othersThroughput(port: number, seconds: number): Promise<number> {
  const request = `GET /products?q=blue+shoes HTTP/1.1\r\nhost: shop.example\r\naccept: */*\r\n\r\n`;
  let answered = 0;
  const clients = Array.from({ length: 4 }, () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    let answer = '';
    socket.on('data', (text: string) => {
      answer += text;
      // Envoy leaves the length out: answers come in chunks.
      if (!/\r\n\r\n(?:ok|2\r\nok\r\n0\r\n\r\n)$/.test(answer)) return;
      answer = '';
      answered += 1;
      socket.write(request);
    });
    socket.on('error', () => undefined);
    socket.write(request);
    return socket;
  });
  await pause(seconds * 1000);
  for (const socket of clients) socket.destroy();
  return answered / seconds;
}

/** Sends a byte for each sender every so often, evenly spread over the time. Returns what stops it. */
function keepSending(senders: readonly Sender[], bytesPerSecond: number): () => void {
  const tickMs = 20;
  let due = 0;
  let next = 0;
  const timer = setInterval(() => {
    due += (senders.length * bytesPerSecond * tickMs) / 1000;
    for (; due >= 1; due -= 1) {
      senders[next % senders.length]?.sendByte();
      next += 1;
    }
  }, tickMs);
  return () => clearInterval(timer);
}

/** Opens senders a few at a time, as many as there are to be. */
async function open(port: number, count: number): Promise<readonly Sender[]> {
  const senders: Sender[] = [];
  while (senders.length < count) {
    for (let n = 0; n < 50 && senders.length < count; n += 1) senders.push(new Sender(port));
    await pause(50);
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

/** Weir's memory with the senders against the same process without them, garbage left out. */
export async function measureSenderCost(plan: SlowSendersPlan): Promise<SenderCost & Ends> {
  let held: HeldMemory | undefined;
  const running = await startFront({
    rules: plan.rules,
    environment: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'collect-garbage.ts')}` },
    onLine: (line) => {
      held = heldMemoryOf(line) ?? held;
    },
  });
  const { frontPort } = running.envoy;
  const settled = async (): Promise<HeldMemory> => {
    await pause(2500);
    if (held === undefined) throw new Error('Weir did not say what memory it holds');
    return held;
  };
  try {
    // Code that has run once is compiled and stays.
    await endAll(await open(frontPort, Math.min(plan.senders, 100)));
    const before = await settled();
    const senders = await open(frontPort, plan.senders);
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

/** Requests that others have answered in a second, without and with the senders. */
export async function measureOthers(
  plan: SlowSendersPlan,
): Promise<Ends & { readonly before: number; readonly during: number }> {
  const running = await startFront({ rules: plan.rules });
  const { frontPort } = running.envoy;
  try {
    await othersThroughput(frontPort, 3);
    const before = await othersThroughput(frontPort, plan.seconds);
    const senders = await open(frontPort, plan.senders);
    const stop = keepSending(senders, plan.bytesPerSecond);
    await pause(1000);
    const during = await othersThroughput(frontPort, plan.seconds);
    stop();
    return { before, during, ...(await endAll(senders)) };
  } finally {
    await running.stop();
  }
}

const usage = `node bench/load/slow-senders.ts [--senders N] [--rate BYTES/S] [--seconds S] [--max-kib KIB]
                                [--min-others PERCENT] [--rules PATH]…

Holds N exchanges open (default 5000), each sending one byte a second, and prints what they cost. Ends with status 1
when a sender costs more than 48 KiB, others get less than 90 %, or an attack at the end of a slow body passes.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      senders: { type: 'string', default: '5000' },
      rate: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '30' },
      'max-kib': { type: 'string', default: '48' },
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
  const others = await measureOthers(plan);
  const percent = (100 * others.during) / others.before;
  print(
    `others: ${others.before.toFixed(0)} requests/s without them, ${others.during.toFixed(0)} with them ` +
      `(${percent.toFixed(0)} %)`,
  );
  const [passed, lost] = [cost.passed + others.passed, cost.lost + others.lost];
  print(`${lost} were cut before they ended; ${passed} attacks passed`);
  const isCostly = cost.bytes > Number(values['max-kib']) * KiB || percent < Number(values['min-others']);
  return isCostly || lost > 0 || passed > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main();
