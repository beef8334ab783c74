/**
 * A request that SQS turns down: thrown by queues and actions, answered as AWS's JSON protocol does.
 * Source: the SQS API reference, "Common errors" and the errors of each action; checked November 2026.
 */
export class SqsRefusal extends Error {
  override readonly name = 'SqsRefusal';

  constructor(
    /** The name of the exception, e.g. `QueueDoesNotExist`. */
    readonly code: SqsErrorCode,
    message: string,
  ) {
    super(message);
  }

  get status(): number {
    return this.code === 'MissingAuthenticationToken' ? 403 : 400;
  }

  /** What older clients read from `x-amzn-query-error`. */
  get queryError(): string {
    return `${queryCodes[this.code] ?? this.code};Sender`;
  }
}

export type SqsErrorCode =
  | 'BatchEntryIdsNotDistinct'
  | 'BatchRequestTooLong'
  | 'EmptyBatchRequest'
  | 'InvalidAttributeName'
  | 'InvalidAttributeValue'
  | 'InvalidBatchEntryId'
  | 'InvalidMessageContents'
  | 'InvalidParameterValue'
  | 'MessageNotInflight'
  | 'MissingAuthenticationToken'
  | 'MissingParameter'
  | 'QueueDoesNotExist'
  | 'QueueNameExists'
  | 'ReceiptHandleIsInvalid'
  | 'TooManyEntriesInBatchRequest'
  | 'UnknownOperationException'
  | 'UnsupportedOperation';

const queryCodes: Partial<Record<SqsErrorCode, string>> = {
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};
