// Parsers of other ecosystems, each ecosystem a process that is called over its standard input; README.md has the protocol.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Handed } from '../handed.ts';

/** What a parser reads. Drivers return nothing for subjects that they do not have. */
export type Subject = 'multipart' | 'form' | 'json' | 'cookie';

/** Header lines; names in any case, values as byte strings. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** How a driver is started. */
export interface PeerProgram {
  /** The ecosystem. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** A driver's description of one of its parsers. */
export interface ParserFacts {
  readonly version: string;
  readonly subjects: readonly Subject[];
}

/** What each parser passed on; without parsers that rejected the request. */
export type Answers = ReadonlyMap<string, readonly Handed[]>;

interface FirstLine {
  readonly parsers: Readonly<Record<string, ParserFacts>>;
  readonly missing: Readonly<Record<string, string>>;
}

type AnswerLine = Readonly<
  Record<string, readonly (readonly [Handed['role'], string | null | { readonly base64: string }])[]>
>;

interface Waiting {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** One ecosystem's process. It does not keep the tests alive while it is idle, and ends with them. */
export class Peer {
  readonly #name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: Waiting[] = [];
  #output: Buffer[] = [];
  #errors = '';
  #parsers: ReadonlyMap<string, ParserFacts> = new Map();
  #missing: ReadonlyMap<string, string> = new Map();

  private constructor({ name, program, args }: PeerProgram) {
    this.#name = name;
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdout.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#child.stderr.on('data', (bytes: Buffer) => {
      this.#errors = `${this.#errors}${String(bytes)}`.slice(-2000);
    });
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#fail(error.message));
    this.#child.on('close', (code) => this.#fail(`it ended with status ${code}: ${this.#errors.trim()}`));
  }

  /** Starts it; throws with the reason when it cannot be started. */
  static async start(program: PeerProgram): Promise<Peer> {
    const peer = new Peer(program);
    const { parsers, missing } = JSON.parse(await peer.#line()) as FirstLine;
    peer.#parsers = new Map(Object.entries(parsers));
    peer.#missing = new Map(Object.entries(missing));
    return peer;
  }

  /** Its parsers by name. */
  get parsers(): ReadonlyMap<string, ParserFacts> {
    return this.#parsers;
  }

  /** Why parsers that the driver knows are not available. */
  get missing(): ReadonlyMap<string, string> {
    return this.#missing;
  }

  /** What its parsers pass to an application. Requests may be sent before earlier ones are answered. */
  async ask(subject: Subject, headers: Headers, body: Uint8Array): Promise<Answers> {
    const answer = this.#line();
    const head = Buffer.from(JSON.stringify({ subject, headers }));
    this.#child.stdin.write(Buffer.concat([lengthOf(head), head, lengthOf(body), body]));
    const answers = JSON.parse(await answer) as AnswerLine;
    return new Map(
      Object.entries(answers).map(([parser, handed]) => [
        parser,
        handed.map(([role, text]) => ({
          role,
          text: textOf(text),
        })),
      ]),
    );
  }

  #line(): Promise<string> {
    this.#hold(true);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #receive(bytes: Buffer): void {
    let rest = bytes;
    for (let feed = rest.indexOf(0x0a); feed !== -1; feed = rest.indexOf(0x0a)) {
      const line = Buffer.concat([...this.#output, rest.subarray(0, feed)]).toString();
      this.#output = [];
      rest = rest.subarray(feed + 1);
      this.#waiting.shift()?.resolve(line);
    }
    if (rest.length > 0) this.#output.push(rest);
    if (this.#waiting.length === 0) this.#hold(false);
  }

  #fail(why: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(`${this.#name}: ${why}`));
  }

  /** Whether the tests wait for it. */
  #hold(isHeld: boolean): void {
    for (const handle of [this.#child, this.#child.stdout, this.#child.stderr] as { ref(): void; unref(): void }[]) {
      if (isHeld) handle.ref();
      else handle.unref();
    }
  }
}

/** A missing name in some languages is an empty one. */
function textOf(text: string | null | { readonly base64: string }): string | Uint8Array {
  if (text === null) return '';
  return typeof text === 'string' ? text : Buffer.from(text.base64, 'base64');
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
