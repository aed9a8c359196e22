package ledger

import (
	"context"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// A Store keeps the rows of a ledger. It knows no rules: every decision is
// made in this package, inside the functions it hands to Update. Drivers live
// below billing/store; billingtest.TestLedgerStore is their test.
//
// What every driver owes:
//
//   - All methods may be called from many goroutines.
//   - Amounts are nano-units (1e-9) of the account's currency and any int64.
//   - Times are UTC in whole microseconds. The zero time means "never" or "not
//     yet" and must come back as the zero time.
//   - Accounts and keys are valid UTF-8 of 1 to 255 bytes, without NUL.
//   - Byte slices and slices of structs handed over are the store's to keep,
//     and those it returns are the caller's to change.
//   - Rows are never deleted; transactions are never changed either.
type Store interface {
	// Update runs fn with the account's row locked, inserting the row first if
	// the account was never seen. What fn wrote is kept, durably and all at
	// once, if fn returns nil; otherwise nothing of it is, and Update returns
	// fn's error so that errors.Is and errors.As find it. A nil return means
	// that the writes survive a crash.
	//
	// fn may be run again, after a conflict for instance, with a fresh Tx and
	// none of the writes of the first run. It touches nothing but its Tx, never
	// blocks, and never calls the Store: a driver may run the functions of many
	// callers one after the other in one database transaction, each behind a
	// savepoint, and commit them together.
	//
	// If fn panics, nothing of it is kept and the panic goes on in the goroutine
	// that called Update; other callers do not notice.
	//
	// When ctx ends before fn has begun, Update returns ctx's error and fn is
	// not run. When it ends later, Update may finish or undo, never half.
	Update(ctx context.Context, account string, fn func(Tx) error) error

	// View runs fn on a consistent snapshot of one account, which may lag
	// behind no Update that has returned. An account never seen reads as the
	// zero Account with its ID, and View does not insert it.
	View(ctx context.Context, account string, fn func(Snapshot) error) error

	// Accounts returns the IDs greater than after in byte order, at most limit.
	Accounts(ctx context.Context, after string, limit int) ([]string, error)

	// Due returns rows of any account whose time has come, the oldest first
	// (ties: by account, then key, in byte order), at most limit:
	//
	//	DueHolds     holds in state Pending with Expires ≤ now
	//	DuePayments  payments in state PaymentPending with Next ≤ now
	//	DueGrants    grants with Free > 0 and Expires not zero and ≤ now
	//
	// Any other Due is an error.
	Due(ctx context.Context, what Due, now time.Time, limit int) ([]Ref, error)
}

// A Tx reads and writes the rows of the one account that Update locked. It is
// used by one goroutine, sees its own writes, and is dead when fn returns. A
// driver's error, once returned by a Tx, is returned by fn as well.
//
// The usual Reserve reads Account and Find, and writes PutHold, Post and
// PutAccount; the usual Commit reads Account and Hold and writes the same
// three. Grants are read only while the account has some.
type Tx interface {
	// Account returns the locked row; for an account never seen before, the
	// zero Account with its ID.
	Account() (Account, error)
	// PutAccount replaces the row. The ledger calls it last and once.
	PutAccount(Account) error

	// Grants returns the grants with Free > 0 or Held > 0 in the order they are
	// spent: by Expires, never last; then by Seq.
	Grants() ([]Grant, error)
	// PutGrant inserts the grant or replaces the one with its Key.
	PutGrant(Grant) error

	// Hold returns the hold with this key in whatever state; false if none.
	Hold(key string) (Hold, bool, error)
	// PutHold inserts the hold or replaces the one with its Key.
	PutHold(Hold) error

	// Payment returns the payment with this key; false if none.
	Payment(key string) (Payment, bool, error)
	// PutPayment inserts the payment or replaces the one with its Key.
	PutPayment(Payment) error
	// Payments returns every payment of the account by Created, then Key.
	Payments() ([]Payment, error)

	// Find returns the transaction with this idempotency key; false if none.
	Find(key string) (Transaction, bool, error)
	// Post appends a transaction. It fails if the account has one with the same
	// Seq, or with the same Key when Key is not empty (unique indexes).
	Post(Transaction) error
}

// A Snapshot reads the rows of one account as they were at one moment.
type Snapshot interface {
	// Account is as Tx.Account.
	Account() (Account, error)
	// Grants is as Tx.Grants.
	Grants() ([]Grant, error)
	// Holds returns the holds in state Pending, by Key in byte order.
	Holds() ([]Hold, error)
	// Payments is as Tx.Payments.
	Payments() ([]Payment, error)
	// Transactions returns those with Seq > after, ascending, at most limit.
	Transactions(after int64, limit int) ([]Transaction, error)
}

// Due says which rows Store.Due looks for.
type Due uint8

// See Store.Due.
const (
	DueHolds Due = iota + 1
	DuePayments
	DueGrants
)

// A Ref names a row: of an account, by its key.
type Ref struct{ Account, Key string }

// Account is the row of one customer. Its amounts repeat what the journal
// says (Verify compares them), so that a Reserve reads one row.
type Account struct {
	ID       string
	Currency billing.Currency // empty until the first amount
	Paid     int64            // bought and not yet spent, with the part that is held; may be negative
	Promo    int64            // granted and neither spent nor lapsed, with the part that is held
	// HeldPaid and HeldPromo are the parts of Paid and Promo in pending holds.
	HeldPaid, HeldPromo int64
	Open                int64 // pending holds
	Pending             int64 // the amount of the top-up in flight, or zero
	PendingKey          string
	Refunding           int64 // refunds in flight: already out of Paid, still counted against the cap
	Seq                 int64 // of the last transaction
	State               State
	NegativeSince       time.Time // up to when interest is reckoned; zero while Paid ≥ 0

	AutoThreshold, AutoAmount int64     // automatic top-up; off while AutoAmount is zero
	AutoAfter                 time.Time // none before this: cooldown after a decline
	AutoDay                   time.Time // the UTC day that AutoSpent belongs to
	AutoSpent                 int64     // charged or in flight automatically on that day
}

// State says what may still happen on an account.
type State uint8

const (
	// Active accounts do everything.
	Active State = iota
	// Declined accounts wait for a top-up after an automatic one was declined.
	Declined
	// Suspended accounts wait for the host.
	Suspended
	// Closing accounts only settle what is open.
	Closing
	// Closed accounts only receive refunds and late commits.
	Closed
)

// A Grant is promotional credit. Key is the idempotency key it was granted under.
type Grant struct {
	Key     string
	Amount  int64     // as granted
	Free    int64     // to spend
	Held    int64     // in pending holds
	Expires time.Time // when what is free of it lapses; zero: never
	Revoked bool      // ended by Revoke
	Seq     int64     // of the transaction that granted it: the order of creation
}

// A Hold is money set aside for one operation. Key is the idempotency key of
// its Reserve.
type Hold struct {
	Key     string
	Amount  int64     // Paid and every Promo part
	Paid    int64     // taken from paid credit
	Promo   []Part    // taken from grants, in that order
	Margin  int64     // basis points, pinned at Reserve
	Version int64     // of the price, pinned at Reserve
	Created time.Time // when it was reserved
	Expires time.Time // when Sweep may free it
	State   HoldState // Pending until somebody settles it, or it expires
	Outcome Outcome   // of the last Commit; zero before one
	Hash    [32]byte  // of the arguments of the Commit that settled it
	Answer  []byte    // what that Commit returned; opaque
}

// A Part is what a hold took from one grant.
type Part struct {
	Grant  string `json:"grant"`  // its key
	Amount int64  `json:"amount"` // in nano-units
}

// HoldState is where a hold is in its life:
// Pending → Committed | Released | Expired → CommittedLate.
type HoldState uint8

// The states of a hold.
const (
	Pending HoldState = iota + 1
	Committed
	Released
	Expired
	CommittedLate
)

// A Payment is a top-up or a refund on its way through the payment provider:
// written as pending before the provider is called, outside any transaction,
// and settled after.
type Payment struct {
	Key     string       // idempotency key, at the provider too
	Kind    PaymentKind  // a top-up or a refund
	Auto    bool         // an automatic top-up
	Of      string       // a refund's top-up
	Amount  int64        // in nano-units, positive
	Refund  int64        // of a top-up: given back, or on the way back
	State   PaymentState // PaymentPending until the provider has said yes or no
	Ref     string       // the provider's name for it
	Created time.Time    // when it was asked for
	Next    time.Time    // when pending: not tried again by others before this
	Settled time.Time    // when it was done or declined; zero before
	Answer  []byte       // what the call returned once settled; opaque
}

// PaymentKind tells top-ups from refunds.
type PaymentKind uint8

// The kinds of payment.
const (
	TopUpPayment PaymentKind = iota + 1
	RefundPayment
)

// PaymentState is where a payment is: pending, then one of the others for good.
type PaymentState uint8

// The states of a payment.
const (
	PaymentPending PaymentState = iota + 1
	PaymentSettled
	PaymentDeclined
)

// A Transaction is one line of the journal: numbered within its account
// without gaps from 1, never changed, its entries summing to zero. A
// transaction with a Key is the record of that idempotency key too.
type Transaction struct {
	Seq     int64     // from 1 within the account
	Kind    Kind      // what it is the record of
	Key     string    // idempotency key, or empty
	Hash    [32]byte  // of the call's arguments, when Key is set
	Answer  []byte    // what the call returned, when Key is set; opaque, may be empty
	Ref     string    // the hold, grant or payment it is about
	Memo    string    // the host's note
	At      time.Time // when it was written, by the ledger's clock
	Entries []Entry   // none for a call that moved nothing
}

// An Entry adds Amount (negative: takes it) to one bucket of an account. A
// driver may keep the entries of a transaction in one column.
type Entry struct {
	Bucket Bucket `json:"bucket"` // which one
	Amount int64  `json:"amount"` // in nano-units
}

// A Bucket is where money is: one of the constants, or a grant's.
type Bucket string

// The buckets of an account. From the customer's side: paid, promo and held
// are theirs to spend; the others are where it comes from and goes.
const (
	BucketPaid     Bucket = "paid"     // bought, not held
	BucketHeld     Bucket = "held"     // set aside in pending holds, paid and promotional
	BucketRevenue  Bucket = "revenue"  // charged
	BucketCash     Bucket = "cash"     // money of the outside world: minus what came in
	BucketBreakage Bucket = "breakage" // promotional credit that lapsed, was revoked or lost
	BucketWriteOff Bucket = "writeoff" // what the seller gives away: minus what was granted or forgiven
)

// PromoBucket is the bucket of one grant, the part that is not held.
func PromoBucket(grant string) Bucket { return "promo:" + Bucket(grant) }

// Kind says what a transaction is the record of.
type Kind string

// The kinds of transaction.
const (
	KindReserve   Kind = "reserve"
	KindCommit    Kind = "commit"
	KindRelease   Kind = "release"
	KindExpire    Kind = "expire"
	KindLate      Kind = "commit.late"
	KindIntent    Kind = "topup.intent"
	KindTopUp     Kind = "topup"
	KindDecline   Kind = "topup.decline"
	KindRefund    Kind = "refund"
	KindReturn    Kind = "refund.decline"
	KindGrant     Kind = "grant"
	KindRevoke    Kind = "revoke"
	KindLapse     Kind = "lapse"
	KindInterest  Kind = "interest"
	KindTerminate Kind = "terminate"
	KindWriteOff  Kind = "writeoff"
)
