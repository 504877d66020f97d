// The house style, executed: ranks, cycles, sizes, names, docstrings, and a test for every source file.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ranks, roomOf } from './house/ranks.ts';
import { moduleContainers, moduleVariables, ratchet } from './house/ratchet.ts';
import { codeLineCountOf, filesUnder, lineCountOf, readSource, repository, type Source } from './house/source.ts';

const fileLinesMax = 400;
const functionLinesMax = 60;
const classLinesMax = 250;
/**
 * Lines of tests for each line of code: of programs, and with the cases that are data. Comments and empty lines of programs do not
 * count: code has a docstring on every export, and a test says in its name what it is for.
 */
const testRatioMin = { programs: 1.13, withCases: 1.5 };
const openingCommentCharactersMin = 60;

const isGenerated = (path: string): boolean => path.includes('/gen/');
const read = (folder: string, endings = ['.ts']): Source[] =>
  filesUnder(folder, endings)
    .filter((path) => !isGenerated(path))
    .map(readSource);

const src = read('src');
const shipped = [...src, ...read('demo'), ...read('bench'), ...read('scripts', ['.ts', '.mjs'])];
const everything = [...shipped, ...read('test')];

/** Fails with one line for each offence. */
function assertNone(offences: readonly string[], rule: string): void {
  expect(offences.length, `${rule}\n  ${offences.join('\n  ')}\n`).toBe(0);
}

/** The repository path that a relative import names. */
const resolveImport = (from: Source, specifier: string): string => normalize(join(dirname(from.path), specifier));

/** Imports of a file that name another file of the repository. */
const localImports = (source: Source): { readonly target: string; readonly line: number }[] =>
  source.imports
    .filter(({ name }) => name.startsWith('.'))
    .map(({ name, line }) => ({ target: resolveImport(source, name), line }));

describe('imports', () => {
  it('sees the sources', () => {
    expect(src.length, `only ${src.length} files found under src/`).toBeGreaterThan(5);
    expect(
      src.some((source) => localImports(source).length > 0),
      'no import was seen at all',
    ).toBe(true);
  });

  it('go to the own module or to lower ranks', () => {
    const offences = src.flatMap((source) => {
      const room = roomOf(source.path);
      if (room === undefined) return [];
      const rank = ranks.get(room);
      if (rank === undefined) return [`${source.path}: the room "${room}" has no rank`];
      return localImports(source)
        .filter(({ target }) => {
          const targetRoom = roomOf(target);
          return targetRoom !== room && !(targetRoom !== undefined && (ranks.get(targetRoom) ?? Infinity) < rank);
        })
        .map(({ target, line }) => `${source.path}:${line} imports ${target}`);
    });
    assertNone(offences, 'A file imports from its own room and from rooms of lower rank only.');
  });

  it('name files with their ending', () => {
    const offences = everything.flatMap((source) =>
      source.imports
        .filter(({ name }) => name.startsWith('.') && !/\.(ts|mjs|json)$/.test(name))
        .map(({ name, line }) => `${source.path}:${line} imports "${name}"`),
    );
    assertNone(offences, 'Relative import specifiers end in .ts (.mjs in the set-up).');
  });

  it('form no cycle', () => {
    const graph = new Map(everything.map((source) => [source.path, localImports(source).map(({ target }) => target)]));
    assertNone(cyclesOf(graph), 'Imports form a cycle:');
  });
});

/** Each cycle of a graph as one line. Depth-first with a path of its own. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' → '));
    if (at >= 0 || finished.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

describe('sizes', () => {
  const allowed = (path: string, functionName?: string): number | undefined =>
    ratchet.find((line) => line.path === path && line.functionName === functionName)?.linesMax;

  it('keep TypeScript and C++ files short', () => {
    const native = filesUnder('native', ['.cc', '.h']).map((path) => ({ path, lines: lineCountOf(path) }));
    const offences = [...everything, ...native]
      .filter(({ path, lines }) => lines > (allowed(path) ?? fileLinesMax))
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    assertNone(offences, `A file has at most ${fileLinesMax} lines.`);
  });

  it('keep functions short', () => {
    const offences = shipped.flatMap(({ path, functions }) =>
      functions
        .filter(({ name, lines }) => lines > (allowed(path, name) ?? functionLinesMax))
        .map(({ name, line, lines }) => `${path}:${line} ${name}: ${lines} lines`),
    );
    assertNone(offences, `A function has at most ${functionLinesMax} lines.`);
  });

  it('keep classes short', () => {
    const offences = shipped.flatMap(({ path, classes }) =>
      classes
        .filter(({ lines }) => lines > classLinesMax)
        .map(({ name, line, lines }) => `${path}:${line} ${name}: ${lines} lines`),
    );
    assertNone(offences, `A class has at most ${classLinesMax} lines.`);
  });

  it('have a ratchet without slack', () => {
    const sizeOf = (path: string, functionName?: string): number => {
      if (functionName === undefined) return existsSync(join(repository, path)) ? lineCountOf(path) : 0;
      const source = everything.find((one) => one.path === path);
      return Math.max(
        0,
        ...(source?.functions ?? []).filter(({ name }) => name === functionName).map(({ lines }) => lines),
      );
    };
    const offences = ratchet
      .filter((line) => sizeOf(line.path, line.functionName) !== line.linesMax || line.reason.length < 20)
      .map(
        (line) =>
          `${line.path} ${line.functionName ?? ''}: listed ${line.linesMax}, is ${sizeOf(line.path, line.functionName)}`,
      );
    assertNone(offences, 'The ratchet list states the present size, and a reason.');
  });
});

describe('names', () => {
  it('of files and folders describe their contents', () => {
    const banned = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'types', 'manager', 'misc']);
    const paths = [...everything.map((source) => source.path), ...filesUnder('native', ['.cc', '.h'])];
    const offences = paths.filter((path) =>
      path.split('/').some((part) => banned.has(part.replace(/(\.test)?\.[a-z]+$/, ''))),
    );
    assertNone(offences, `No file or folder is named ${[...banned].join(', ')}.`);
  });

  it('of TypeScript files are kebab-case', () => {
    const offences = everything.map((source) => source.path).filter((path) => !/^[a-z0-9./-]+$/.test(path));
    assertNone(offences, 'File names are kebab-case.');
  });

  it('of variables, parameters and functions are specific', () => {
    const banned = new Set(['data', 'info', 'item', 'payload', 'result2', 'temp', 'tmp', 'obj', 'foo']);
    const offences = src.flatMap(({ path, declaredNames }) =>
      declaredNames.filter(({ name }) => banned.has(name)).map(({ name, line }) => `${path}:${line} ${name}`),
    );
    assertNone(offences, `Nothing is named ${[...banned].join(', ')}: say chunk, field, target, hit, match …`);
  });
});

describe('constructs', () => {
  it('are those that Node runs as they are, and never any', () => {
    const offences = everything.flatMap(({ path, bannedConstructs }) =>
      bannedConstructs.map(({ name, line }) => `${path}:${line} ${name}`),
    );
    assertNone(offences, 'No any, enum, namespace or parameter property.');
  });
});

describe('state', () => {
  for (const [what, list, placesOf] of [
    ['variable that is set again, apart from those of moduleVariables', moduleVariables, 'moduleLets'],
    ['container that is filled later, apart from those of moduleContainers', moduleContainers, 'moduleContainers'],
  ] as const) {
    it(`of a module is listed, with its purpose: ${placesOf}`, () => {
      const all = src.flatMap((source) => source[placesOf].map(({ name }) => `${source.path} ${name}`));
      assertNone(
        all.filter((one) => list[one] === undefined),
        `A module has no ${what}.`,
      );
      assertNone(
        Object.keys(list).filter((one) => !all.includes(one)),
        'These are gone: take them off the list.',
      );
    });
  }
});

describe('documentation', () => {
  it('opens every file', () => {
    const offences = shipped
      .filter(({ openingComment }) => openingComment.length < openingCommentCharactersMin)
      .map(({ path, openingComment }) => `${path}: "${openingComment}"`);
    assertNone(offences, 'A file opens with a comment that says what it is for and what it must not know.');
  });

  it('is on every export', () => {
    const offences = shipped.flatMap(({ path, undocumentedExports }) =>
      undocumentedExports.map(({ name, line }) => `${path}:${line} ${name}`),
    );
    assertNone(offences, 'Every export has a docstring.');
  });
});

describe('tests', () => {
  it('exist for every source file', () => {
    const offences = src
      .filter(({ isTypesOnly }) => !isTypesOnly)
      .map(({ path }) => ({ path, test: path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts') }))
      .filter(({ test }) => !existsSync(join(repository, test)))
      .map(({ path, test }) => `${path} has no ${test}`);
    assertNone(offences, 'src/<room>/<file>.ts has test/<room>/<file>.test.ts.');
  });
});

describe('the test suite', () => {
  const linesOf = (folder: string, endings: readonly string[], countOf = codeLineCountOf): number =>
    filesUnder(folder, endings)
      .filter((path) => !isGenerated(path))
      .reduce((lines, path) => lines + countOf(path), 0);
  const code = linesOf('src', ['.ts']) + linesOf('native', ['.cc', '.h']);
  const programs = linesOf('test', ['.ts', '.mjs', '.mts', '.cc', '.h']);
  const cases =
    linesOf('test', ['.json', '.md', '.txt', '.yaml', '.conf'], lineCountOf) + linesOf('rules', ['.yaml'], lineCountOf);

  it('is larger than the code, and by half with its cases', () => {
    expect(programs / code).toBeGreaterThan(testRatioMin.programs);
    expect((programs + cases) / code).toBeGreaterThan(testRatioMin.withCases);
  });
});

describe('lock file', () => {
  it('names no registry', () => {
    const lock = readFileSync(join(repository, 'package-lock.json'), 'utf8');
    expect(lock, 'package-lock.json names a registry').not.toMatch(/"resolved"/);
  });

  it('has an entry for every optional package, also those of other systems', () => {
    const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const offences = wanted.filter((name) => packages[`node_modules/${name}`] === undefined);
    assertNone(offences, 'npm ci refuses a lock file without these:');
  });

  it('is exact in package.json', () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(repository, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    const offences = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+/.test(version),
    );
    assertNone(
      offences.map(([name, version]) => `${name}: ${version}`),
      'Versions are exact.',
    );
  });
});
