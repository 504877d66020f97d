// Takes Node's own modules in compiled code as they are, and not by way of `import`: that reads every export of a module to make a
// namespace of it, also those that load others when they are read (Web Crypto in node:crypto, undici in node:http).

/** `import … from "node:…";` of a bundle, which stands on a line of its own. */
const builtinImport =
  /^import (?:\* as (?<all>[\w$]+)|(?<main>[\w$]+)?(?:, )?(?<named>\{[^}]*\})?) from "(?<name>node:[\w/]+)";$/gm;

/** The same names without `import`, on as many lines. */
export function withBuiltinsTaken(code) {
  return code.replaceAll(builtinImport, (...match) => {
    const { all, main, named, name } = match.at(-1);
    const whole = all ?? main;
    const taken = `process.getBuiltinModule("${name}")`;
    const parts = named?.replaceAll(' as ', ': ');
    if (whole === undefined) return `const ${parts} = ${taken};`;
    return parts === undefined ? `const ${whole} = ${taken};` : `const ${whole} = ${taken}, ${parts} = ${whole};`;
  });
}
