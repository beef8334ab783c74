import type {
  AuthenticationError,
  CircuitOpenError,
  ConfigurationError,
  DocumentError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  RemoteError,
  ValidationError,
} from './errors.js';
import { type FluxoriError, isFluxoriError } from './fluxori-error.js';

interface ErrorsByName {
  AuthenticationError: AuthenticationError;
  CircuitOpenError: CircuitOpenError;
  ConfigurationError: ConfigurationError;
  DocumentError: DocumentError;
  NetworkError: NetworkError;
  NotFoundError: NotFoundError;
  RateLimitError: RateLimitError;
  RemoteError: RemoteError;
  ValidationError: ValidationError;
}

/** Like `instanceof`, but by name along the class chain, so that it also holds between two copies of this package. */
export function isErrorOf<Name extends keyof ErrorsByName>(
  error: unknown,
  name: Name,
): error is ErrorsByName[Name] {
  if (!isFluxoriError(error)) return false;
  for (let type = (error as FluxoriError).constructor; type?.name; type = Object.getPrototypeOf(type)) {
    if (type.name === name) return true;
  }
  return false;
}

/** True when an aborted signal ended the work, whether the platform's own AbortError or the caller's reason. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
  if (signal?.aborted && error === signal.reason) return true;
  return typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'AbortError';
}
