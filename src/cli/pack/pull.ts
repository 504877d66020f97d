// `weir pack pull`: a pack from a registry, a web server or a file → a folder, if policy accepts it; it is recorded in the lock
// file.

import { fetchPack } from '../../pack/fetch-pack.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';
import { outputFolder } from './output-folder.ts';
import { addTakeOptions, type TakeOptions, takePack } from './take-pack.ts';

/** `weir pack pull`. Exit code 1: it was not found, or is refused; nothing is changed then. */
export const pullCommand = defineCommand<TakeOptions>({
  name: 'pack pull',
  summary: 'get a pack from a registry, a web server or a file, and write its version and digest to the lock file',
  options: (command) =>
    addTakeOptions(
      command.argument('<source>', 'oci://HOST/REPOSITORY[:TAG][@DIGEST], https://…/NAME.tgz, or an archive'),
    ),
  run: async ({ args: [source], options, printer }) => {
    outputFolder(options.output);
    printer.print(await takePack(await fetchPack(source as string), source as string, options));
    return commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});
