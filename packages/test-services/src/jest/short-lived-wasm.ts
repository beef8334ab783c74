import { setFlagsFromString } from 'node:v8';

/**
 * Processes of tests open a PGlite and end soon after. V8 would compile PostgreSQL a second time, with its optimising compiler, in all of them: about
 * 0.6 s of a processor each, for code that is hardly used before it is thrown away. What it is compiled to first does the same.
 */
setFlagsFromString('--wasm-tiering-budget=1000000000');
