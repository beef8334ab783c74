import { z } from 'zod';
import { privacyConfigSchema } from '../privacy/privacy-config.js';

/** One account as it stands in the file: which connector, and what that connector asks for (checked by the connector's own schema). */
const accountSchema = z.looseObject({ connector: z.string().default('amazon-sp') });

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const milliseconds = z
  .int()
  .min(1)
  .max(30 * 86_400_000);

/** The configuration file. Unknown fields are refused, so that a misspelt one is not silently ignored. */
export const configSchema = z.strictObject({
  /** Where state lives, e.g. `pglite:.fluxori/data`. */
  backend: z.string().min(1).optional(),
  log: z.strictObject({ level: z.enum(logLevels).optional() }).prefault({}),
  worker: z
    .strictObject({
      /** How many jobs of one section run at the same time. */
      concurrency: z.int().min(1).max(1000).default(16),
      /** Of these, at most so many for one account, so that one seller's thousands leave room for the others. */
      perAccountConcurrency: z.int().min(1).max(1000).optional(),
      /** How long a stopping worker lets its jobs go on, in milliseconds. */
      graceMs: z.int().min(0).max(600_000).default(10_000),
      /** Where `/metrics`, `/healthz` and `/readyz` are served; 0 takes a free port, without it they are not. */
      metricsPort: z.int().min(0).max(65_535).optional(),
      /** Whom the metrics server listens to: this machine, unless told otherwise. */
      metricsHost: z.string().min(1).default('127.0.0.1'),
    })
    .prefault({}),
  /** How reports, feeds and queries are waited for, in milliseconds; the defaults are fit for Amazon's limits. */
  workflows: z
    .strictObject({
      firstPollMs: milliseconds.optional(),
      longestPollMs: milliseconds.optional(),
      stuckAfterMs: milliseconds.optional(),
      listedAfterMs: milliseconds.optional(),
    })
    .prefault({}),
  /** Where copies of documents lie, as URLs: `file:<folder>` or `s3://bucket/prefix?…`; folders beside the data by default. */
  documents: z
    .strictObject({
      contents: z.string().min(1).optional(),
      /** For documents with personal data; needs a sealing key. */
      sealedContents: z.string().min(1).optional(),
    })
    .prefault({}),
  /** What Amazon tells by itself: a worker listens to this queue while it works. */
  notifications: z
    .strictObject({
      /** As AWS shows it, e.g. `https://sqs.eu-west-1.amazonaws.com/123456789012/sp-api-notifications`. */
      queueUrl: z.url({ protocol: /^https?$/, error: 'write the URL of an SQS queue' }).optional(),
    })
    .prefault({}),
  /** Personal data: for how long it is kept, and who is told. */
  privacy: privacyConfigSchema,
  accounts: z.record(z.string(), accountSchema).default({}),
});

export type CliConfig = z.output<typeof configSchema>;
