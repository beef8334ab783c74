export { S3ContentStore, type S3ContentStoreOptions } from './store/s3/s3-content-store.js';
