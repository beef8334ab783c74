/** Those that every command has, by their long flags. */
export const commonOptions: ReadonlySet<string> = new Set(['--config', '--backend', '--log-level', '--json']);
