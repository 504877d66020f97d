// The legal moves of an exchange as tables: for each direction, what may arrive when, and how its state changes. Knows nothing of how it is handled.

/** Request or response side of an exchange. */
export type Direction = 'request' | 'response';

/** State of a direction. `skipped`: its head never arrives, because the other direction began without it. */
export type DirectionPhase = 'before-head' | 'in-body' | 'ended' | 'skipped';

/** The parts of a message. */
export type MessagePart = 'head' | 'chunk' | 'trailers';

/**
 * What a part means in a state. `inspect`: it is part of the message. `ignore`: the message has ended; Envoy repeats ends when
 * its router retries, so it is answered and counted, not inspected. `illegal`: no proxy sends this.
 */
export type Move = 'inspect' | 'ignore' | 'illegal';

/** The table. */
export const legalMoves: Readonly<Record<DirectionPhase, Readonly<Record<MessagePart, Move>>>> = {
  'before-head': { head: 'inspect', chunk: 'illegal', trailers: 'illegal' },
  'in-body': { head: 'illegal', chunk: 'inspect', trailers: 'inspect' },
  ended: { head: 'illegal', chunk: 'ignore', trailers: 'ignore' },
  skipped: { head: 'illegal', chunk: 'illegal', trailers: 'illegal' },
};

/** What changes the state of a direction: its head, its end, or that the other direction began without it (`skip`). */
export type PhaseChange = 'begin' | 'end' | 'skip';

/** The state after a change; what is absent cannot happen. An end can come twice: by the message itself, and by a retry of Envoy's. */
export const phaseAfter: Readonly<Record<DirectionPhase, Readonly<Partial<Record<PhaseChange, DirectionPhase>>>>> = {
  'before-head': { begin: 'in-body', skip: 'skipped' },
  'in-body': { end: 'ended' },
  ended: { end: 'ended' },
  skipped: {},
};
