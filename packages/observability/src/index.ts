export { cleanFields, cleanText } from './logs/clean-fields.js';
export { maskCredentials } from './logs/mask-credentials.js';
export { type PinoLoggerOptions, pinoLogger } from './logs/pino-logger.js';
export { backendGauges } from './metrics/backend-gauges.js';
export { backendMetrics, ownMetrics } from './metrics/metric-names.js';
export {
  type PrometheusMetrics,
  type PrometheusOptions,
  prometheusMetrics,
} from './metrics/prometheus-metrics.js';
export {
  type MetricsServer,
  type MetricsServerOptions,
  startMetricsServer,
} from './server/metrics-server.js';
export {
  globalTracing,
  type OpenTelemetryOptions,
  openTelemetryTracing,
} from './tracing/open-telemetry-tracing.js';
