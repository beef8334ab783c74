import type { NotificationListener, NotificationListenerOptions } from './notification-listener.js';

export type ListenOptions = NotificationListenerOptions;

/**
 * Makes a listener for a queue of notifications; call its `start()`. AWS's client is loaded only now.
 * @throws ValidationError when the URL is none of a standard queue.
 */
export async function listenToNotifications(options: ListenOptions): Promise<NotificationListener> {
  const { NotificationListener } = await import('./notification-listener.js');
  return new NotificationListener(options);
}
