import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FieldSource } from '../../src/http/field.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind, fieldKinds } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { hitOfRule, hitsOf, inspectorOf } from '../support/inspector.ts';

describe('Inspector', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`
      SecRule ARGS|ARGS_NAMES "@rx evil" "id:1,phase:2,pass,log"
      SecRule REQUEST_HEADERS:Referer "@rx bad" "id:2,phase:1,pass,log"
      SecRule REQUEST_HEADERS|!REQUEST_HEADERS:Cookie "@rx worse" "id:3,phase:1,pass,log"
      SecRule ARGS_POST "!@rx ^[a-z]*$" "id:4,phase:2,pass,log"
      SecRule ARGS_POST "@ge 6" "id:5,phase:2,pass,log,t:length"
      SecRule REQUEST_BODY "@rx raw$" "id:6,phase:2,pass,log"`);
  });
  afterAll(() => closePlan(plan));

  /** Writes one field, in pieces. */
  function write(inspector: ReturnType<typeof inspectorOf>, name: string, ...pieces: string[]): void {
    inspector.begin('ARGS_POST', name);
    for (const piece of pieces) inspector.write(Buffer.from(piece, 'latin1'));
    inspector.end();
  }

  it('finds patterns in values and names', () => {
    const inspector = inspectorOf(plan);
    write(inspector, 'evil', 'an', ' ev', 'il one');
    inspector.flush();
    expect(hitsOf(plan, inspector)).toStrictEqual([
      '1 ARGS_POST_NAMES:evil',
      '1 ARGS_POST:evil',
      '4 ARGS_POST:evil',
      '5 ARGS_POST:evil',
    ]);
    inspector.close();
  });

  it('gives the same result for a whole field as for its pieces', () => {
    const fields: readonly (readonly [FieldSource, string, string])[] = [
      ['ARGS_GET', 'evil', 'evil'],
      ['ARGS_GET', 'a', ''],
      ['ARGS_POST', 'a', 'x evil'],
      ['REQUEST_COOKIES', 'evil', 'b'],
      ['ARGS_GET_READING', 'a', 'evil'],
      ['ARGS_GET', 'a', `evil${'x'.repeat(70_000)}`],
    ];
    for (const [source, name, value] of fields) {
      const [whole, pieces] = [inspectorOf(plan), inspectorOf(plan)];
      whole.field(source, name, value);
      pieces.begin(source, name);
      if (value !== '') pieces.write(Buffer.from(value));
      pieces.end();
      const seen = [whole, pieces].map((inspector) => {
        inspector.flush();
        const { fields: store, work } = inspector;
        const kept = fieldKinds.map((_, kind) => [
          store.count(kind),
          store.of(kind).map(({ text, key }) => [key, text]),
        ]);
        const found = { hits: hitsOf(plan, inspector), kept, bytes: store.argumentBytes, isSpent: work.isSpent };
        inspector.close();
        return found;
      });
      expect(seen[0], `${source} ${name}`).toStrictEqual(seen[1]);
    }
  });

  it('scans a header for the patterns of its rules', () => {
    const inspector = inspectorOf(plan);
    for (const name of ['referer', 'x-other', 'cookie']) {
      inspector.addText(fieldKind('REQUEST_HEADERS'), name, 'bad and worse');
    }
    inspector.flush();
    expect(hitsOf(plan, inspector)).toStrictEqual([
      '2 REQUEST_HEADERS:referer',
      '3 REQUEST_HEADERS:referer',
      '3 REQUEST_HEADERS:x-other',
    ]);
    inspector.close();
  });

  it('inspects an open field as far as it has arrived, and its end once', () => {
    const inspector = inspectorOf(plan);
    inspector.begin('ARGS_POST', 'a');
    inspector.write(Buffer.from('xxevil'));
    inspector.flush();
    expect(hitsOf(plan, inspector), 'absence and length wait for the end').toStrictEqual(['1 ARGS_POST:a']);
    expect(hitOfRule(plan, inspector, 1)?.field.text).toBe('xxevil');
    inspector.write(Buffer.from('evil'));
    inspector.end();
    inspector.flush();
    expect(hitsOf(plan, inspector)).toStrictEqual(['1 ARGS_POST:a', '5 ARGS_POST:a']);
    expect(hitOfRule(plan, inspector, 1)?.field.text).toBe('xxevilevil');
    inspector.close();
  });

  it('finds what lies across the limit of a kept value', () => {
    const inspector = inspectorOf(plan, { fieldCollectBytesMax: 4096 });
    write(inspector, 'long', 'x'.repeat(4094), 'evil', 'x'.repeat(10_000));
    inspector.flush();
    expect(hitsOf(plan, inspector)).toStrictEqual(['1 ARGS_POST:long', '5 ARGS_POST:long']);
    expect(hitOfRule(plan, inspector, 1)?.field.length).toBe(14_098);
    inspector.close();
  });

  it('reports what whole-value operators did not see of a long field, but knows its length', async () => {
    const own = await planOf(`SecRule ARGS "@ipMatch 192.0.2.1" "id:1,phase:2,pass,log"
      SecRule ARGS "@gt 4500" "id:2,phase:2,pass,log,t:length"
      SecRule ARGS "@lt 5" "id:3,phase:2,pass,log,t:length"`);
    const inspector = inspectorOf(own, { fieldCollectBytesMax: 4096 });
    write(inspector, 'long', 'x'.repeat(5000));
    inspector.flush();
    expect([...inspector.problems.uninspectedBytes]).toStrictEqual([['whole-value-operator', 904]]);
    expect(hitsOf(own, inspector)).toStrictEqual(['2 ARGS_POST:long']);
    inspector.close();
    closePlan(own);
  });

  it('reports in which long field a match may have been too long to be found, however it is cut', async () => {
    // An anchor that is not at the start makes it an RE2-only pattern; the part in between has no maximum length.
    const own = await planOf('SecRule ARGS "@rx ;?(?:^|;)run[^!]*!" "id:1,phase:2,pass,log"');
    const unseen = (value: string, pieceBytes: number, settles: boolean): unknown => {
      const inspector = inspectorOf(own);
      inspector.begin('ARGS_POST', 'a');
      for (let from = 0; from < value.length; from += pieceBytes) {
        inspector.write(Buffer.from(value.slice(from, from + pieceBytes)));
        // As evaluation does: at multiples of 16 KiB.
        if (settles && (from + pieceBytes) % 16_384 === 0) inspector.flush();
      }
      inspector.end();
      inspector.flush();
      const found = [hitsOf(own, inspector), [...inspector.problems.uninspectedBytes]];
      inspector.close();
      return found;
    };
    const filler = '.'.repeat(100_000);
    const hit = ['1 ARGS_POST:a'];
    for (const pieceBytes of [200_000, 16_384, 1_024, 128]) {
      for (const settles of [true, false]) {
        const found = (value: string): unknown => unseen(value, pieceBytes, settles);
        expect(found(`run${filler}!`)).toStrictEqual([[], [['unbounded-pattern', 100_004 - 8_192]]]);
        expect(found(`${filler};run${filler.slice(0, 8_000)}!`)).toStrictEqual([hit, []]);
        expect(found(filler), 'no match is there without its bytes').toStrictEqual([[], []]);
        expect(found(`run${filler.slice(0, 16_000)}!`), 'one window holds it').toStrictEqual([hit, []]);
      }
    }
    closePlan(own);
  });

  it('keeps no more of values and tails than an exchange’s budget, and counts the rest', () => {
    const inspector = inspectorOf(plan, { keptValueBytesMax: 10_000, fieldCollectBytesMax: 4096 });
    for (let n = 0; n < 20; n += 1) {
      const value = `evil ${'x'.repeat(3000)}`;
      inspector.begin('ARGS_POST', '');
      inspector.write(Buffer.from(value));
      inspector.flush();
      inspector.write(Buffer.from('x'.repeat(9000)));
      inspector.write(Buffer.from('evil'));
      inspector.end();
    }
    inspector.flush();
    const hits = plan.patterns.flatMap(({ id }) => inspector.hits.of(id));
    const fields = [...new Set(hits.map(({ field }) => field))];
    expect(fields.filter(({ kind }) => kind === fieldKind('ARGS_POST')).length).toBe(20);
    const kept = [...fields.map(({ bytes }) => bytes.length), ...hits.map(({ tail }) => tail?.length ?? 0)];
    const sum = kept.reduce((total, one) => total + one, 0);
    expect(sum > 5000 && sum <= 10_000, String(sum)).toBe(true);
    expect(inspector.fields.reserve(1)).toBe(0);
    expect(inspector.problems.uninspectedBytes.get('kept-values') ?? 0).toBeGreaterThan(40_000);
    inspector.close();
  });

  it('scans the raw body together with the fields in it', () => {
    const inspector = inspectorOf(plan);
    inspector.writeRaw('REQUEST_BODY', Buffer.from('a=evil&r'));
    write(inspector, 'a', 'evil');
    inspector.writeRaw('REQUEST_BODY', Buffer.from('aw'));
    inspector.endRaw();
    inspector.flush();
    expect(hitsOf(plan, inspector)).toStrictEqual(['1 ARGS_POST:a', '6 REQUEST_BODY:']);
    inspector.close();
  });

  it('accepts fields of a second decoder while those of the first are open', () => {
    const inspector = inspectorOf(plan);
    const further = inspector.openReading();
    inspector.begin('ARGS_POST', 'a');
    inspector.write(Buffer.from('ev'));
    further.begin('ARGS_POST', 'b');
    further.write(Buffer.from('no harm, ev'));
    inspector.flush();
    inspector.write(Buffer.from('il'));
    further.write(Buffer.from('il'));
    further.end();
    inspector.end();
    inspector.flush();
    expect(hitsOf(plan, inspector).filter((line) => line.startsWith('1 '))).toStrictEqual([
      '1 ARGS_POST:b',
      '1 ARGS_POST:a',
    ]);
    inspector.close();
    expect(nativeAddon().openHandles().streams).toBe(0);
  });

  it('frees streams of fields that never end', () => {
    const inspector = inspectorOf(plan);
    inspector.begin('ARGS_POST', 'a');
    inspector.write(Buffer.from('x'));
    inspector.writeRaw('REQUEST_BODY', Buffer.from('x'));
    inspector.flush();
    expect(nativeAddon().openHandles().streams).toBeGreaterThanOrEqual(2);
    inspector.close();
    inspector.close();
    expect(nativeAddon().openHandles().streams).toBe(0);
  });

  it('counts no hit if no rule uses the pattern, although classes of fields share their sets', async () => {
    const shared = await planOf(`
      SecRule REQUEST_COOKIES "@rx one" "id:1,phase:1,pass,log"
      SecRule ARGS "@rx two" "id:2,phase:2,pass,log"`);
    const inspector = inspectorOf(shared);
    for (let n = 0; n < 50; n += 1) write(inspector, `a${n}`, 'one');
    inspector.flush();
    expect(inspector.hits.count).toBe(0);
    write(inspector, 'b', 'two');
    inspector.flush();
    expect(inspector.hits.count).toBe(1);
    inspector.close();
    closePlan(shared);
  });

  it('scans nothing more once its work is spent, reports it and counts what was left out', () => {
    const inspector = inspectorOf(plan, { scanWorkMax: 20_000 });
    for (let n = 0; n < 100; n += 1) write(inspector, `${'n'.repeat(1000)}${n}`, 'x');
    inspector.flush();
    expect(inspector.problems.all.map(({ cause }) => cause)).toStrictEqual(['limit.work']);
    const spent = inspector.work.spent;
    write(inspector, 'evil', 'evil');
    inspector.begin('ARGS_POST', 'long');
    inspector.write(Buffer.alloc(200_000, 'x'));
    inspector.flush();
    inspector.end();
    inspector.flush();
    expect(hitsOf(plan, inspector)).toStrictEqual([]);
    expect(inspector.work.spent).toBe(spent);
    expect(inspector.problems.uninspectedBytes.get('scan-work') ?? 0).toBeGreaterThan(200_000);
    inspector.close();
  });

  it('costs the same however a value is cut', () => {
    const costOf = (pieceBytes: number): number => {
      const inspector = inspectorOf(plan);
      inspector.begin('ARGS_POST', 'a');
      for (let from = 0; from < 100_000; from += pieceBytes) inspector.write(Buffer.alloc(pieceBytes, 'x'));
      inspector.end();
      inspector.flush();
      inspector.close();
      return inspector.work.spent;
    };
    expect(costOf(1000)).toBe(costOf(100_000));
    expect(costOf(10)).toBe(costOf(100_000));
  });

  it('leaves work after the end of a turn for the next ones, and loses nothing', async () => {
    const inspector = inspectorOf(plan, { turnWorkMax: 1 });
    inspector.addText(fieldKind('REQUEST_HEADERS'), 'referer', 'bad');
    for (const name of ['a', 'evil', 'c']) write(inspector, name, 'evil', ' thing');
    inspector.writeRaw('REQUEST_BODY', Buffer.from('raw'));
    inspector.endRaw();
    let yields = 0;
    for (const _ of inspector.flushInSteps() ?? []) {
      yields += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(yields).toBeGreaterThan(0);
    const all = inspectorOf(plan);
    all.addText(fieldKind('REQUEST_HEADERS'), 'referer', 'bad');
    for (const name of ['a', 'evil', 'c']) write(all, name, 'evil', ' thing');
    all.writeRaw('REQUEST_BODY', Buffer.from('raw'));
    all.endRaw();
    all.flush();
    expect(hitsOf(plan, inspector)).toStrictEqual(hitsOf(plan, all));
    inspector.close();
    all.close();
  });
});
