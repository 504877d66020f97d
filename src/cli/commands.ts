// The commands of `weir` other than `serve`, one row each. A command's module is loaded only when the command runs.

import type { WeirCommand } from './define-command.ts';

/** Commands by name, in the order of `weir --help`. */
export const commands: Readonly<Record<string, () => Promise<WeirCommand>>> = {
  check: async () => (await import('./check.ts')).checkCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  config: async () => (await import('./config.ts')).configCommand,
  pack: async () => (await import('./pack.ts')).packCommand,
  patch: async () => (await import('./patch.ts')).patchCommand,
  replay: async () => (await import('./replay.ts')).replayCommand,
  test: async () => (await import('./test.ts')).testCommand,
  envoy: async () => (await import('./envoy.ts')).envoyCommand,
  reload: async () => (await import('./reload.ts')).reloadCommand,
};
