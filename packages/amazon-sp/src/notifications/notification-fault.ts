/** Why a message became a dead letter. */
export const deadReasons = {
  unreadable: 'it is not JSON, or no notification',
  'unknown-type': 'this release does not know its type',
  schema: 'its payload is not what Amazon’s schema of its type says',
  'unknown-seller': 'no account that is configured here is of its seller',
  refused: 'what it asks for is refused here',
  failing: 'what is done for it failed again and again',
} as const;

export type DeadReason = keyof typeof deadReasons;

/** Nothing but somebody's hand helps this message; it does not leave this folder. */
export class NotificationFault extends Error {
  constructor(
    readonly reason: DeadReason,
    message: string,
  ) {
    super(message);
    this.name = 'NotificationFault';
  }
}
