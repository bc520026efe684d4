/** The few shapes of the service that the dashboard speaks of. */
import type { components } from "./generated";

type Schemas = components["schemas"];

export type Status = Schemas["Status"];
export type Job = Schemas["Job"];
export type JobDetails = Schemas["JobDetails"];
export type StatusEntry = Schemas["StatusEntry"];
export type JobList = Schemas["JobList"];
export type StatusList = Schemas["StatusList"];
export type Counts = Schemas["Counts"];
