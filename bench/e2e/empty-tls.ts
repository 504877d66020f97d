// An ext_proc server with mutual TLS that inspects nothing and lets everything continue: `node empty-tls.ts TRANSPORT CERT KEY CA`. Prints
// its port when it is ready.

import { limits } from '../../src/base/limits.ts';
import { ListenerTls } from '../../src/ext-proc/listener-tls.ts';
import { TlsHandshakes } from '../../src/ext-proc/tls-handshakes.ts';
import { loadTransport, type TransportName } from '../../src/ext-proc/transports.ts';
import { openEmpty } from './empty-service.ts';

const [name, certFile = '', keyFile = '', clientCaFile = ''] = process.argv.slice(2);
const create = await loadTransport(name as TransportName);
const transport = create(
  openEmpty,
  limits,
  new ListenerTls(
    { certFile, keyFile, clientCaFile },
    new TlsHandshakes(limits, ({ result, reason }) => process.stderr.write(`handshake: ${result}, ${reason}\n`)),
  ),
);
const address = await transport.listen('127.0.0.1:0');
process.stdout.write(`${address.split(':')[1]}\n`);
