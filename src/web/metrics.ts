/** The figures for Prometheus: the state of the engine, and how its HTTP edge is used. Counts only, of no single party. */
import { performance } from "node:perf_hooks";
import { Counter, Gauge, Registry } from "prom-client";
import type { Context } from "../app/context.ts";
import { type Measures, measure } from "../app/measure.ts";

export interface Metrics {
  readonly contentType: string;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  /** Counts an answered request; `path` is the route's, never the caller's own text. */
  answered(method: string, path: string, status: number): void;
}

/** Anybody may ask, so the store is not asked each time. */
const FRESH_FOR_MS = 5_000;

export function createMetrics(context: Pick<Context, "store" | "clock">): Metrics {
  const registry = new Registry();
  const show = engineGauges(registry);
  const requests = new Counter({
    name: "remit_http_requests_total",
    help: "Answered HTTP requests by route and status",
    labelNames: ["method", "path", "status"],
    registers: [registry],
  });
  let measuredAt = Number.NEGATIVE_INFINITY;
  return {
    contentType: registry.contentType,
    async text() {
      if (performance.now() - measuredAt > FRESH_FOR_MS) {
        show(await measure(context));
        measuredAt = performance.now();
      }
      return registry.metrics();
    },
    answered: (method, path, status) => requests.inc({ method, path, status: String(status) }),
  };
}

/** Each row: name, help, label and the figures of a gauge. */
const BY_LABEL = [
  ["remit_transfers", "Transfers by state", "state", (measures: Measures) => measures.transfers],
  ["remit_transfer_files", "Transfer files by state", "state", (measures: Measures) => measures.files],
  ["remit_exceptions_open", "Open exceptions by owner", "owner", (measures: Measures) => measures.openExceptions],
  [
    "remit_notifications_pending",
    "Notifications not delivered yet, by the state of their endpoint",
    "endpoint_state",
    (measures: Measures) => measures.pendingNotifications,
  ],
  [
    "remit_authorisations_open",
    "Open authorisations by whole days until they end",
    "days_left",
    (measures: Measures) => measures.authorisationsByDaysLeft,
  ],
] as const;

function engineGauges(registry: Registry): (measures: Measures) => void {
  const gauges = BY_LABEL.map(([name, help, label, figures]) => ({
    gauge: new Gauge<string>({ name, help, labelNames: [label], registers: [registry] }),
    label,
    figures,
  }));
  const oldest = new Gauge({
    name: "remit_oldest_unsent_file_age_seconds",
    help: "Age of the oldest transfer file that is not at the bank; 0 when there is none",
    registers: [registry],
  });
  const nearCutoff = new Gauge({
    name: "remit_files_near_cutoff",
    help: "Transfer files that nobody has approved or refused while their cutoff comes near",
    registers: [registry],
  });
  return (measures) => {
    nearCutoff.set(measures.filesNearCutoff);
    for (const { gauge, label, figures } of gauges) {
      // A state that nothing is in any more must not keep its last count.
      gauge.reset();
      for (const [value, count] of figures(measures)) gauge.set({ [label]: value }, count);
    }
    oldest.set(measures.oldestUnsentFileSeconds);
  };
}
