import { key, running } from './running.js';

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default async function tearDown(): Promise<void> {
  await running[key]?.[Symbol.asyncDispose]();
  delete running[key];
}
