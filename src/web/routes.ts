/** Every route of the HTTP edge: method, path, who may call it, what it takes and gives, and the use case it calls. */
import { Readable } from "node:stream";
import { z } from "zod";
import { balancesOf } from "../app/api/balances.ts";
import { importBody } from "../app/api/import-body.ts";
import { notificationOf, pageOfNotifications } from "../app/api/notifications.ts";
import { orderOf, pageOfOrders } from "../app/api/orders.ts";
import { pageOfTransfers, transferOf } from "../app/api/transfers.ts";
import { answersNow } from "../app/ready.ts";
import {
  Balances,
  Imported,
  Notification,
  NotificationPage,
  NotificationStates,
  Order,
  OrderPage,
  OrderStates,
  Transfer,
  TransferPage,
  TransferStates,
} from "./answers.ts";
import { openApi } from "./openapi.ts";
import { keyedRoute, publicRoute, type Route } from "./route.ts";

const Ref = z.string().min(1).max(200);
const Ok = z.object({ ok: z.literal(true) });

const pageOf = <State extends z.ZodType>(state: State) =>
  z.strictObject({
    state: state.optional(),
    date: z.iso.date().optional().describe("the business date, or the day (UTC) of creation where there is none"),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    after: Ref.optional().describe("`next` of the page before"),
  });

export const ROUTES: readonly Route[] = [
  publicRoute({
    method: "GET",
    path: "/health",
    says: "whether the process lives",
    answer: Ok,
    handle: async () => ({ ok: true as const }),
  }),
  publicRoute({
    method: "GET",
    path: "/ready",
    says: "whether the store answers",
    answer: Ok,
    handle: ({ context }) => answersNow(context),
  }),
  publicRoute({
    method: "GET",
    path: "/metrics",
    says: "figures for Prometheus; counts only",
    answer: z.string(),
    gives: "text/plain; version=0.0.4; charset=utf-8",
    handle: ({ metrics }) => metrics.text(),
  }),
  publicRoute({
    method: "GET",
    path: "/openapi.json",
    says: "this description",
    answer: z.looseObject({}),
    handle: async () => openApi(ROUTES),
  }),
  keyedRoute({
    method: "GET",
    path: "/v1/orders",
    role: "reader",
    says: "orders, newest first",
    query: pageOf(OrderStates),
    answer: OrderPage,
    handle: ({ context, caller, query }) => pageOfOrders(context, caller.marketplace, query),
  }),
  keyedRoute({
    method: "GET",
    path: "/v1/orders/:ref",
    role: "reader",
    says: "one order: items, transactions, operations, what each seller is owed, the transfers that pay it",
    params: z.strictObject({ ref: Ref }),
    answer: Order,
    handle: ({ context, caller, params }) => orderOf(context, caller.marketplace, params.ref),
  }),
  keyedRoute({
    method: "GET",
    path: "/v1/transfers",
    role: "reader",
    says: "transfers, newest first",
    query: pageOf(TransferStates),
    answer: TransferPage,
    handle: ({ context, caller, query }) => pageOfTransfers(context, caller.marketplace, query),
  }),
  keyedRoute({
    method: "GET",
    path: "/v1/transfers/:endToEndId",
    role: "reader",
    says: "one transfer: what it pays, to whom, and what became of it",
    params: z.strictObject({ endToEndId: Ref }),
    answer: Transfer,
    handle: ({ context, caller, params }) => transferOf(context, caller.marketplace, params.endToEndId),
  }),
  keyedRoute({
    method: "GET",
    path: "/v1/sellers/:ref/balances",
    role: "reader",
    says: "what a seller has at each stage, by currency",
    params: z.strictObject({ ref: Ref }),
    answer: Balances,
    handle: ({ context, caller, params }) => balancesOf(context, caller, params.ref),
  }),
  keyedRoute({
    method: "GET",
    path: "/v1/notifications",
    role: "reader",
    says: "what the marketplace's endpoints were told, newest first",
    query: pageOf(NotificationStates),
    answer: NotificationPage,
    handle: ({ context, caller, query }) => pageOfNotifications(context, caller.marketplace, query),
  }),
  keyedRoute({
    method: "GET",
    path: "/v1/notifications/:id",
    role: "reader",
    says: "one notification with every attempt to deliver it",
    params: z.strictObject({ id: Ref }),
    answer: Notification,
    handle: ({ context, caller, params }) => notificationOf(context, caller.marketplace, params.id),
  }),
  keyedRoute({
    method: "POST",
    path: "/v1/import",
    role: "writer",
    says: "records of the marketplace, one JSON object a line: all of them are taken, or none and every fault is told",
    takes: "application/x-ndjson",
    answer: Imported,
    handle: async ({ context, caller, body }) => ({
      ok: true as const,
      ...(await importBody(context, caller, body ?? Readable.from([]))),
    }),
  }),
];
