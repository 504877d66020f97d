/** What PHP makes of a name, which was to be a variable once: spaces before it go, and some letters are underscores. */
export const phpName = (name: string): string => name.replace(/^[ ]+/, '').replace(/[. [\]]/g, '_');
