import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FileWatch, noteTree } from '../../src/server/file-watch.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'weir-watch-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with a file, a watch on it, and how often that has reported a change. */
function watched(...names: readonly string[]) {
  const folder = mkdtempSync(join(root, 'w-'));
  const file = join(folder, 'a.conf');
  writeFileSync(file, 'one');
  const paths = (names.length === 0 ? ['a.conf'] : names).map((name) => join(folder, name));
  let changes = 0;
  const read = (isInForce = true): void => {
    const reading = watch.begin();
    for (const path of paths) reading.note(path);
    reading.end(isInForce);
  };
  const watch = new FileWatch({
    intervalMs: 5,
    onChange: () => {
      changes += 1;
      read();
      return Promise.resolve();
    },
  });
  read();
  watch.start();
  return { folder, file, watch, read, changes: () => changes };
}

/** Waits for exactly one change: another is reported only when there is something new. */
async function oneChange({ changes, file }: ReturnType<typeof watched>, act: () => void): Promise<void> {
  const before = changes();
  act();
  await until('it is noticed', () => changes() > before);
  expect(changes()).toBe(before + 1);
  rmSync(file, { force: true });
  writeFileSync(file, 'a text that was not there before');
  await until('the next one is noticed, too', () => changes() > before + 1);
  expect(changes()).toBe(before + 2);
}

describe('FileWatch', () => {
  for (const [what, act] of [
    ['a file that is written anew', (file: string) => writeFileSync(file, 'another')],
    ['one of the same length', (file: string) => writeFileSync(file, 'two')],
    [
      'one whose times are put back',
      (file: string) => {
        writeFileSync(file, 'two');
        utimesSync(file, 1, 1);
      },
    ],
    [
      'one that an editor renames another to',
      (file: string) => {
        writeFileSync(`${file}.new`, 'two');
        renameSync(file, `${file}~`);
        renameSync(`${file}.new`, file);
      },
    ],
    ['one that is gone', (file: string) => rmSync(file)],
  ] as const) {
    it(`notices ${what}`, async () => {
      const one = watched();
      await oneChange(one, () => act(one.file));
      one.watch.close();
    });
  }

  it('notices a new file', async () => {
    const one = watched('a.conf', 'later.conf');
    await oneChange(one, () => writeFileSync(join(one.folder, 'later.conf'), 'new'));
    one.watch.close();
  });

  it('notices the link that Kubernetes swaps above the files of a ConfigMap', async () => {
    const one = watched('..data/a.conf', 'a-link.conf');
    const version = (name: string): void => {
      mkdirSync(join(one.folder, name));
      writeFileSync(join(one.folder, name, 'a.conf'), 'same');
      symlinkSync(name, join(one.folder, '..tmp'));
      renameSync(join(one.folder, '..tmp'), join(one.folder, '..data'));
    };
    version('..2026_1');
    symlinkSync(join('..data', 'a.conf'), join(one.folder, 'a-link.conf'));
    await until('it is there', () => one.changes() > 0);
    const before = one.changes();
    version('..2026_2');
    await until('the swap is noticed', () => one.changes() === before + 1);
    one.watch.close();
  });

  it('notices new and removed names in a folder, but not editors’ files', async () => {
    const one = watched('.');
    for (const name of ['.a.conf.swp', 'a.conf~']) writeFileSync(join(one.folder, name), 'x');
    writeFileSync(join(one.folder, 'b.conf'), 'x');
    await until('the new name is noticed', () => one.changes() > 0);
    rmSync(join(one.folder, 'b.conf'));
    await until('that it is gone, too', () => one.changes() > 1);
    for (const name of ['.a.conf.swp', 'a.conf~']) rmSync(join(one.folder, name));
    writeFileSync(join(one.folder, 'c.conf'), 'x');
    await until('the next one is noticed', () => one.changes() > 2);
    expect(one.changes()).toBe(3);
    one.watch.close();
  });

  it('notices what changes between a note and the end of the reading', async () => {
    const one = watched();
    const reading = one.watch.begin();
    reading.note(one.file);
    writeFileSync(one.file, 'written while it was read');
    reading.note(one.file);
    reading.end(true);
    await until('it is noticed', () => one.changes() === 1);
    one.watch.close();
  });

  it('continues to watch the current files when a reload fails', async () => {
    const one = watched();
    const reading = one.watch.begin();
    reading.note(join(one.folder, 'broken.conf'));
    reading.end(false);
    await oneChange(one, () => writeFileSync(one.file, 'another'));
    one.watch.close();
  });

  it('waits until a file that is being written is complete', async () => {
    const one = watched();
    let bytes = 0;
    const writing = setInterval(() => {
      bytes += 1;
      writeFileSync(one.file, 'x'.repeat(bytes));
    }, 1);
    await until('many versions were there', () => bytes > 30);
    clearInterval(writing);
    expect(one.changes(), 'not one for each').toBeLessThan(bytes / 2);
    writeFileSync(one.file, 'the end');
    const before = one.changes();
    await until('the last one is noticed', () => one.changes() > before);
    one.watch.close();
  });
});

describe('noteTree', () => {
  it('includes a folder and everything in it except hidden files, and ends at cycles of links', () => {
    const folder = mkdtempSync(join(root, 't-'));
    mkdirSync(join(folder, 'rules'));
    for (const name of ['a.conf', '.hidden', 'b.conf~', 'rules/c.conf']) writeFileSync(join(folder, name), '');
    const told = (): readonly string[] => {
      const names: string[] = [];
      noteTree(folder, (path) => names.push(path.slice(folder.length)));
      return names.sort((a, b) => (a < b ? -1 : 1));
    };
    expect(told()).toStrictEqual(['', '/a.conf', '/rules', '/rules/c.conf']);
    symlinkSync('..', join(folder, 'rules', 'up'));
    expect(told().length).toBeLessThan(100);
  });

  it('includes what does not exist', () => {
    const names: string[] = [];
    noteTree(join(root, 'none'), (path) => names.push(path));
    expect(names).toStrictEqual([join(root, 'none')]);
  });
});
