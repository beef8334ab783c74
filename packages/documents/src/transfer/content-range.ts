/** Which bytes of a document an answer brings. */
export interface ContentRange {
  /** Undefined in a refusal, which tells the length only. */
  readonly first?: number;
  readonly last?: number;
  /** Of the whole document, where it is known. */
  readonly total?: number;
}

/** Reads a Content-Range header (RFC 9110, section 14.4); undefined when it makes no sense. */
export function contentRange(header: string | undefined): ContentRange | undefined {
  const parts = /^\s*bytes\s+(?:(\d+)-(\d+)|\*)\/(\d+|\*)\s*$/i.exec(header ?? '');
  if (parts === null) return undefined;
  const [, first, last, total] = parts;
  if (first !== undefined && Number(last) < Number(first)) return undefined;
  return {
    ...(first !== undefined && { first: Number(first), last: Number(last) }),
    ...(total !== '*' && { total: Number(total) }),
  };
}

/** A length as a header says it. */
export function lengthOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header.trim()) ? Number(header) : undefined;
}
