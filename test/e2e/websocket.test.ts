// Through the real Envoy: WebSockets are opened, and what follows the 101 is inspected as bytes.

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Front } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const attack = "1' union select password from users-- -";
const leak = 'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version';

/** A text frame as clients send it (RFC 6455 §5.2), at most 125 bytes long; a mask of zeros changes nothing. */
function frameOf(text: string, mask: readonly number[]): Buffer {
  const masked = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] as number));
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, ...mask]), masked]);
}

const plain = [0, 0, 0, 0] as const;
const mask = [0x37, 0xfa, 0x21, 0x3d] as const;

/** A service that switches protocols, greets, and returns every byte; or leaks on request. */
class Service {
  readonly server: Server;
  received = '';
  cutCount = 0;

  constructor() {
    this.server = createServer((socket) => {
      let head = '';
      socket.on('error', () => {});
      socket.on('close', () => {
        this.cutCount += 1;
      });
      socket.on('data', (bytes) => {
        if (head.includes('\r\n\r\n')) {
          this.received += bytes.toString('latin1');
          socket.write(bytes.includes('tell me') ? leak : bytes);
          return;
        }
        head += bytes.toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        const lines = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: Upgrade', '', 'greeting'];
        socket.write(lines.join('\r\n'));
      });
    });
  }
}

describe('a WebSocket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-websocket-'));
  const auditLog = join(folder, 'audit.log');
  const service = new Service();
  let front: Front;
  beforeAll(async () => {
    service.server.listen(0, '127.0.0.1');
    await once(service.server, 'listening');
    const { port } = service.server.address() as AddressInfo;
    const weir = { args: ['--audit-log', auditLog] };
    front = await Front.start({ mode: 'streamed', envoy: { upstream: { port } }, weir });
  });
  afterAll(async () => {
    await front.stop();
    service.server.close();
    rmSync(folder, { recursive: true });
  });

  /** A connection after the 101, and what it got. */
  async function open(): Promise<{ readonly socket: Socket; readonly seen: { text: string; isClosed: boolean } }> {
    const socket = connect(front.envoy.frontPort, '127.0.0.1');
    const seen = { text: '', isClosed: false };
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      seen.text += bytes.toString('latin1');
    });
    socket.on('close', () => {
      seen.isClosed = true;
    });
    const head = ['GET /chat HTTP/1.1', 'host: app.example', 'connection: Upgrade', 'upgrade: websocket'];
    socket.write(
      `${[...head, 'sec-websocket-version: 13', 'sec-websocket-key: dGhlIHNhbXBsZQ=='].join('\r\n')}\r\n\r\n`,
    );
    await until('the service greets', () => seen.text.endsWith('greeting'));
    expect(seen.text).toMatch(/^HTTP\/1\.1 101 /);
    service.received = '';
    return { socket, seen };
  }

  it('is opened, and carries frames both ways', async () => {
    const { socket, seen } = await open();
    for (const text of ['hello', 'and again']) {
      const frame = frameOf(text, mask);
      socket.write(frame);
      await until('the frame comes back', () => seen.text.endsWith(frame.toString('latin1')));
    }
    socket.destroy();
  });

  it('is cut at an attack that can be read', async () => {
    const { socket, seen } = await open();
    socket.write(frameOf(attack, plain));
    await until('it is cut', () => seen.isClosed);
    expect(service.received.includes('select'), service.received).toBe(false);
    await until('it is logged', () => readFileSync(auditLog, 'utf8').includes('"ending":"cut"'));
  });

  it('is cut at a leak of the service', async () => {
    const { socket, seen } = await open();
    socket.write(frameOf('tell me', plain));
    await until('it is cut', () => seen.isClosed);
    expect(seen.text.includes('error in your SQL'), seen.text).toBe(false);
  });

  it('carries an attack that is masked, which is counted: frames are not decoded', async () => {
    const { socket, seen } = await open();
    const frame = frameOf(attack, mask);
    socket.write(frame);
    await until('the frame comes back', () => seen.text.endsWith(frame.toString('latin1')));
    socket.destroy();
  });
});
