/**
 * A set of known strings to which Amazon may add: completion still offers the known ones, a new one still
 * compiles. Used for the enumerations that come back in answers.
 */
export type Open<Value extends string> = Value | (string & {});

/** The known strings of an {@link Open} set: `Known<Open<'A' | 'B'>>` is `'A' | 'B'`. */
export type Known<Value extends string> = Value extends string
  ? string extends Value
    ? never
    : Value
  : never;
