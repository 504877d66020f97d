// What a parser passes to an application, and whether the fields of a reading contain it. Strings are compared as bytes: a
// parser may have read them as UTF-8 (with replacement characters) or as Latin-1.

import type { LoggedField } from '../support/event-log.ts';

/** One string that an application gets. */
export interface Handed {
  /**
   * `value` and `name` are whole; `content` is a whole file, seen also where rules look at files only; `name part` is a key of a structured name (`a[b]`, `json.a.0`); `number` is compared by
   * what it is worth; `piece` is handed in no fixed portions, and any place of a value will do; `body` is a beginning of
   * the decoded body.
   */
  readonly role: 'value' | 'content' | 'name' | 'name part' | 'number' | 'piece' | 'body';
  /** A string of the application, or bytes. */
  readonly text: string | Uint8Array;
}

/** Shorthands. */
export const value = (text: string | Uint8Array): Handed => ({ role: 'value', text });
/** The content of a file. */
export const content = (bytes: Uint8Array): Handed => ({ role: 'content', text: bytes });
/** A whole name. */
export const name = (text: string): Handed => ({ role: 'name', text });
/** A key of a structured name. */
export const namePart = (text: string): Handed => ({ role: 'name part', text });

/** Fields, indexed by every way in which a string may have been made of them. */
export class Sight {
  readonly #values = new Set<string>();
  readonly #contents = new Set<string>();
  readonly #names = new Set<string>();
  readonly #allNames: string;
  readonly #allValues: string;

  readonly #body: Buffer;

  constructor(fields: readonly LoggedField[], body: Buffer = Buffer.alloc(0)) {
    this.#body = body;
    for (const field of fields) {
      // White space around a value hides nothing; some parsers drop it.
      const into = field.source === 'FILE_CONTENT' ? this.#contents : this.#values;
      for (const spelling of [field.value, blurred(field.value)]) into.add(spelling).add(spelling.trim());
      for (const spelling of [field.name, blurred(field.name)]) this.#names.add(spelling);
    }
    this.#allNames = [...this.#names, ...this.#values].join('\n\n');
    this.#allValues = [...this.#values].join('\n\n');
  }

  /** Whether rules see the string in the role it is handed in. White space alone is always seen. */
  sees({ role, text }: Handed): boolean {
    const spellings = spellingsOf(text);
    if (spellings[0]?.trim() === '' && role !== 'body') return true;
    switch (role) {
      case 'value':
        return spellings.some((spelling) => this.#values.has(spelling));
      case 'content':
        return spellings.some((spelling) => this.#contents.has(spelling) || this.#values.has(spelling));
      case 'name':
        // A name that is too long, or follows another one, is reported as a value.
        return spellings.some((spelling) => this.#names.has(spelling) || this.#values.has(spelling));
      case 'name part':
        return spellings.some((spelling) => this.#allNames.includes(spelling));
      case 'piece':
        return spellings.some((spelling) => this.#allValues.includes(spelling));
      case 'body':
        return this.#body.indexOf(Buffer.from(text as Uint8Array)) === 0;
      case 'number':
        return [...this.#values].some((one) => one.trim() !== '' && Number(one) === Number(text));
    }
  }
}

/** Bytes as a lossy UTF-8 decoder gives them, runs of replacement characters as one. */
function blurred(bytes: string): string {
  return blur(Buffer.from(bytes, 'latin1').toString('utf8'));
}

const blur = (text: string): string => text.toWellFormed().replace(/\ufffd+/g, '\ufffd');

function spellingsOf(text: string | Uint8Array): string[] {
  if (typeof text !== 'string') {
    const bytes = Buffer.from(text).toString('latin1');
    return bytes.includes('\xef\xbf\xbd') ? [bytes, blurred(bytes)] : [bytes];
  }
  if (text === '') return [''];
  const spellings = [generalisedUtf8(text)];
  if (/^[\0-\u00ff]*$/.test(text)) spellings.push(text);
  if (/[^\0-\u007f]/.test(text)) spellings.push(blur(text));
  return spellings;
}

/** The UTF-8 of a string, a lone surrogate as three bytes; as a byte string. */
function generalisedUtf8(text: string): string {
  if (text.isWellFormed()) return Buffer.from(text).toString('latin1');
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) as number;
      const isLone = code >= 0xd800 && code <= 0xdfff;
      if (!isLone) return Buffer.from(character).toString('latin1');
      return String.fromCharCode(0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    })
    .join('');
}

/** A string as far as it is ASCII, each run of anything else as one replacement character. */
export function skeleton(text: string): string {
  return text.replace(/[^\0-\x7f]+/g, '\ufffd');
}

/** Whether a name or value of the fields is the string as far as it is ASCII; for part of a name, holds it. */
export function seesSkeleton(fields: readonly LoggedField[], role: Handed['role'], text: string): boolean {
  const wanted = skeleton(text);
  const skeletons = fields.flatMap((field) => [skeleton(field.name), skeleton(field.value)]);
  return skeletons.some((one) => (role === 'name part' || role === 'piece' ? one.includes(wanted) : one === wanted));
}
