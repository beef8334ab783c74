import type { CommandFactory } from './command-context.js';

export interface CommandEntry {
  readonly name: string;
  /** For the list of all commands, and its own help. */
  readonly what: string;
  /** What a command needs is loaded when it is called, and not for all the others. */
  readonly load: () => Promise<CommandFactory>;
}

/** All commands, in the order in which they are listed. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'demo',
    what: 'see it work: a local Amazon, orders, stock, a report and a feed, and power cuts in the middle',
    load: async () => (await import('./demo.js')).demoCommand,
  },
  {
    name: 'sandbox',
    what: 'run a local Amazon (LWA and SP-API) with true limits, until Ctrl-C',
    load: async () => (await import('./sandbox.js')).sandboxCommand,
  },
  {
    name: 'worker',
    what: 'work the queues until Ctrl-C; running jobs reach a checkpoint before it ends',
    load: async () => (await import('./worker.js')).workerCommand,
  },
  {
    name: 'orders',
    what: 'import, list and show orders',
    load: async () => (await import('./orders.js')).ordersCommand,
  },
  {
    name: 'inventory',
    what: 'sync, list and set stock levels',
    load: async () => (await import('./inventory.js')).inventoryCommand,
  },
  {
    name: 'reports',
    what: 'ask for reports, wait for them, write them to files',
    load: async () => (await import('./reports.js')).reportsCommand,
  },
  {
    name: 'feeds',
    what: 'submit feeds, exactly once each, and see what became of each item',
    load: async () => (await import('./feeds.js')).feedsCommand,
  },
  {
    name: 'documents',
    what: 'documents of reports, feeds and Data Kiosk: what is kept, and for how long',
    load: async () => (await import('./documents.js')).documentsCommand,
  },
  {
    name: 'notifications',
    what: 'have Amazon tell what happens, instead of asking for it',
    load: async () => (await import('./notifications.js')).notificationsCommand,
  },
  {
    name: 'accounts',
    what: 'let sellers authorise the application; see and check accounts',
    load: async () => (await import('./accounts.js')).accountsCommand,
  },
  {
    name: 'jobs',
    what: 'see what waits and why; expedite, cancel or retry it',
    load: async () => (await import('./jobs.js')).jobsCommand,
  },
  {
    name: 'queues',
    what: 'see how each section stands; pause it, or an account in it',
    load: async () => (await import('./queues.js')).queuesCommand,
  },
  {
    name: 'schedules',
    what: 'jobs that start again and again',
    load: async () => (await import('./schedules.js')).schedulesCommand,
  },
  {
    name: 'limits',
    what: 'show the live token buckets: level, rate and its source, who waits, when the next token comes',
    load: async () => (await import('./limits.js')).limitsCommand,
  },
  {
    name: 'health',
    what: 'show how every part is: backend, accounts, tokens, circuits, queues',
    load: async () => (await import('./health.js')).healthCommand,
  },
  {
    name: 'config',
    what: 'check the configuration',
    load: async () => (await import('./config-check.js')).configCommand,
  },
  {
    name: 'secrets',
    what: 'keep secrets in a sealed file, for "secret:NAME" in the configuration',
    load: async () => (await import('./secrets.js')).secretsCommand,
  },
  {
    name: 'privacy',
    what: 'erase persons, see who read what, delete what is past its time',
    load: async () => (await import('./privacy.js')).privacyCommand,
  },
];
