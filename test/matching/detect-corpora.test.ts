// The detectors on what attack tools send, on what the HTML standard lets run, and on lines of installed packages that attack
// nobody; libinjection, which rule sets are written for, is asked about all of them.

import { describe, expect, it } from 'vitest';
import { createRandom } from '../../bench/corpora/random.ts';
import { conditionValues, proseConditions } from '../../bench/detect/conditions.ts';
import { harmlessLines, mayBeMarkup, mayBeQuery } from '../../bench/detect/harmless.ts';
import { askLibinjection } from '../../bench/detect/libinjection.ts';
import { addressValues, elementValues, handlerValues } from '../../bench/detect/markup.ts';
import { libinjectionDriver, npmPackages, sqlmapData } from '../../bench/detect/packages.ts';
import { ruleEngine, ruleFinds } from '../../bench/detect/rule.ts';
import { sqlmapValues } from '../../bench/detect/sqlmap.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

const addon = nativeAddon();
const isSqli = (text: string): boolean => addon.detectSqli(text) !== undefined;

const sqlmapMissing = sqlmapData === undefined ? "sqlmap's package is not there: npm run setup installs it" : false;
const oracleMissing = libinjectionDriver === undefined ? 'libinjection is not there: npm run setup builds it' : false;

/** Every payload in every boundary, once for a number and once for a word. */
const sqlmap =
  sqlmapData === undefined
    ? []
    : ['1', 'shoes'].flatMap((original) => [...sqlmapValues(`${sqlmapData}/xml`, original)]);
const conditions = [...conditionValues()];
const markup = [...handlerValues(), ...addressValues(), ...elementValues()];
const lines = [
  ...harmlessLines(npmPackages),
  ...(sqlmapData === undefined ? [] : harmlessLines(`${sqlmapData}/txt`, 'names')),
];
const harmless = lines.filter(({ text }) => !mayBeQuery(text));
const plain = lines.filter(({ text }) => !mayBeMarkup(text));

const shareMin = 0.995;
const sqlmapMin = 40_000;
const conditionsMin = 25_000;
const markupMin = 30_000;
const harmlessMin = 100_000;
/** Requests through an engine take longer than a detector, so only this many values are tried. */
const requestsMax = 1_000;

/** Fails with the first of those that should have been found. */
function assertFound(missed: readonly string[], total: number): void {
  const share = 1 - missed.length / total;
  expect(
    share,
    `${missed.length} of ${total} are missed, such as\n${missed.slice(0, 10).join('\n')}`,
  ).toBeGreaterThanOrEqual(shareMin);
}

describe('detectSqli', () => {
  it.skipIf(sqlmapMissing)('finds what sqlmap sends', () => {
    expect(sqlmap.length, `${sqlmap.length} values`).toBeGreaterThanOrEqual(sqlmapMin);
    assertFound(
      sqlmap.map(({ text }) => text).filter((text) => !isSqli(text)),
      sqlmap.length,
    );
  });

  it.skipIf(sqlmapMissing)('finds it in every boundary, in every kind of payload', () => {
    const groups = new Map<string, { total: number; missed: string[] }>();
    for (const { text, title, boundary } of sqlmap) {
      for (const name of [title, boundary]) {
        const group = groups.get(name) ?? { total: 0, missed: [] };
        groups.set(name, group);
        group.total += 1;
        if (!isSqli(text)) group.missed.push(text);
      }
    }
    for (const { total, missed } of groups.values()) assertFound(missed, total);
  });

  it('finds every condition after a number that occurs only in queries', () => {
    expect(conditions.length, `${conditions.length} values`).toBeGreaterThanOrEqual(conditionsMin);
    expect(conditions.map(({ text }) => text).filter((text) => !isSqli(text))).toStrictEqual([]);
  });

  it('leaves alone numbers with "and" and "or" between them', () => {
    expect([...proseConditions()].map(({ text }) => text).filter(isSqli)).toStrictEqual([]);
  });

  it('leaves alone what people and programs write', () => {
    expect(harmless.length, `${harmless.length} lines`).toBeGreaterThanOrEqual(harmlessMin);
    expect(harmless.map(({ text }) => text).filter(isSqli)).toStrictEqual([]);
  });
});

describe.skipIf(sqlmapMissing || crsMissing)('rule 942100 alone', () => {
  it('finds what sqlmap sends, as an argument and as a string of JSON', async () => {
    const engine = await ruleEngine(crsFolder);
    try {
      const below = createRandom(11);
      const asked = Array.from({ length: requestsMax }, () => (sqlmap[below(sqlmap.length)] as { text: string }).text);
      const missed = asked.filter((text) => {
        const { query, json } = ruleFinds(engine, text);
        return !query || !json;
      });
      assertFound(missed, asked.length);
      expect(ruleFinds(engine, 'shoes')).toStrictEqual({ query: false, json: false });
    } finally {
      engine.close();
    }
  });
});

describe('detectXss', () => {
  it('finds every handler, address and element of the standards in every place of a page', () => {
    expect(markup.length, `${markup.length} values`).toBeGreaterThanOrEqual(markupMin);
    assertFound(
      markup.map(({ text }) => text).filter((text) => !addon.detects('xss', text)),
      markup.length,
    );
  });

  it('leaves alone what people and programs write', () => {
    expect(plain.length, `${plain.length} lines`).toBeGreaterThanOrEqual(harmlessMin);
    expect(plain.map(({ text }) => text).filter((text) => addon.detects('xss', text))).toStrictEqual([]);
  });
});

describe.skipIf(oracleMissing || sqlmapMissing)('libinjection', () => {
  const ask = (values: readonly { readonly text: string }[]) =>
    askLibinjection(
      libinjectionDriver ?? '',
      values.map(({ text }) => text),
    );

  it('finds no attack that our detectors miss', () => {
    const sqli = ask(sqlmap).flatMap((answer, n) => (answer.isSqli ? [sqlmap[n]?.text ?? ''] : []));
    const xss = ask(markup).flatMap((answer, n) => (answer.isXss ? [markup[n]?.text ?? ''] : []));
    expect(sqli.length > sqlmapMin / 2 && xss.length > markupMin / 2, `${sqli.length} and ${xss.length} values`).toBe(
      true,
    );
    expect(sqli.filter((text) => !isSqli(text))).toStrictEqual([]);
    expect(xss.filter((text) => !addon.detects('xss', text))).toStrictEqual([]);
  });

  it('also reports numbers with "and" and "or" between them as attacks, which ours do not', () => {
    const values = [...proseConditions()];
    const found = ask(values).flatMap((answer, n) => (answer.isSqli ? [values[n]?.kind] : []));
    expect(new Set(found)).toStrictEqual(new Set(values.map(({ kind }) => kind)));
  });

  it('is wrong where it finds something in harmless lines, which ours do not', () => {
    const found = ask(harmless).filter((answer) => answer.isSqli).length;
    expect(found, 'it is asked').toBeGreaterThan(0);
  });
});
