import { ValidationError } from '@fluxori/core';
import { checkQueueArn } from './queue-policy.js';

/**
 * Where a queue is fetched from.
 * @param endpoint - of an SQS that is not AWS's, e.g. a sandbox's.
 * @throws ValidationError for what is no ARN of a standard queue.
 */
export function queueUrlOf(arn: string, endpoint?: string): string {
  const [, partition, , region, account, name] = checkQueueArn(arn).split(':');
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base = endpoint ?? `https://sqs.${region}.${domain}`;
  return `${base.replace(/\/$/, '')}/${account}/${name}`;
}

/** @throws ValidationError for what is no URL of a standard queue. */
export function checkQueueUrl(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  if (/^https?:/.test(url) && /^\/\d{12}\/[A-Za-z0-9_-]{1,80}$/.test(path)) return url;
  throw new ValidationError(
    path.endsWith('.fifo')
      ? `${url} is a FIFO queue; Amazon delivers to standard queues only.`
      : `${JSON.stringify(url)} is not the URL of an SQS queue.`,
    {
      field: 'queueUrl',
      remedy:
        'Write the URL that AWS shows for the queue, e.g. https://sqs.eu-west-1.amazonaws.com/123456789012/sp-api-notifications.',
    },
  );
}

/** What AWS's client needs to know of a queue: the region that its URL names, and of an SQS that is not AWS's where it is. */
export function placeOfQueue(url: string): { readonly region: string; readonly endpoint?: string } {
  const { hostname, origin } = new URL(url);
  const region = /^sqs\.([a-z0-9-]+)\.amazonaws\./.exec(hostname)?.[1];
  return region === undefined ? { region: 'us-east-1', endpoint: origin } : { region };
}
