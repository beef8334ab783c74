declare const brand: unique symbol;

/** A string (or other base type) that only its own constructor function may produce, so that ids cannot be mixed up. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
