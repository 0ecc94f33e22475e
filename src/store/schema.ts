/** The tables of the store by name. Integers are bigint, dates text `YYYY-MM-DD`, instants ISO 8601 text in UTC. */

import type {
  BankEntryRow,
  BankStatementRow,
  ExceptionRow,
  InboundChunkRow,
  InboundFileRow,
  MatchRow,
  PayinRow,
  TransferFileRow,
} from "./rows/exchange-rows.ts";
import type { FileRequestRow, SealedFileRow } from "./rows/hand-off-rows.ts";
import type {
  CounterRow,
  DocumentRow,
  ItemRow,
  MarketplaceRow,
  OperationRow,
  OrderRow,
  SellerRow,
  TokenRow,
  TransactionRow,
} from "./rows/marketplace-rows.ts";
import type {
  AccountRow,
  CashinRow,
  CashoutRow,
  JournalSealRow,
  JournalSpanRow,
  OperatorFeeRow,
  PayableRow,
  PostingRow,
  SellerDebtRow,
  SellerVolumeRow,
  SettlementLineRow,
  SettlementRow,
  TransferRow,
} from "./rows/money-rows.ts";
import type {
  ApiKeyRow,
  AuditLogRow,
  DeliveryAttemptRow,
  DueSlotRow,
  EndpointRow,
  JobRunRow,
  NotificationRow,
  StatusChangeRow,
} from "./rows/telling-rows.ts";

export interface Schema {
  counters: CounterRow;
  marketplaces: MarketplaceRow;
  sellers: SellerRow;
  orders: OrderRow;
  items: ItemRow;
  tokens: TokenRow;
  transactions: TransactionRow;
  operations: OperationRow;
  documents: DocumentRow;
  accounts: AccountRow;
  postings: PostingRow;
  journal_seals: JournalSealRow;
  journal_spans: JournalSpanRow;
  payables: PayableRow;
  cashins: CashinRow;
  operator_fees: OperatorFeeRow;
  cashouts: CashoutRow;
  seller_volumes: SellerVolumeRow;
  seller_debts: SellerDebtRow;
  settlements: SettlementRow;
  settlement_lines: SettlementLineRow;
  transfers: TransferRow;
  transfer_files: TransferFileRow;
  sealed_files: SealedFileRow;
  file_requests: FileRequestRow;
  inbound_files: InboundFileRow;
  inbound_chunks: InboundChunkRow;
  bank_statements: BankStatementRow;
  bank_entries: BankEntryRow;
  payins: PayinRow;
  matches: MatchRow;
  exceptions: ExceptionRow;
  endpoints: EndpointRow;
  status_changes: StatusChangeRow;
  notifications: NotificationRow;
  delivery_attempts: DeliveryAttemptRow;
  job_runs: JobRunRow;
  due_slots: DueSlotRow;
  audit_log: AuditLogRow;
  api_keys: ApiKeyRow;
}
