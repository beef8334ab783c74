import { openTestServices } from '../test-services.js';
import { key, running } from './running.js';

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default async function setUp(): Promise<void> {
  running[key] = await openTestServices();
}
