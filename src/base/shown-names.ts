// Names from a configuration as messages show them: one that could break a line, or be taken for something else, is quoted.

/** `profile NAME`, or `profiles NAME, NAME`. */
export const shownProfiles = (names: readonly string[]): string =>
  `profile${names.length === 1 ? '' : 's'} ${names.map(shownName).join(', ')}`;

const shownName = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
