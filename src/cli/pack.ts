// `weir pack`: commands for packs of rules. Knows only their names.

import { commonExitCodes, type WeirCommand } from './define-command.ts';
import { type Printer, standardPrinter } from './printer.ts';

/** Commands of `weir pack` by name, in the order of a pack's life cycle. */
export const packCommands: Readonly<Record<string, () => Promise<WeirCommand>>> = {
  new: async () => (await import('./pack/new.ts')).newCommand,
  lint: async () => (await import('./pack/lint.ts')).lintCommand,
  test: async () => (await import('./test.ts')).packTestCommand,
  build: async () => (await import('./pack/build.ts')).buildCommand,
  keygen: async () => (await import('./pack/keygen.ts')).keygenCommand,
  sign: async () => (await import('./pack/sign.ts')).signCommand,
  verify: async () => (await import('./pack/verify.ts')).verifyCommand,
  inspect: async () => (await import('./pack/inspect.ts')).inspectCommand,
  diff: async () => (await import('./pack/diff.ts')).diffCommand,
  push: async () => (await import('./pack/push.ts')).pushCommand,
  pull: async () => (await import('./pack/pull.ts')).pullCommand,
  add: async () => (await import('./pack/add.ts')).addCommand,
  promote: async () => (await import('./pack/promote.ts')).promoteCommand,
};

const summary = 'make, check, sign, share and compare packs of rules';

/** `weir pack`. */
export const packCommand: WeirCommand = Object.assign(runPackCommand, { summary });

async function runPackCommand(words: readonly string[], printer: Printer = standardPrinter): Promise<number> {
  const [name = '', ...rest] = words;
  const load = Object.hasOwn(packCommands, name) ? packCommands[name] : undefined;
  if (load !== undefined) return (await load())(rest, printer);
  const isHelp = name === '' || /^(?:-h|--help|help)$/.test(name);
  if (!isHelp) printer.warn(`weir pack: unknown command "${name.slice(0, 60)}"\n`);
  (isHelp ? printer.print : printer.warn)(await usage());
  return name !== '' && isHelp ? commonExitCodes.done : commonExitCodes.usage;
}

async function usage(): Promise<string> {
  const rows = await Promise.all(
    Object.entries(packCommands).map(async ([name, load]) => `  ${name.padEnd(9)}${(await load()).summary}`),
  );
  return `Usage: weir pack COMMAND\n\n${summary}\n\nCommands:\n${rows.join('\n')}\n`;
}
