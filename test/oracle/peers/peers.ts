// Which ecosystems are used, and their parsers as oracles.

import { existsSync, readdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OracleRequest } from '../reading.ts';
import type { Oracle } from '../trial.ts';
import { type Answers, type Headers, Peer, type PeerProgram, type Subject } from './peer.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const installed = (file: string): string => here(`../../../.cache/peers/${file}`);

/** The class path: jars are listed one by one, since their names contain versions. */
function javaPath(): string {
  const jars = installed('java/jars');
  const names = existsSync(jars) ? readdirSync(jars) : [];
  return [installed('java/classes'), ...names.sort().map((name) => `${jars}/${name}`)].join(delimiter);
}

/** Javac's classes next to the jars. Little JIT compilation: most of the time of a test file is Java's start. */
const javaArgs = [...['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'], ...['-cp', javaPath(), 'Peer']];

const programs: readonly PeerProgram[] = [
  { name: 'Node', program: process.execPath, args: [here('node.mjs')] },
  { name: 'Python', program: installed('python/bin/python'), args: ['-I', here('python.py')] },
  { name: 'PHP', program: process.execPath, args: [here('php.mjs')] },
  { name: 'Ruby', program: 'ruby', args: [here('rack.rb')] },
  { name: 'Go', program: installed('go/peer'), args: [] },
  { name: 'Java', program: 'java', args: javaArgs },
];

/** A parser that a test can call. */
export interface PeerParser {
  readonly name: string;
  readonly version: string;
  readonly subjects: readonly string[];
  readonly peer: Peer;
}

/** Parsers for a subject, and why others are not available: their tests are skipped. */
export interface Peers {
  readonly parsers: readonly PeerParser[];
  readonly missing: readonly string[];
}

/** Starts the available ecosystems. Each test file has its own processes, which end with it. */
export async function startPeers(subject: Subject): Promise<Peers> {
  const { parsers, missing } = await startAllPeers();
  return { parsers: parsers.filter(({ subjects }) => subjects.includes(subject)), missing };
}

/** The same, for several subjects. */
export async function startAllPeers(): Promise<Peers> {
  const parsers: PeerParser[] = [];
  const missing: string[] = [];
  const starts = await Promise.allSettled(programs.map((program) => Peer.start(program)));
  for (const [index, start] of starts.entries()) {
    if (start.status === 'rejected') {
      missing.push(`${programs[index]?.name}: ${reasonOf(start.reason)}; npm run setup installs what can be had`);
      continue;
    }
    const peer = start.value;
    for (const [parser, why] of peer.missing) missing.push(`${parser}: ${why}`);
    for (const [parser, { version, subjects }] of peer.parsers) {
      parsers.push({ name: parser, version, subjects, peer });
    }
  }
  return { parsers, missing };
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Parsers as oracles for a trial; each ecosystem is called once per request. */
export function oraclesOf({ parsers }: Peers, subject: Subject): Oracle[] {
  const known = new WeakMap<OracleRequest, Map<Peer, Promise<Answers>>>();
  const answersOf = (peer: Peer, request: OracleRequest): Promise<Answers> => {
    const ofRequest = known.get(request) ?? new Map<Peer, Promise<Answers>>();
    known.set(request, ofRequest);
    const answers = ofRequest.get(peer) ?? peer.ask(subject, headersOf(request), request.body);
    ofRequest.set(peer, answers);
    return answers;
  };
  return parsers.map(({ name, peer }) => ({
    name,
    read: async (request) => (await answersOf(peer, request)).get(name) ?? [],
  }));
}

function headersOf({ contentType, contentEncoding }: OracleRequest): Headers {
  return [
    ...(contentType === undefined ? [] : [['Content-Type', contentType] as const]),
    ...(contentEncoding === undefined ? [] : [['Content-Encoding', contentEncoding] as const]),
  ];
}
