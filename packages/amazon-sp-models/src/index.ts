export { type Body, type BodyMember, type BodyShape, type BodyType, bodyOf } from './body-shape.js';
export { apiNames, defaultVersionOf, findOperation, isApiName, versionsOf } from './find-operation.js';
export { operations } from './generated/operations.js';
export type { SpApiOperations } from './generated/sp-api-operations.js';
export type { DefaultVersions } from './generated/versions.js';
export type { Known, Open } from './open.js';
export type {
  CollectionFormat,
  HttpMethod,
  ItemDescriptor,
  OperationDescriptor,
  ParameterDescriptor,
  ParameterPlace,
  ParameterType,
  ValueConstraints,
} from './operation.js';
export type {
  ApiName,
  DefaultVersionOf,
  OperationArguments,
  OperationIdOf,
  ParamsOf,
  ResponseOf,
  VersionOf,
} from './operation-types.js';
