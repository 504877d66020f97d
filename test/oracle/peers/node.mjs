// Parsers of Node applications that are called in a process of their own; README.md has the protocol. Those that need no
// types of their own are in ../*-parsers.ts.

import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { serve } from './frames.mjs';

const name = (text) => ['name', text];
const value = (text) => ['value', text];
const content = (bytes) => ['content', { base64: Buffer.from(bytes).toString('base64') }];

/** Turns of the event loop after which a silent parser is given up. */
const turnsMax = 200;

/** Resolves when `work` has ended in any way, or has been silent for many turns. */
function settled(work) {
  return new Promise((resolve) => {
    let turns = 0;
    const turn = () => {
      turns += 1;
      if (turns > turnsMax) resolve();
      else setImmediate(turn);
    };
    work.then(resolve, resolve);
    turn();
  });
}

/** The request as Node's HTTP server gives it. */
function incoming(headers, body) {
  const asked = Object.fromEntries(headers.map(([key, text]) => [key.toLowerCase(), text]));
  const stream = Readable.from(body.length === 0 ? [] : [body]);
  return Object.assign(stream, { method: 'POST', url: '/', headers: { ...asked, 'content-length': `${body.length}` } });
}

async function readFormidable(headers, body) {
  const { default: formidable } = await import('formidable');
  const handed = [];
  const limit = 1 << 26;
  const form = formidable({
    allowEmptyFiles: true,
    minFileSize: 0,
    maxFieldsSize: limit,
    maxFields: 0,
    maxFiles: 1000,
  });
  form.onPart = (part) => {
    const parts = [];
    part.on('data', (bytes) => parts.push(bytes));
    part.on('end', () => {
      handed.push(name(part.name ?? ''));
      const isFile = part.originalFilename !== null && part.originalFilename !== undefined;
      if (isFile) handed.push(value(part.originalFilename), content(Buffer.concat(parts)));
      else handed.push(['value', { base64: Buffer.concat(parts).toString('base64') }]);
    });
  };
  await settled(form.parse(incoming(headers, body)));
  return handed;
}

async function readMulter(headers, body) {
  const { default: multer } = await import('multer');
  const request = incoming(headers, body);
  const limits = { fieldNameSize: 1 << 20, fieldSize: 1 << 20 };
  const any = multer({ storage: multer.memoryStorage(), limits, preservePath: true }).any();
  await settled(new Promise((resolve) => any(request, {}, resolve)));
  const files = (request.files ?? []).flatMap((file) => [
    name(file.fieldname),
    value(file.originalname),
    content(file.buffer),
  ]);
  return [...fields(request.body ?? {}, 'name part'), ...files];
}

/** Keys and values as a body parser nests them. */
function fields(nested, role = 'name') {
  return Object.entries(nested).flatMap(([key, inner]) => [
    ...(/^\d+$/.test(key) && role === 'name part' ? [] : [[role, key]]),
    ...(typeof inner === 'object' && inner !== null ? fields(inner, 'name part') : [value(String(inner))]),
  ]);
}

const cookieHeader = (headers) =>
  headers
    .filter(([key]) => key.toLowerCase() === 'cookie')
    .map(([, text]) => text)
    .join('; ');

async function readCookie(headers) {
  const { parseCookie } = await import('cookie');
  return Object.entries(parseCookie(cookieHeader(headers))).flatMap(([key, text]) => [name(key), value(text ?? '')]);
}

async function readCookieParser(headers) {
  const { default: cookieParser } = await import('cookie-parser');
  const request = { headers: { cookie: cookieHeader(headers) } };
  cookieParser('secret')(request, {}, () => {});
  return [...fields(request.cookies ?? {}), ...fields(request.signedCookies ?? {})];
}

/** Readers by package; each is called only for its subject. */
const readers = {
  formidable: { subject: 'multipart', read: readFormidable },
  multer: { subject: 'multipart', read: readMulter },
  cookie: { subject: 'cookie', read: readCookie },
  'cookie-parser': { subject: 'cookie', read: readCookieParser },
};

const parsers = {};
const missing = {};
for (const [packageName, { subject }] of Object.entries(readers)) {
  try {
    await import(packageName);
    parsers[packageName] = { version: versionOf(packageName), subjects: [subject] };
  } catch (error) {
    missing[packageName] = error.message.split('\n')[0];
  }
}

function versionOf(packageName) {
  const path = new URL(`../../../node_modules/${packageName}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')).version;
}

await serve({ parsers, missing }, async ({ subject, headers }, body) => {
  const answers = {};
  for (const packageName of Object.keys(parsers)) {
    const reader = readers[packageName];
    if (reader.subject !== subject) continue;
    answers[packageName] = await reader.read(headers, body).catch(() => []);
  }
  return answers;
});
process.exit(0);
