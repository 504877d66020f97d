// What of an exchange is inspected at a time, as a crash report names it. Types and names only.

import type { ExchangeEvent } from './event.ts';

/** The parts; `half-close` and `close` are about all that came before. */
export const workParts = [
  'request-head',
  'request-body',
  'request-trailers',
  'request-deadline',
  'response-head',
  'response-body',
  'response-trailers',
  'response-deadline',
  'half-close',
  'close',
] as const;

/** One of them. */
export type WorkPart = (typeof workParts)[number];

/** The part that an event is about. */
export function partOf(event: ExchangeEvent): WorkPart {
  switch (event.kind) {
    case 'chunk':
      return event.direction === 'request' ? 'request-body' : 'response-body';
    case 'trailers':
      return event.direction === 'request' ? 'request-trailers' : 'response-trailers';
    case 'deadline':
      return event.direction === 'request' ? 'request-deadline' : 'response-deadline';
    default:
      return event.kind;
  }
}
