// Benign text of our own: as people type it into forms, and as applications send it in JSON and HTML.

import { createRandom } from './random.ts';

const words = (
  'account address amount annual article balance basket billing booking budget calendar campaign category checkout ' +
  'comment company contact country coupon customer delivery department description discount document email employee ' +
  'estimate expense feature forecast gallery invoice journey language library location manager meeting member message ' +
  'monthly network newsletter notebook number office opening option order package partner payment picture planning ' +
  'position postcode preview product profile project quantity question receipt region report request reservation ' +
  'resource review sample schedule season section service shipping station storage street student summary supplier ' +
  'support surname survey teacher telephone template ticket timeline tomorrow training transfer travel update vehicle ' +
  'village visitor warehouse weather weekend window winter workshop'
).split(' ');

/** Words separated by spaces, with punctuation, exactly `length` characters. */
export function createProse(seed: number, length: number): string {
  const random = createRandom(seed);
  let text = '';
  while (text.length < length) {
    text += words[random(words.length)];
    const mark = random(12);
    text += mark === 0 ? '. ' : mark === 1 ? ', ' : ' ';
  }
  return text.slice(0, length);
}

/** A JSON document of customer records, about `length` characters: objects, arrays, numbers, booleans, short strings. */
export function createJson(seed: number, length: number): string {
  const random = createRandom(seed);
  const word = () => words[random(words.length)];
  const records: string[] = [];
  let total = 0;
  while (total < length - 14) {
    const record = JSON.stringify({
      id: random(100_000),
      name: `${word()} ${word()}`,
      active: random(2) === 0,
      price: random(10_000) / 100,
      tags: [word(), word()],
      address: { street: `${word()} ${random(200)}`, city: word(), postcode: String(10_000 + random(80_000)) },
      note: createProse(random(1_000_000) + 1, 20 + random(60)),
    });
    records.push(record);
    total += record.length + 1;
  }
  return `{"customers":[${records.join(',')}]}`;
}

/** An HTML page, about `length` characters: headings, paragraphs, lists, links, attributes. */
export function createHtml(seed: number, length: number): string {
  const random = createRandom(seed);
  const word = () => words[random(words.length)];
  let page = '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Orders</title></head><body>\n';
  while (page.length < length) {
    page += `<section class="card ${word()}"><h2>${word()} ${word()}</h2>\n`;
    page += `<p>${createProse(random(1_000_000) + 1, 200)}</p>\n`;
    page += `<ul><li><a href="/${word()}/${random(1000)}">${word()}</a></li><li>${word()}</li></ul></section>\n`;
  }
  return `${page}</body></html>\n`;
}

/** Printable noise: the worst case for lazy automata. */
export function createNoise(seed: number, length: number): string {
  const random = createRandom(seed);
  const bytes = Buffer.alloc(length);
  for (let n = 0; n < length; n++) bytes[n] = 48 + random(75);
  return bytes.toString('latin1').replaceAll(/[&=%+\\<>;^`]/g, 'x');
}
