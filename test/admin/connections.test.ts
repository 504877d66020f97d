import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Connections } from '../../src/admin/connections.ts';

/** Connections to a server that takes two, one after the other; `use` gets a way to open them, at both ends. */
async function connecting(
  use: (open: () => Promise<{ near: Socket; far: Socket }>, connections: Connections) => Promise<void>,
): Promise<void> {
  const connections = new Connections(2);
  const server = createServer((socket) => connections.take(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened: Socket[] = [];
  try {
    await use(async () => {
      const near = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
      opened.push(near);
      const [far] = await once(server, 'connection');
      return { near, far: far as Socket };
    }, connections);
  } finally {
    for (const socket of opened) socket.destroy();
    server.close();
  }
}

describe('Connections', () => {
  it('closes the oldest one for a new one', async () => {
    await connecting(async (open) => {
      const sockets = [await open(), await open(), await open(), await open()];
      expect(sockets.map(({ far }) => far.destroyed)).toStrictEqual([true, true, false, false]);
    });
  });

  it('keeps one with a response under way, until that has ended', async () => {
    await connecting(async (open, connections) => {
      const first = await open();
      const isOver = connections.answering(first.far);
      const [second, third] = [await open(), await open()];
      expect([first, second, third].map(({ far }) => far.destroyed)).toStrictEqual([false, true, false]);
      isOver();
      await open();
      expect([first, third].map(({ far }) => far.destroyed)).toStrictEqual([true, false]);
    });
  });

  it('closes the new one if all have a response under way', async () => {
    await connecting(async (open, connections) => {
      const held = [await open(), await open()];
      for (const { far } of held) connections.answering(far);
      const further = await open();
      expect([...held, further].map(({ far }) => far.destroyed)).toStrictEqual([false, false, true]);
    });
  });

  it('accepts one again after one has closed', async () => {
    await connecting(async (open) => {
      const [first, second] = [await open(), await open()];
      first.near.destroy();
      await once(first.far, 'close');
      const third = await open();
      expect([second, third].map(({ far }) => far.destroyed)).toStrictEqual([false, false]);
    });
  });

  it('closes all of them', async () => {
    await connecting(async (open, connections) => {
      const [first, second] = [await open(), await open()];
      connections.answering(first.far);
      connections.close();
      expect([first, second].map(({ far }) => far.destroyed)).toStrictEqual([true, true]);
    });
  });

  it('does not count others', async () => {
    await connecting(async (open, connections) => {
      const socket = (await open()).near;
      expect(() => connections.answering(socket)()).not.toThrow();
    });
  });
});
