// The parts of a parsed value: its keys and its leaves, as an application could use them.

import { type Handed, namePart, value } from './handed.ts';

/** Every key of every object and every string, number and literal, except keys of digits, which stand for lists. */
export function handedOf(parsed: unknown): Handed[] {
  const found: Handed[] = [];
  const open: unknown[] = [parsed];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one === 'string') found.push(value(one));
    else if (typeof one === 'number' || typeof one === 'bigint') found.push({ role: 'number', text: String(one) });
    else if (typeof one === 'boolean') found.push(value(String(one)));
    else if (Array.isArray(one)) open.push(...(one as unknown[]));
    else if (typeof one === 'object' && one !== null) {
      for (const [key, inner] of Object.entries(one)) {
        if (!/^\d+$/.test(key)) found.push(namePart(key));
        open.push(inner);
      }
    }
  }
  return found;
}
