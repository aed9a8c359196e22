package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"strconv"
	"sync"
	"time"
)

const (
	sweepEvery = time.Minute
	sweepSlack = time.Minute // by which clocks may differ
)

// Nonces are the used upload tickets of a [Store], by their SHA-256. It
// implements [api.Nonces]. What is over is removed by and by, as others are
// used.
//
// [api.Nonces]: https://pkg.go.dev/github.com/immagin/immagin-go/immagin/api#Nonces
type Nonces struct {
	store *Store

	mu    sync.Mutex
	swept time.Time
}

// Use is [api.Nonces.Use]. It keeps a nonce for at least a minute more than
// its life.
func (n *Nonces) Use(ctx context.Context, tenant, nonce string, life time.Duration) error {
	now := n.store.now()
	err := ctx.Err()
	if err == nil {
		n.sweep(ctx, now)
		sum := sha256.Sum256([]byte(strconv.Itoa(len(tenant)) + " " + tenant + nonce))
		err = n.store.change(ctx, fs.ErrExist, `INSERT INTO immagin_nonces (nonce, until) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING`,
			hex.EncodeToString(sum[:]), now.Add(max(life, 0)).UnixMicro()+1)
	}
	return failed(ctx, "use upload ticket", err)
}

// sweep removes what is over, once a minute. If it fails, the next one will.
func (n *Nonces) sweep(ctx context.Context, now time.Time) {
	n.mu.Lock()
	since := now.Sub(n.swept)
	due := since < 0 || since >= sweepEvery
	if due {
		n.swept = now
	}
	n.mu.Unlock()
	if due {
		_, _ = n.store.exec(ctx, `DELETE FROM immagin_nonces WHERE until < $1`, now.Add(-sweepSlack).UnixMicro())
	}
}
