export type { Bar, BenchReport, BenchResult } from './bench-report.js';
