/** `compressionAlgorithm` of a document's answer; a fault can make it say the opposite. */
export function labelOf(
  { gzipped = false }: { readonly gzipped?: boolean },
  wrong: boolean,
): { compressionAlgorithm?: 'GZIP' } {
  return gzipped === wrong ? {} : { compressionAlgorithm: 'GZIP' };
}
