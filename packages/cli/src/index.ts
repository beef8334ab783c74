export { type App, type AppOptions, openApp } from './composition/open-app.js';
export { type LoadedConfig, loadConfig } from './config/load-config.js';
export { type ExitKind, exitCodes, exitKindOf, exitTable } from './exit/exit-code.js';
export { run } from './program.js';
