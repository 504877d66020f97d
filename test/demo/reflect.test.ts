// Orders to the upstream's /reflect.

import { describe, expect, it } from 'vitest';
import { reflectionOf } from '../../demo/stack/reflect.ts';

async function bodyOf(order: unknown): Promise<string> {
  const pieces: Uint8Array[] = [];
  const reflection = reflectionOf(JSON.stringify(order));
  for await (const piece of reflection.pieces()) pieces.push(piece);
  const body = Buffer.concat(pieces);
  expect(reflection.bodyBytes, 'the stated length is the real one').toBe(body.length);
  return body.toString('latin1');
}

describe('reflectionOf', () => {
  it('answers 200 with nothing by default', async () => {
    expect(reflectionOf('{}').status).toBe(200);
    expect(await bodyOf({})).toBe('');
  });

  it('takes text or base64', async () => {
    expect(await bodyOf({ body: 'héllo' })).toBe(Buffer.from('héllo').toString('latin1'));
    expect(await bodyOf({ encodedBody: Buffer.from([0, 255]).toString('base64') })).toBe('\x00\xff');
  });

  it('repeats the body and ends it', async () => {
    expect(await bodyOf({ body: 'ab', repeat: 3, end: '!' })).toBe('ababab!');
    expect(await bodyOf({ body: 'ab', repeat: 0 })).toBe('');
  });

  it('refuses what is not an order', () => {
    expect(() => reflectionOf('null')).toThrow(/must be a JSON object/);
    expect(() => reflectionOf('{')).toThrow(SyntaxError);
    expect(() => reflectionOf('{"status": 99}')).toThrow(/status 99/);
    expect(() => reflectionOf('{"repeat": -1}')).toThrow(/repeat -1/);
  });
});
