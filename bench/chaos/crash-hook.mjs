// Loaded into a server before everything else (`node --import`): the addon crashes, by a write to address 0 in native code, as soon as it
// is given a value with a certain text to scan. CHAOS_CRASH names the library that crashes, CHAOS_CRASH_TEXT the text.

const { CHAOS_CRASH: library, CHAOS_CRASH_TEXT: text } = process.env;
const dlopen = process.dlopen;

process.dlopen = (module, filename, ...flags) => {
  dlopen.call(process, module, filename, ...flags);
  if (!filename.endsWith('weir_native.node')) return;
  const addon = module.exports;
  module.exports = {
    ...addon,
    scanBatch: (program, slab, fields, fieldCount, hits) => {
      const last = 3 * (fieldCount - 1);
      const used = Buffer.from(slab.buffer, slab.byteOffset, fields[last + 1] + fields[last + 2]);
      if (used.includes(text)) dlopen.call(process, { exports: {} }, library);
      return addon.scanBatch(program, slab, fields, fieldCount, hits);
    },
  };
};
