export { BundleError, type BundleFault } from "./bundle_error.ts";
export { type BundleReport, type BundleRequest, exportBundle } from "./export_bundle.ts";
export { type PartPlace } from "./part_place.ts";
export { type Remains } from "./traces.ts";
export {
  isPartRole,
  parseWithholdSpec,
  partRoleNames,
  readSeqRange,
  type WithholdSpec,
} from "./withhold_spec.ts";
