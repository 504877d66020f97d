// Every fuzz target by name, and the code that it tests. Loads none of them.

/** A target on the command line. */
export interface TargetEntry {
  readonly name: string;
  readonly about: string;
  /** `typescript` runs in a thread of ours (`targets/<name>.ts`), `native` in libFuzzer (test/native/fuzz_<name>.cc). */
  readonly kind: 'typescript' | 'native';
}

/** All of them, in the order in which they run. */
export const targetList: readonly TargetEntry[] = [
  { name: 'form', about: 'bodies of forms', kind: 'typescript' },
  { name: 'json', about: 'bodies of JSON, one text or a sequence', kind: 'typescript' },
  { name: 'xml', about: 'bodies of XML', kind: 'typescript' },
  { name: 'multipart', about: 'multipart bodies under any Content-Type', kind: 'typescript' },
  { name: 'graphql', about: 'GraphQL documents', kind: 'typescript' },
  { name: 'grpc', about: 'gRPC and gRPC-Web bodies, compressed or not', kind: 'typescript' },
  { name: 'protobuf', about: 'messages of Protocol Buffers', kind: 'typescript' },
  { name: 'content-coding', about: 'gzip, deflate, br, zstd and stacks of them', kind: 'typescript' },
  { name: 'charset', about: 'text in UTF-16 and UTF-32', kind: 'typescript' },
  { name: 'transfer-encoding', about: 'base64 and quoted-printable', kind: 'typescript' },
  { name: 'body-reader', about: 'whole bodies under any head', kind: 'typescript' },
  { name: 'held', about: 'what a reader of a body holds at a pause, and that it told all else', kind: 'typescript' },
  { name: 'http', about: 'request target, query, cookies, media type, Content-Disposition', kind: 'typescript' },
  { name: 'ext-proc', about: 'messages of Envoy', kind: 'typescript' },
  { name: 'service', about: 'streams of messages in any order, answered under a plan', kind: 'typescript' },
  { name: 'transport', about: 'the same bytes to both transports', kind: 'typescript' },
  { name: 'seclang', about: 'rule text: parsed, printed, parsed again', kind: 'typescript' },
  { name: 'regex', about: 'patterns of rules: parsed, judged, printed for both engines', kind: 'typescript' },
  { name: 'plan', about: 'rule text as a plan, and an exchange under it', kind: 'typescript' },
  { name: 'exchange', about: 'whole exchanges under the starter rules', kind: 'typescript' },
  { name: 'work', about: 'how much work an exchange can make', kind: 'typescript' },
  { name: 'transform', about: 'every transformation, cut and whole', kind: 'native' },
  { name: 'detect', about: 'the detectors of SQL injection and XSS', kind: 'native' },
  { name: 'scan', about: 'scans of streams and of whole values, Hyperscan and RE2', kind: 'native' },
  { name: 'program', about: 'batches of fields through chains and merged sets', kind: 'native' },
  { name: 'cache', about: 'stored databases that are damaged or foreign', kind: 'native' },
  { name: 'session', about: 'HTTP/2 and gRPC of the native transport', kind: 'native' },
];
