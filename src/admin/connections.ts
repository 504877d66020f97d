// The connections of an admin address: limited in number, and a new one replaces an idle one, so that connections held open
// cannot block probes. Knows nothing about HTTP.

import type { Socket } from 'node:net';

interface Connection {
  readonly socket: Socket;
  /** Answers being prepared or sent. */
  answers: number;
}

/** Connections in order of arrival. */
export class Connections {
  readonly #max: number;
  readonly #open = new Map<string | Socket, Connection>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Accepts a connection. If there are too many, closes the oldest one without an open answer; if there is none, this one. */
  take(socket: Socket): void {
    if (this.#open.size >= this.#max) {
      const oldest = [...this.#open].find(([, { answers }]) => answers === 0);
      if (oldest === undefined) {
        socket.destroy();
        return;
      }
      this.#open.delete(oldest[0]);
      oldest[1].socket.destroy();
    }
    const peer = peerOf(socket);
    const connection = { socket, answers: 0 };
    this.#open.set(peer, connection);
    socket.once('close', () => {
      if (this.#open.get(peer) === connection) this.#open.delete(peer);
    });
  }

  /** Closes all of them, including those that have not authenticated. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  /** A request on this connection is being answered until the returned function is called. */
  answering(socket: Socket): () => void {
    const connection = this.#open.get(peerOf(socket));
    if (connection === undefined) return () => undefined;
    connection.answers += 1;
    return () => {
      connection.answers -= 1;
    };
  }
}

/** The same for a connection and the TLS on it. */
function peerOf(socket: Socket): string | Socket {
  return socket.remotePort === undefined ? socket : `${socket.remoteAddress} ${socket.remotePort}`;
}
