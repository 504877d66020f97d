// The connections of an admin address: at most so many, and a newcomer goes before one that is asking nothing. So connections that
// are held open keep no probe out. Knows nothing of HTTP.

import type { Socket } from 'node:net';

interface Connection {
  readonly socket: Socket;
  /** Answers that are being made or sent. */
  answers: number;
}

/** Connections in the order in which they came. */
export class Connections {
  readonly #max: number;
  readonly #open = new Map<string | Socket, Connection>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a connection. Where there are too many, the oldest one without an answer under way is closed; failing that, this one. */
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

  /** Closes all of them, also those that have not yet said who they are. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  /** From now on a request of this connection is answered. Call what is returned when that is over. */
  answering(socket: Socket): () => void {
    const connection = this.#open.get(peerOf(socket));
    if (connection === undefined) return () => undefined;
    connection.answers += 1;
    return () => {
      connection.answers -= 1;
    };
  }
}

/** The same for a connection and for the TLS inside of it. */
function peerOf(socket: Socket): string | Socket {
  return socket.remotePort === undefined ? socket : `${socket.remoteAddress} ${socket.remotePort}`;
}
