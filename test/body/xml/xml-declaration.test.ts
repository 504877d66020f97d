import { describe, expect, it } from 'vitest';
import { XmlDeclaration } from '../../../src/body/xml/xml-declaration.ts';

describe('XmlDeclaration', () => {
  const encodingOf = (...pieces: readonly string[]): string | undefined => {
    const declaration = new XmlDeclaration();
    for (const piece of pieces) declaration.take(Buffer.from(piece), 0, piece.length);
    return declaration.close();
  };

  it('finds the encoding, cut anywhere', () => {
    expect(encodingOf('xml version="1.0" encoding="utf-8"')).toBe('utf-8');
    expect(encodingOf('xml version="1.0" enc', "oding='x'")).toBe('x');
  });

  it('finds none if there is none, or if it comes too late', () => {
    expect(encodingOf('xml version="1.0"')).toBe(undefined);
    expect(encodingOf('php encoding="x"')).toBe(undefined);
    expect(encodingOf(`xml ${' '.repeat(300)}encoding="x"`)).toBe(undefined);
  });

  it('ignores everything after the first item of the document', () => {
    const declaration = new XmlDeclaration();
    expect(declaration.close()).toBe(undefined);
    declaration.take(Buffer.from('xml encoding="x"'), 0, 16);
    expect(declaration.close()).toBe(undefined);
  });
});
