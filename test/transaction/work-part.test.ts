import { expect, it } from 'vitest';
import type { ExchangeEvent } from '../../src/transaction/event.ts';
import { partOf, workParts } from '../../src/transaction/work-part.ts';

it('names the part of an exchange that each event belongs to', () => {
  const events: readonly (readonly [Partial<ExchangeEvent>, string])[] = [
    [{ kind: 'request-head' }, 'request-head'],
    [{ kind: 'response-head' }, 'response-head'],
    [{ kind: 'half-close' }, 'half-close'],
    ...(['request', 'response'] as const).flatMap((direction) => [
      [{ kind: 'chunk', direction } as const, `${direction}-body`] as const,
      [{ kind: 'trailers', direction } as const, `${direction}-trailers`] as const,
      [{ kind: 'deadline', direction } as const, `${direction}-deadline`] as const,
    ]),
  ];
  for (const [event, part] of events) expect(partOf(event as ExchangeEvent)).toBe(part);
  expect(new Set([...events.map(([, part]) => part), 'close'])).toStrictEqual(new Set(workParts));
});
