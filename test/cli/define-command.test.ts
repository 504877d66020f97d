import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import { type CommandDefinition, defineCommand, quietCommand } from '../../src/cli/define-command.ts';

interface Options {
  readonly loud?: true;
}

const definition: CommandDefinition<Options> = {
  name: 'greet',
  summary: 'greet somebody',
  options: (command) => command.argument('<name>').option('--loud', 'louder'),
  run: async ({ args: [name], options, printer }) => {
    printer.print(`Hello ${name}${options.loud === true ? '!' : ''}\n`);
    return 0;
  },
};

/** What a command prints and warns, and its exit code. */
async function run(words: readonly string[], changes: Partial<CommandDefinition<Options>> = {}) {
  let [printed, warned] = ['', ''];
  const code = await defineCommand({ ...definition, ...changes })(words, {
    print: (text) => {
      printed += text;
    },
    warn: (text) => {
      warned += text;
    },
  });
  return { code, printed, warned };
}

describe('defineCommand', () => {
  it('runs with the arguments that follow its name', async () => {
    expect(await run(['Ann', '--loud'])).toStrictEqual({ code: 0, printed: 'Hello Ann!\n', warned: '' });
    expect(defineCommand(definition).summary).toBe('greet somebody');
  });

  it('shows help from its definition', async () => {
    const { code, printed } = await run(['--help']);
    expect(code).toBe(0);
    expect(printed).toMatch(/Usage: weir greet [\s\S]*greet somebody[\s\S]*--loud +louder/);
  });

  it.each([
    ['an argument that is missing', []],
    ['one too many', ['Ann', 'Bob']],
    ['an option that does not exist', ['Ann', '--quiet']],
  ])('ends with 2 for %s', async (_, words) => {
    const { code, printed, warned } = await run(words);
    expect([code, printed]).toStrictEqual([2, '']);
    expect(warned).toMatch(/^error: /);
  });

  it('adds its hint, if there is one, to errors about arguments', async () => {
    const { warned } = await run([], {
      hint: ({ code }) => (code === 'commander.missingArgument' ? 'who?' : undefined),
    });
    expect(warned).toMatch(/weir greet: who\?\n$/);
  });

  it('turns errors into messages and exit codes, and passes internal ones on', async () => {
    const throwing = (error: Error) => ({ run: () => Promise.reject(error) });
    const error = new WafError('plan.invalid', 'no rules');
    expect(await run(['Ann'], throwing(error))).toStrictEqual({
      code: 2,
      printed: '',
      warned: 'weir greet: no rules\n',
    });
    expect((await run(['Ann'], { ...throwing(error), exitCodeOf: () => 1 })).code).toBe(1);
    await expect(run(['Ann'], throwing(new TypeError('broken')))).rejects.toThrow('broken');
  });

  it('can have commands of its own', async () => {
    const changes: Partial<CommandDefinition<Options>> = {
      options: (command, printer) =>
        command.addCommand(quietCommand('again', 'greet again', printer).action(() => printer.print('Again\n'))),
    };
    const { run: _, ...parent } = definition;
    const printed: string[] = [];
    const greet = defineCommand({ ...parent, ...changes });
    expect(await greet(['again'], { print: (text) => printed.push(text), warn: () => undefined })).toBe(0);
    expect(printed).toStrictEqual(['Again\n']);
  });
});
