// Generated from openapi.json by `npm run generate`. Do not edit.
export interface paths {
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs
         * @description Jobs, newest first unless asked otherwise. The links are as quick on the last page as on the first.
         */
        get: operations["listJobs"];
        put?: never;
        /**
         * Create a job
         * @description Its status is PENDING. A name that another job has is refused, with that job's `job_id`.
         */
        post: operations["createJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count jobs by status
         * @description Exact, in a time that does not grow with their number.
         */
        get: operations["countJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a job with its history
         * @description The job and the latest 100 entries of its history, newest first; fewer where their messages are long. Its ETag
         *     begins with its version.
         */
        get: operations["getJob"];
        put?: never;
        post?: never;
        /**
         * Delete a job
         * @description It can be restored; its history is never lost.
         */
        delete: operations["deleteJob"];
        options?: never;
        head?: never;
        /**
         * Report a job's status
         * @description Any status may follow any other. A report that is late is kept in the history and changes nothing else.
         */
        patch: operations["changeStatus"];
        trace?: never;
    };
    "/api/jobs/{job_id}/statuses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a job's history
         * @description Every status it has been reported to have, by the time it occurred, newest first.
         */
        get: operations["listStatuses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a deleted job
         * @description Undoes a deletion, unless the name has been taken since.
         */
        post: operations["restoreJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the ledger
         * @description Positions have no gaps and never change: whoever asks for what follows the last one has missed nothing. There are
         *     fewer than `limit` where they are large: a page has about a megabyte at most. Only an empty one is the end.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the service alive?
         * @description `status` is `ok` as long as the process serves, whether its database does or not: to start it again would not
         *     help. The other members are `ok`, or say in a sentence what is wrong. It is asked by any host name.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Does it take commands?
         * @description 200 when a write would be recorded, 503 when not, with the same members. Clocks that are apart, but not so far
         *     that nothing is recorded, are told and no more. It is asked by any host name.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * BadRequest
         * @description The request is wrong. Which members there are depends on what is wrong with it.
         */
        BadRequest: {
            /** @description What went wrong, for programs. */
            type: string;
            title: string;
            status: number;
            /** @description What went wrong, for people. */
            detail: string;
            /** @description What is wrong, in sentences, by name. */
            errors?: {
                [key: string]: string[];
            };
            /** @description What is wrong, in sentences, by name. */
            parameters?: {
                [key: string]: string[];
            };
            /** @description What is wrong with this field, in sentences. */
            name?: string[];
            /** @description What is wrong with this field, in sentences. */
            labels?: string[];
            /** @description What is wrong with this field, in sentences. */
            status_type?: string[];
            /** @description What is wrong with this field, in sentences. */
            message?: string[];
            /** @description What is wrong with this field, in sentences. */
            occurred_at?: string[];
            /** @description What is wrong with this field, in sentences. */
            actor?: string[];
            /**
             * Format: uuid
             * @description The job that has the name.
             */
            job_id?: string;
        };
        /**
         * ChangeStatus
         * @description A status that a job is reported to have.
         */
        ChangeStatus: {
            status_type: components["schemas"]["Status"];
            message?: string | null;
            occurred_at?: string | null;
            actor?: string | null;
        };
        /**
         * Conflict
         * @description The job's present state does not allow it: which members there are depends on why.
         */
        Conflict: {
            /** @description What went wrong, for programs. */
            type: string;
            title: string;
            status: number;
            /** @description What went wrong, for people. */
            detail: string;
            /** @description What is wrong with this field, in sentences. */
            name?: string[];
            /**
             * Format: uuid
             * @description The job that has the name.
             */
            job_id?: string;
            /** @description What is wrong with this field, in sentences. */
            status_type?: string[];
            /** @description What may follow the present status. */
            allowed?: components["schemas"]["Status"][];
        };
        /**
         * Counts
         * @description How many jobs have each status. Deleted jobs are not counted.
         */
        Counts: {
            counts: {
                [key: string]: number;
            };
            total: number;
        };
        /**
         * CreateJob
         * @description A job to be.
         */
        CreateJob: {
            /** @description Unique; trimmed. */
            name: string;
            /** @description What to find it by. */
            labels?: {
                [key: string]: string;
            };
            occurred_at?: string | null;
            actor?: string | null;
        };
        /** @description An event of the ledger. */
        Event: components["schemas"]["KnownEvent"] | components["schemas"]["OtherEvent"];
        /**
         * EventList
         * @description A stretch of the ledger, in order, with nothing left out.
         */
        EventList: {
            results: components["schemas"]["Event"][];
            last: number;
        };
        /**
         * Health
         * @description Each part is `ok`, or a sentence that says what is wrong with it.
         */
        Health: {
            status: string;
            database: string;
            writes: string;
            clock: string;
        };
        /**
         * Job
         * @description A job as it stands.
         */
        Job: {
            /** Format: uuid */
            id: string;
            name: string;
            current_status_type: components["schemas"]["Status"];
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            current_status_timestamp: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            updated_at: string;
            attempt: number;
            message: string | null;
            labels: {
                [key: string]: string;
            };
            version: number;
            deleted_at: string | null;
        };
        /**
         * JobDetails
         * @description A job with its history, newest first: the latest 100 entries.
         */
        JobDetails: {
            /** Format: uuid */
            id: string;
            name: string;
            current_status_type: components["schemas"]["Status"];
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            current_status_timestamp: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            updated_at: string;
            attempt: number;
            message: string | null;
            labels: {
                [key: string]: string;
            };
            version: number;
            deleted_at: string | null;
            statuses: components["schemas"]["StatusEntry"][];
            statuses_next: string | null;
        };
        /** JobList */
        JobList: {
            count: number;
            next: string | null;
            previous: string | null;
            first: string;
            last: string;
            results: components["schemas"]["Job"][];
        };
        /**
         * Problem
         * @description RFC 9457.
         */
        Problem: {
            /** @description What went wrong, for programs. */
            type: string;
            title: string;
            status: number;
            /** @description What went wrong, for people. */
            detail: string;
        };
        /**
         * Sort
         * @description By what; a minus turns it round.
         * @default -created_at
         * @enum {string}
         */
        Sort: "name" | "-name" | "created_at" | "-created_at";
        /**
         * Status
         * @description Where a job stands, as its reporter last said.
         * @enum {unknown}
         */
        Status: "COMPLETED" | "FAILED" | "PENDING" | "RUNNING";
        /**
         * StatusEntry
         * @description A status in the history of a job.
         */
        StatusEntry: {
            id: number;
            status_type: components["schemas"]["Status"];
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            timestamp: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            recorded_at: string;
            message: string | null;
            actor: string | null;
            attempt: number;
            late: boolean;
        };
        /** StatusList */
        StatusList: {
            count: number;
            next: string | null;
            previous: string | null;
            first: string;
            last: string;
            results: components["schemas"]["StatusEntry"][];
        };
        /**
         * VersionMismatch
         * @description The job is at another version than the caller named.
         */
        VersionMismatch: {
            /** @description What went wrong, for programs. */
            type: string;
            title: string;
            status: number;
            /** @description What went wrong, for people. */
            detail: string;
            /** @description The version it is at. */
            version: number;
        };
        /**
         * JobCreated
         * @description When a job is first heard of. Its status is PENDING, ranked before every status that is reported.
         */
        JobCreated: {
            name: string;
            sort_name: string;
            labels?: {
                [key: string]: string;
            };
            reported_at?: string | null;
        };
        /**
         * JobStatusChanged
         * @description When a status is reported. What the report means for the job is derived once, and stored with it.
         */
        JobStatusChanged: {
            status: components["schemas"]["Status"];
            attempt: number;
            /** Format: date-time */
            since: string;
            late: boolean;
            message?: string | null;
            reported_at?: string | null;
        };
        /**
         * JobDeleted
         * @description When a job is taken off the board. Its name is free again; its history stays.
         */
        JobDeleted: {
            reported_at?: string | null;
        };
        /**
         * JobRestored
         * @description When a deletion is undone. The job is back as it was, and takes its name again.
         */
        JobRestored: {
            name?: string | null;
            reported_at?: string | null;
        };
        /**
         * JobCreatedEvent
         * @description When a job is first heard of. Its status is PENDING, ranked before every status that is reported.
         */
        JobCreatedEvent: {
            position: number;
            /** Format: uuid */
            job_id: string;
            version: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "JobCreated";
            data: components["schemas"]["JobCreated"];
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            occurred_at: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            recorded_at: string;
            actor: string | null;
        };
        /**
         * JobStatusChangedEvent
         * @description When a status is reported. What the report means for the job is derived once, and stored with it.
         */
        JobStatusChangedEvent: {
            position: number;
            /** Format: uuid */
            job_id: string;
            version: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "JobStatusChanged";
            data: components["schemas"]["JobStatusChanged"];
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            occurred_at: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            recorded_at: string;
            actor: string | null;
        };
        /**
         * JobDeletedEvent
         * @description When a job is taken off the board. Its name is free again; its history stays.
         */
        JobDeletedEvent: {
            position: number;
            /** Format: uuid */
            job_id: string;
            version: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "JobDeleted";
            data: components["schemas"]["JobDeleted"];
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            occurred_at: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            recorded_at: string;
            actor: string | null;
        };
        /**
         * JobRestoredEvent
         * @description When a deletion is undone. The job is back as it was, and takes its name again.
         */
        JobRestoredEvent: {
            position: number;
            /** Format: uuid */
            job_id: string;
            version: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "JobRestored";
            data: components["schemas"]["JobRestored"];
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            occurred_at: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            recorded_at: string;
            actor: string | null;
        };
        /**
         * OtherEvent
         * @description An event of a type that is not described here: skip it.
         */
        OtherEvent: {
            position: number;
            /** Format: uuid */
            job_id: string;
            version: number;
            type: string;
            data: Record<string, never>;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            occurred_at: string;
            /**
             * Format: date-time
             * @description RFC 3339 in UTC with microseconds.
             * @example 2026-11-23T14:41:07.120000Z
             */
            recorded_at: string;
            actor: string | null;
        };
        /** @description An event of a type that this release knows. */
        KnownEvent: components["schemas"]["JobCreatedEvent"] | components["schemas"]["JobStatusChangedEvent"] | components["schemas"]["JobDeletedEvent"] | components["schemas"]["JobRestoredEvent"];
    };
    responses: never;
    parameters: {
        /** @description The ETag of the answer that the caller has: while it holds, the answer is 304 without a body. */
        "If-None-Match": string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description What this answer stands for: of a job its version, else a fingerprint.
         * @example "5"
         */
        ETag: string;
        /**
         * @description The address of what was made.
         * @example /api/jobs/019ab0f4-5c1e-7c3a-9d52-3f6f0c9be8a1/
         */
        Location: string;
        /**
         * @description In how many seconds to come again.
         * @example 1
         */
        "Retry-After": number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listJobs: {
        parameters: {
            query?: {
                /** @description Any of these; may be repeated. */
                status?: components["schemas"]["Status"][];
                /** @description By what; a minus turns it round. */
                sort?: components["schemas"]["Sort"];
                /** @description The one with exactly this name. */
                name?: string;
                /** @description Those that have been deleted and can be restored. */
                deleted?: boolean;
                /** @description How many to a page. */
                limit?: number;
                /** @description How many to leave out first. The links then carry `offset` as well. */
                offset?: number;
                /** @description Where the page begins: only ever copied from a link. */
                cursor?: string;
            };
            header?: {
                /** @description The ETag of the answer that the caller has: while it holds, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of jobs. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            /** @description Not modified: the caller already has this version. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description One per intention: the same request with the same key is done once. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateJob"];
            };
        };
        responses: {
            /** @description The job. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than any command may be. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key has been used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    countJobs: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the answer that the caller has: while it holds, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many jobs have each status. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Counts"];
                };
            };
            /** @description Not modified: the caller already has this version. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the answer that the caller has: while it holds, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDetails"];
                };
            };
            /** @description Not modified: the caller already has this version. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job, or it has been deleted. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteJob: {
        parameters: {
            query?: {
                /** @description Who says so; trimmed. */
                actor?: string;
                /** @description When it happened; now, when it is left out. */
                occurred_at?: string;
            };
            header?: {
                /** @description The version the job must be at, in quotes, or its ETag: `"5"`, `"5-0b9fc2a1d3e4"`. */
                "If-Match"?: string;
                /** @description One per intention: the same request with the same key is done once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone, and its name is free. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job, or it has been deleted. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The job is not at the version that If-Match names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["VersionMismatch"];
                };
            };
            /** @description The Idempotency-Key has been used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version the job must be at, in quotes, or its ETag: `"5"`, `"5-0b9fc2a1d3e4"`. */
                "If-Match"?: string;
                /** @description One per intention: the same request with the same key is done once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeStatus"];
            };
        };
        responses: {
            /** @description The new entry of its history. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusEntry"];
                };
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job, or it has been deleted. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The job's present state does not allow this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Conflict"];
                };
            };
            /** @description The job is not at the version that If-Match names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["VersionMismatch"];
                };
            };
            /** @description The body is larger than any command may be. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key has been used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listStatuses: {
        parameters: {
            query?: {
                /** @description How many to a page. */
                limit?: number;
                /** @description How many to leave out first. The links then carry `offset` as well. */
                offset?: number;
                /** @description Where the page begins: only ever copied from a link. */
                cursor?: string;
            };
            header?: {
                /** @description The ETag of the answer that the caller has: while it holds, the answer is 304 without a body. */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of its history. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusList"];
                };
            };
            /** @description Not modified: the caller already has this version. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job, or it has been deleted. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restoreJob: {
        parameters: {
            query?: {
                /** @description Who says so; trimmed. */
                actor?: string;
                /** @description When it happened; now, when it is left out. */
                occurred_at?: string;
            };
            header?: {
                /** @description The version the job must be at, in quotes, or its ETag: `"5"`, `"5-0b9fc2a1d3e4"`. */
                "If-Match"?: string;
                /** @description One per intention: the same request with the same key is done once. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The job's id, a UUID. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job, as it was. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job, or it has been deleted. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The job's present state does not allow this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Conflict"];
                };
            };
            /** @description The job is not at the version that If-Match names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["VersionMismatch"];
                };
            };
            /** @description The Idempotency-Key has been used for another request. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description The last position that is known. */
                after?: number;
                /** @description How many at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events that follow. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It serves. The members say which part is unwell, if any. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is written now will be recorded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The request is wrong: the problem document says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadRequest"];
                };
            };
            /** @description The request comes from a page, or was sent to a host name, that is not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away, or too many commands wait. Retry-After says when to come again. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
