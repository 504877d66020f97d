// `weir patch`: commands for virtual patches, in addition to those for packs. Knows only their names.

import { defineCommandGroup } from './define-command.ts';
import { patchNewCommand } from './patch/new.ts';

/** `weir patch`. */
export const patchCommand = defineCommandGroup('patch', 'create a virtual patch: a pack of rules against one CVE', {
  new: patchNewCommand,
});
