import { attrdUpdater, crmAttribute, crmMaster } from './attribute-shims.js';
import { cibadmin, crmFailcount, crmNode, crmResource, crmStandby, pacemakerd, refused } from './cluster-shims.js';
import { crmMon } from './crm-mon.js';
import type { Shim } from './shim.js';

/** Every program by its name, as `names.json` lists them. */
export const SHIMS: Readonly<Record<string, Shim>> = {
  attrd_updater: attrdUpdater,
  cibadmin,
  crm_attribute: crmAttribute,
  crm_failcount: crmFailcount,
  crm_master: crmMaster,
  crm_mon: crmMon,
  crm_node: crmNode,
  crm_resource: crmResource,
  crm_simulate: refused('nothing is simulated here; `fairlead reconcile --dry-run` shows the plan'),
  crm_standby: crmStandby,
  pacemakerd,
  stonith_admin: refused('nodes are fenced by the daemon; `fairlead fence history` tells what it did'),
};
