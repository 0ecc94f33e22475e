/** Who takes the parts of a message as they are read, so that memory does not grow with the file. */
import type {
  CreditTransfer,
  Entry,
  PaymentInformation,
  PaymentStatus,
  Statement,
  TransactionStatus,
} from "./document.ts";
import type { MessageKind } from "./message-kind.ts";

/**
 * What a handler takes is not kept in the document. The statement or payment that comes with a part is what has been read
 * of it so far (its lists are empty); it is handed over itself when it ends. Nothing is final before the reader has
 * answered `ok: true`: a file may turn out to be cut at its last byte.
 */
export interface BankFileHandlers {
  /** Kind and version are known; before any part. */
  readonly message?: (message: { readonly kind: MessageKind; readonly version: string }) => void;
  readonly entry?: (entry: Entry, statement: Statement) => void;
  readonly statement?: (statement: Statement) => void;
  readonly transaction?: (transaction: TransactionStatus, payment: PaymentStatus) => void;
  readonly paymentStatus?: (payment: PaymentStatus) => void;
  readonly transfer?: (transfer: CreditTransfer, payment: PaymentInformation) => void;
  readonly payment?: (payment: PaymentInformation) => void;
}
