import { shown, ValidationError } from '@fluxori/core';

/** The AWS account from which Amazon sends notifications. Source: developer-docs.amazon.com/sp-api/docs/set-up-notifications-with-amazon-sqs. */
export const amazonNotificationsAccount = '437568002678';

const queueArn = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?$/;

/** @throws ValidationError for what is no ARN of a standard queue: Amazon delivers to no other. */
export function checkQueueArn(arn: string): string {
  const isFifo = typeof arn === 'string' && arn.endsWith('.fifo');
  if (typeof arn === 'string' && queueArn.test(arn) && !isFifo) return arn;
  throw new ValidationError(
    isFifo
      ? `${arn} is a FIFO queue; Amazon delivers to standard queues only.`
      : `${shown(arn)} is not the ARN of an SQS queue.`,
    {
      field: 'queueArn',
      remedy:
        'Pass the ARN of a standard queue, e.g. arn:aws:sqs:eu-west-1:123456789012:sp-api-notifications.',
    },
  );
}

/**
 * The policy that lets Amazon deliver to a queue, and nobody else anything, for the queue's attribute `Policy`. The queue's owner needs no
 * statement: IAM policies of its own account let it in.
 * @throws ValidationError for what is no ARN of a standard queue.
 */
export function amazonQueuePolicy(arn: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'SellingPartnerApi',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${amazonNotificationsAccount}:root` },
        Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
        Resource: checkQueueArn(arn),
      },
    ],
  });
}
