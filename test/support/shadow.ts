// Heads for tests of shadow rules.

import type { RequestHead } from '../../src/http/head.ts';

/** The head of a request. */
export const headOf = (method: string, target: string): RequestHead => ({
  method,
  target,
  protocol: 'HTTP/1.1',
  headers: [{ name: 'host', value: 'example.test' }],
  remoteAddress: '192.0.2.1',
  remotePort: 4711,
  serverAddress: '198.51.100.7',
});
