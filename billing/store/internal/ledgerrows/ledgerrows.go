// Package ledgerrows orders and copies rows of a ledger, the same way in all
// stores.
package ledgerrows

import (
	"cmp"
	"slices"
	"strings"

	"github.com/immagin/immagin-go/billing/ledger"
)

// SortGrants puts grants in the order they are spent: by Expires, never last;
// then by Seq.
func SortGrants(grants []ledger.Grant) {
	slices.SortFunc(grants, func(a, b ledger.Grant) int {
		if a.Expires.IsZero() != b.Expires.IsZero() {
			if a.Expires.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.Expires.Compare(b.Expires), cmp.Compare(a.Seq, b.Seq))
	})
}

// SortPayments puts payments in the order of Created, then Key.
func SortPayments(payments []ledger.Payment) {
	slices.SortFunc(payments, func(a, b ledger.Payment) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.Key, b.Key))
	})
}

// CopyHold copies what a hold refers to, too.
func CopyHold(h ledger.Hold) ledger.Hold {
	h.Promo, h.Answer = slices.Clone(h.Promo), slices.Clone(h.Answer)
	return h
}

// CopyPayment copies what a payment refers to, too.
func CopyPayment(p ledger.Payment) ledger.Payment {
	p.Answer = slices.Clone(p.Answer)
	return p
}

// CopyTransaction copies what a transaction refers to, too.
func CopyTransaction(t ledger.Transaction) ledger.Transaction {
	t.Entries, t.Answer = slices.Clone(t.Entries), slices.Clone(t.Answer)
	return t
}
