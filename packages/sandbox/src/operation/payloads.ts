/** Operations whose model wraps the answer in `payload`, and whether that is an object or an array. */
export const payloads: Readonly<Record<string, 'object' | 'array'>> = {};
