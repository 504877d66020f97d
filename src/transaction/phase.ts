// The legal moves of an exchange as a table: for each direction, what may come when. Knows nothing of what is done
// about it.

/** Which half of an exchange. */
export type Direction = 'request' | 'response';

/** Where a direction stands. `skipped`: its head never comes, since the other direction has begun without it. */
export type DirectionPhase = 'before-head' | 'in-body' | 'ended' | 'skipped';

/** What of a message can come. */
export type MessagePart = 'head' | 'chunk' | 'trailers';

/**
 * What a part means where it comes. `inspect`: it is part of the message. `ignore`: the message has ended; Envoy repeats
 * ends when its router retries, so it is answered and counted, not inspected. `illegal`: no proxy sends this.
 */
export type Move = 'inspect' | 'ignore' | 'illegal';

/** The table. */
export const legalMoves: Readonly<Record<DirectionPhase, Readonly<Record<MessagePart, Move>>>> = {
  'before-head': { head: 'inspect', chunk: 'illegal', trailers: 'illegal' },
  'in-body': { head: 'illegal', chunk: 'inspect', trailers: 'inspect' },
  ended: { head: 'illegal', chunk: 'ignore', trailers: 'ignore' },
  skipped: { head: 'illegal', chunk: 'illegal', trailers: 'illegal' },
};
