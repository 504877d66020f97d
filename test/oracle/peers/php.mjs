// PHP through its own server, which reads requests as PHP does anywhere; php.php reports what arrived.

import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { serve } from './frames.mjs';

const subjects = ['multipart', 'form', 'json', 'cookie'];
const settings = {
  post_max_size: '64M',
  upload_max_filesize: '64M',
  max_file_uploads: '10000',
  max_input_vars: '100000',
  display_errors: '0',
  log_errors: '0',
};

const script = join(import.meta.dirname, 'php.php');
const options = Object.entries(settings).flatMap(([name, value]) => ['-d', `${name}=${value}`]);
const server = spawn('php', ['-n', ...options, '-S', '127.0.0.1:0', script], {
  stdio: ['ignore', 'ignore', 'pipe'],
  env: { ...process.env, PHP_CLI_SERVER_WORKERS: undefined },
});
process.on('exit', () => server.kill());
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));

const port = await new Promise((resolve, reject) => {
  server.once('error', reject);
  server.once('exit', () => reject(new Error("PHP's server did not start")));
  server.stderr.on('data', (text) => {
    const found = /127\.0\.0\.1:(\d+)\) started/.exec(String(text));
    if (found !== null) resolve(Number(found[1]));
  });
});

/** Sends a request unchanged, including header bytes, and reads the response to its end. */
function ask({ subject, headers }, body) {
  const lines = headers.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ')}`);
  const own = ['Connection: close', `Content-Length: ${body.length}`, `X-Peer-Subject: ${subject}`];
  const head = `POST / HTTP/1.1\r\nHost: peer\r\n${[...own, ...lines].join('\r\n')}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const parts = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body])));
    socket.on('data', (part) => parts.push(part)).on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
  });
}

/** PHP's report; nothing if it rejected the request. */
async function told(question, body) {
  const text = await ask(question, body).catch(() => '');
  const at = text.indexOf('\r\n\r\n');
  try {
    return JSON.parse(text.slice(at + 4));
  } catch {
    return undefined;
  }
}

const first = await told({ subject: 'cookie', headers: [] }, Buffer.alloc(0));
await serve({ parsers: { PHP: { version: first.version, subjects } }, missing: {} }, async (question, body) => ({
  PHP: (await told(question, body))?.handed ?? [],
}));
process.exit(0);
