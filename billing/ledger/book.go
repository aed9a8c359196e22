package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// book is one account open in one transaction.
type book struct {
	Account
	l      *Ledger
	tx     Tx
	now    time.Time
	grants []Grant // once read
	read   bool
	events []Event
	wake   bool
	err    error // the first overflow
}

// add adds d to an amount. The first overflow is kept and fails the update.
func (b *book) add(amount *int64, d int64) {
	sum := *amount + d
	if (sum > *amount) != (d > 0) && d != 0 || sum == math.MinInt64 {
		if b.err == nil {
			b.err = fmt.Errorf("%w: account %q: %d + %d nano-units", billing.ErrOverflow, b.ID, *amount, d)
		}
		return
	}
	*amount = sum
}

func (b *book) note(kind EventKind, key string, amount int64) {
	b.events = append(b.events, Event{Kind: kind, Account: b.ID, Key: key, Amount: b.l.money(amount)})
}

// post numbers a transaction, drops its empty entries and appends it.
func (b *book) post(t Transaction) error {
	if b.err != nil {
		return b.err
	}
	var sum int64
	kept := t.Entries[:0:0]
	for _, e := range t.Entries {
		if e.Amount != 0 {
			kept = append(kept, e)
		}
		b.add(&sum, e.Amount)
	}
	if b.err != nil {
		return b.err
	}
	if sum != 0 {
		return fmt.Errorf("%w: %s of %q would sum to %d nano-units", ErrUnbalanced, t.Kind, b.ID, sum)
	}
	b.Seq++
	t.Seq, t.At, t.Entries = b.Seq, b.now, kept
	return b.tx.Post(t)
}

// replayed finds the transaction an idempotency key stands for, if the key was
// used before; with other arguments it is ErrConflict.
func (b *book) replayed(key string, hash [32]byte) (Transaction, bool, error) {
	t, found, err := b.tx.Find(key)
	if err == nil && found && t.Hash != hash {
		err = fmt.Errorf("%w: %q was a %s", ErrConflict, key, t.Kind)
	}
	return t, found, err
}

// loadGrants reads the live grants, once.
func (b *book) loadGrants() error {
	if b.read || b.Promo == 0 {
		return nil
	}
	var err error
	b.grants, err = b.tx.Grants()
	b.read = err == nil
	return err
}

// over says whether a grant can no longer be spent.
func (g *Grant) over(now time.Time) bool {
	return g.Revoked || !g.Expires.IsZero() && !g.Expires.After(now)
}

// lapse takes what is free of expired grants out of the books.
func (b *book) lapse() error {
	if err := b.loadGrants(); err != nil {
		return err
	}
	for i := range b.grants {
		if g := &b.grants[i]; g.Free > 0 && g.over(b.now) {
			b.note(GrantLapsed, g.Key, g.Free)
			if err := b.lose(g, Transaction{Kind: KindLapse, Ref: g.Key}); err != nil {
				return err
			}
		}
	}
	return nil
}

// lose moves what is free of a grant to breakage under t.
func (b *book) lose(g *Grant, t Transaction) error {
	t.Entries = []Entry{{PromoBucket(g.Key), -g.Free}, {BucketBreakage, g.Free}}
	b.add(&b.Promo, -g.Free)
	g.Free = 0
	if err := b.tx.PutGrant(*g); err != nil {
		return err
	}
	return b.post(t)
}

// available is what a Reserve may take, once expired grants have lapsed.
func (b *book) available() int64 {
	free := b.Paid
	b.add(&free, -b.HeldPaid)
	b.add(&free, b.Promo-b.HeldPromo) // the held part is never the larger
	return free
}

// pay adds d to the paid balance, after charging interest on what it was.
func (b *book) pay(d int64) error {
	if d == 0 {
		return nil
	}
	if err := b.accrue(); err != nil {
		return err
	}
	was := b.Paid
	b.add(&b.Paid, d)
	if was >= 0 && b.Paid < 0 {
		b.note(WentNegative, "", b.Paid)
	}
	b.NegativeSince = time.Time{}
	if b.Paid < 0 {
		b.NegativeSince = b.now
	}
	return nil
}

// accrue charges interest on a negative balance up to now.
func (b *book) accrue() error {
	if b.Paid >= 0 || b.l.o.Interest == nil || !b.NegativeSince.Before(b.now) {
		return nil
	}
	m, err := b.l.o.Interest(b.l.money(-b.Paid), b.NegativeSince, b.now)
	if err != nil {
		return fmt.Errorf("ledger: Options.Interest: %w", err)
	}
	interest, err := b.l.amount("interest", m)
	if err != nil || interest == 0 {
		return err
	}
	b.NegativeSince = b.now
	b.add(&b.Paid, -interest)
	return b.post(Transaction{Kind: KindInterest, Entries: []Entry{{BucketPaid, -interest}, {BucketRevenue, interest}}})
}

// hashOf is the hash of a call and its arguments: strings and whole numbers,
// each with its length.
type hashOf struct{ buf []byte }

func call(name string) *hashOf { return (&hashOf{}).text(name) }

func (h *hashOf) text(s string) *hashOf {
	h.buf = binary.AppendUvarint(h.buf, uint64(len(s)))
	h.buf = append(h.buf, s...)
	return h
}

func (h *hashOf) num(n int64) *hashOf {
	h.buf = binary.BigEndian.AppendUint64(h.buf, uint64(n))
	return h
}

func (h *hashOf) sum() [32]byte { return sha256.Sum256(h.buf) }

// pack writes an answer: its amounts, in order.
func pack(nums ...int64) []byte {
	out := make([]byte, 0, len(nums)*6)
	for _, n := range nums {
		out = binary.AppendVarint(out, n)
	}
	return out
}

// unpack reads what pack wrote.
func unpack(answer []byte, nums ...*int64) error {
	for _, n := range nums {
		v, used := binary.Varint(answer)
		if used <= 0 {
			return fmt.Errorf("%w: a stored answer cannot be read", ErrUnbalanced)
		}
		*n, answer = v, answer[used:]
	}
	return nil
}
