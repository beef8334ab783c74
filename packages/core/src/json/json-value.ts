/** What survives a trip through JSON unchanged: job payloads, checkpoints, stored state. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
