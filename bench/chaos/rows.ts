// The faults that Weir must survive, each with its pass condition and the evidence: a fault of `npm run chaos`, or a test of `npm test`. A
// condition without evidence is marked as open.

/** One row. */
export interface Row {
  readonly id: string;
  readonly fault: string;
  readonly passes: string;
  /** Names of chaos faults. */
  readonly chaos?: readonly string[];
  /** Test files. */
  readonly tests?: readonly string[];
  /** The part of the pass condition that neither shows. */
  readonly open?: string;
}

/** F: processes and protocol. P: packs. R: reload, logs, resources. C: the admin address and secrets. */
export const rows: readonly Row[] = [
  {
    id: 'F1',
    fault: 'server killed in the middle of bodies',
    passes: 'every client gets an error; ready again within 3 s of processor time; no broken audit line',
    chaos: ['kill'],
    tests: ['test/e2e/failure.test.ts'],
  },
  {
    id: 'F2',
    fault: 'graceful stop under load',
    passes: 'not ready first, GOAWAY, no stream cut, status 0',
    chaos: ['restart'],
    tests: ['test/e2e/drain.test.ts'],
  },
  {
    id: 'F3',
    fault: 'a process of several dies',
    passes:
      'only its exchanges fail, fewer than its share; it is started again; counted; p99 of the others at most doubles',
    chaos: ['process-dies'],
    tests: ['test/e2e/processes.test.ts', 'test/supervise/supervisor.test.ts'],
  },
  {
    id: 'F4',
    fault: 'the addon crashes',
    passes:
      'the supervisor starts the process again; a report names packs, generation and request; an input, or a profile, that crashes it three times in a minute is handled by policy',
    chaos: ['native-crash'],
    tests: ['test/supervise/crashes.test.ts', 'test/supervise/crash-history.test.ts'],
  },
  {
    id: 'F5',
    fault: 'little memory and many streams',
    passes: 'sheds load before the kernel kills it',
    chaos: ['little-memory'],
    tests: ['test/e2e/open-memory.test.ts', 'test/e2e/overload.test.ts', 'test/e2e/memory.test.ts'],
    open: 'ten minutes of it: npm run chaos -- --only little-memory --minutes 10',
  },
  {
    id: 'F6',
    fault: 'an allocation fails in native code',
    passes: 'an error code, no leak',
    tests: ['test/native/allocation_test.cc'],
  },
  {
    id: 'F7',
    fault: 'a client that does not read',
    passes: 'memory stays, others are served',
    chaos: ['slow-reader'],
  },
  {
    id: 'F8',
    fault: 'a stream that falls silent',
    passes: 'ended by its own timeout, state freed',
    chaos: ['half-open'],
    tests: ['test/ext-proc/service.test.ts', 'test/e2e/failure.test.ts'],
  },
  {
    id: 'F9',
    fault: 'streams opened and reset again and again',
    passes: 'the connection is closed or the work limited; others are served',
    tests: ['test/ext-proc/resets.test.ts', 'test/ext-proc/empty-streams.test.ts', 'test/ext-proc/reset-guard.test.ts'],
  },
  {
    id: 'F10',
    fault: 'broken and hostile HTTP/2',
    passes: 'the process lives',
    tests: ['test/ext-proc/grpc-server.test.ts', 'test/ext-proc/native-transport.test.ts'],
  },
  {
    id: 'F11',
    fault: 'very large and irregular heads',
    passes: 'a verdict by policy; names of JavaScript properties are ordinary names',
    tests: ['test/ext-proc/from-envoy.test.ts', 'test/e2e/requests.test.ts'],
  },
  {
    id: 'F12',
    fault: 'gRPC messages that are too long, compressed, cut or malformed',
    passes: 'the stream ends with the right status',
    tests: [
      'test/ext-proc/framing-guard.test.ts',
      'test/ext-proc/message-reader.test.ts',
      'test/ext-proc/grpc-server.test.ts',
    ],
  },
  {
    id: 'F13',
    fault: 'messages in every order',
    passes: 'one reply for each, of the right kind',
    tests: ['test/ext-proc/service.test.ts', 'test/ext-proc/to-envoy.test.ts'],
  },
  {
    id: 'F14',
    fault: 'messages after the last reply',
    passes: 'never a second reply',
    tests: ['test/ext-proc/service-end.test.ts', 'test/e2e/early-answer.test.ts'],
  },
  {
    id: 'F15',
    fault: 'work that takes too long',
    passes: 'the policy for its cause; no late or second reply',
    tests: ['test/transaction/deadlines.test.ts', 'test/inspect/work.test.ts'],
  },
  {
    id: 'P1',
    fault: 'patterns that take forever',
    passes: 'rejected, or run by RE2; load time is limited',
    tests: ['test/compile/load-work.test.ts', 'test/pattern/regex-size.test.ts', 'test/lint/lint-patterns.test.ts'],
  },
  {
    id: 'P2',
    fault: 'a damaged or hostile pack',
    passes: 'refused in one line; the last good one stays',
    tests: ['test/pack/archive.test.ts', 'test/pack/open-pack.test.ts', 'test/pack/pack-path.test.ts'],
  },
  {
    id: 'P3',
    fault: 'unsigned, wrongly signed, expired, older',
    passes: 'as the trust file says',
    tests: ['test/pack/trust.test.ts', 'test/pack/envelope.test.ts'],
  },
  {
    id: 'P4',
    fault: 'compiled patterns of another machine, or changed',
    passes: 'ignored and compiled again',
    chaos: ['lost-cache'],
    tests: ['test/compile/cache-folder.test.ts', 'test/native/native.test.ts'],
  },
  {
    id: 'P5',
    fault: 'Hyperscan and RE2 disagree',
    passes: 'no difference over the corpora',
    tests: [
      'test/matching/crs-differential.test.ts',
      'test/matching/oracle.test.ts',
      'test/pattern/regex-dialect.test.ts',
    ],
  },
  {
    id: 'R1',
    fault: 'reloads under load',
    passes: 'no exchange lost, none judged by half of two rule sets',
    chaos: ['reloads'],
    tests: ['test/e2e/reload.test.ts'],
    open: 'memory after them: node bench/load/reload.ts',
  },
  {
    id: 'R2',
    fault: 'a bad reload',
    passes: 'the old rules stay; metric, log and /readyz say why',
    tests: ['test/server/server.test.ts', 'test/server/rule-sets.test.ts'],
  },
  {
    id: 'R3',
    fault: 'the audit log cannot be written',
    passes: 'verdicts go on; lost lines are counted',
    chaos: ['full-disk'],
    tests: ['test/telemetry/log-target.test.ts', 'test/telemetry/log-writer.test.ts'],
  },
  { id: 'R4', fault: 'the clock jumps', passes: 'nothing is given up', chaos: ['clock-jumps'] },
  { id: 'R5', fault: 'no file descriptors', passes: 'sheds, recovers', chaos: ['no-descriptors'] },
  {
    id: 'R6',
    fault: 'hours of work',
    passes: 'memory does not grow, no stream is lost',
    open: 'npm run soak -- --minutes 120',
  },
  {
    id: 'R7',
    fault: 'little processor time',
    passes: 'sheds by policy; is not killed as dead',
    chaos: ['stop'],
    tests: ['test/e2e/overload.test.ts', 'test/ext-proc/admission.test.ts'],
  },
  { id: 'C1', fault: 'markup in events', passes: 'no script runs', open: 'there is no console' },
  {
    id: 'C2',
    fault: 'strangers at the admin address',
    passes: '401 or 403; one event is one line',
    tests: ['test/admin/access.test.ts', 'test/admin/host-check.test.ts', 'test/admin/admin-server.test.ts'],
  },
  {
    id: 'C3',
    fault: 'secrets in logs and metrics',
    passes: 'none',
    tests: ['test/telemetry/redact.test.ts', 'test/telemetry/secrets.test.ts', 'test/telemetry/named-secrets.test.ts'],
  },
];
