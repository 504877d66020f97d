// `weir patch`: what is done with virtual patches besides what is done with packs. Knows only its commands.

import { defineCommandGroup } from './define-command.ts';
import { patchNewCommand } from './patch/new.ts';

/** `weir patch`. */
export const patchCommand = defineCommandGroup('patch', 'begin a virtual patch: a pack of rules against one CVE', {
  new: patchNewCommand,
});
