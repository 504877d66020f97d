// Reads the Markdown cases of test/conformance/body: a heading, optional `key: value` lines, a block `body` and a block `events`. In a
// body, a line end is LF, or CRLF after ```` ```body crlf ````; `\xHH` is a byte. There are `base64` blocks too.

import { readdirSync, readFileSync } from 'node:fs';
import { unprintable } from './event-log.ts';

/** One case: a body, its declared type, and what must be reported. */
export interface DecoderCase {
  readonly file: string;
  readonly title: string;
  /** Values of `content-type:` lines, in order. */
  readonly contentTypes: readonly string[];
  /** Other `key: value` lines. */
  readonly settings: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly events: readonly string[];
}

const folder = new URL('../conformance/body/', import.meta.url);

/** All cases of all files, in order. */
export function readDecoderCases(): DecoderCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .flatMap((file) => casesOf(file, readFileSync(new URL(file, folder), 'latin1')));
}

function casesOf(file: string, text: string): DecoderCase[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => caseOf(file, section));
}

function caseOf(file: string, section: string): DecoderCase {
  const title = section.slice(0, section.indexOf('\n'));
  const body = /^```body( crlf)?( base64)?\n([\s\S]*?)^```$/m.exec(section);
  const events = /^```events\n([\s\S]*?)^```$/m.exec(section);
  if (body === null || events === null) throw new Error(`${file}: case "${title}" lacks a body or events`);
  const contentTypes: string[] = [];
  const settings = new Map<string, string>();
  for (const [, key, value] of section.slice(0, body.index).matchAll(/^([a-z][a-zA-Z-]*): ?(.*)$/gm)) {
    if (key === 'content-type') contentTypes.push(unprintable(value as string).toString('latin1'));
    else settings.set(key as string, value as string);
  }
  const lines = (body[3] as string).replace(/\n$/, '').replaceAll('\n', body[1] === undefined ? '\n' : '\r\n');
  return {
    file,
    title,
    contentTypes,
    settings,
    body: body[2] === undefined ? unprintable(lines) : Buffer.from(lines, 'base64'),
    events: (events[1] as string).split('\n').slice(0, -1),
  };
}
