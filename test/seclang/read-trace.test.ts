import { mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isUnchanged, ReadRecorder } from '../../src/seclang/read-trace.ts';
import { type RuleRoot, rootOf } from '../../src/seclang/rule-file.ts';
import { ruleFolder } from './rule-folder.ts';

/** Reads from a root as a load does; an error is a result. */
function ask({ source }: RuleRoot, folder: string): void {
  source.read(join(folder, 'a.conf'));
  source.list(join(folder, 'more'));
  source.kindOf(join(folder, 'optional.conf'));
  try {
    source.read(join(folder, 'missing.data'));
  } catch {
    // As for rules that do not run.
  }
}

describe('isUnchanged', () => {
  it.for<[string, boolean, (folder: string) => void]>([
    ['nothing', true, () => undefined],
    ['a file with the same in it', true, (folder) => writeFileSync(join(folder, 'a.conf'), 'SecRuleEngine On')],
    ['a file that nobody asked for', true, (folder) => writeFileSync(join(folder, 'b.conf'), '')],
    ['a file', false, (folder) => writeFileSync(join(folder, 'a.conf'), 'SecRuleEngine Of')],
    ['a file that is gone', false, (folder) => unlinkSync(join(folder, 'a.conf'))],
    ['a file that comes', false, (folder) => writeFileSync(join(folder, 'optional.conf'), '')],
    ['a folder in its place', false, (folder) => mkdirSync(join(folder, 'optional.conf'))],
    ['a file that could not be read', false, (folder) => writeFileSync(join(folder, 'missing.data'), 'a')],
    ['one more name in a folder', false, (folder) => writeFileSync(join(folder, 'more', 'y.conf'), '')],
    ['a folder that is gone', false, (folder) => rmSync(join(folder, 'more'), { recursive: true })],
    [
      'a link to the same bytes elsewhere',
      false,
      (folder) => {
        unlinkSync(join(folder, 'a.conf'));
        writeFileSync(join(folder, 'c.conf'), 'SecRuleEngine On');
        symlinkSync('c.conf', join(folder, 'a.conf'));
      },
    ],
  ])('after a change of %s: %s', ([, expected, change], test) => {
    const folder = ruleFolder(test, { 'a.conf': 'SecRuleEngine On', 'more/x.conf': '' });
    const recorder = new ReadRecorder();
    ask(recorder.watch(rootOf(folder)), folder);
    change(folder);
    expect(isUnchanged(recorder.trace, [rootOf(folder)])).toBe(expected);
    expect(isUnchanged(recorder.trace, [])).toBe(false);
  });
});
