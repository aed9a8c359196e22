package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/immagin/immagin-go/sign"
)

const (
	noncesFolder = "nonces"
	sweepEvery   = time.Second // one of 256 folders
	sweepSlack   = time.Minute // by which clocks may differ
)

// Nonces are the used upload tickets of a [Store]. It implements
// [api.Nonces]. What is over is removed by and by, as others are used.
//
// [api.Nonces]: https://pkg.go.dev/github.com/immagin/immagin-go/immagin/api#Nonces
type Nonces struct {
	store *Store

	mu    sync.Mutex
	next  byte
	swept time.Time
}

// Use is [api.Nonces.Use]. It keeps a nonce for at least a minute more than
// its life.
func (n *Nonces) Use(ctx context.Context, tenant, nonce string, life time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n.sweep()
	return failed("use upload ticket", n.use(sum(strconv.Itoa(len(tenant))+" "+tenant+nonce), life))
}

func (n *Nonces) use(name string, life time.Duration) error {
	s, folder := n.store, noncesFolder+"/"+name[:2]
	if err := s.mkdir(folder); err != nil {
		return err
	}
	// Only one of all servers makes this file.
	f, err := s.root.OpenFile(folder+"/"+name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fs.ErrExist
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d\n", s.now().Add(max(life, 0)).Unix()+1)
	if err == nil {
		err = f.Sync()
	}
	// An error from here on leaves the ticket used: better than twice.
	return errors.Join(err, f.Close(), s.sync(folder))
}

// sweep removes what is over from one folder a second at most.
func (n *Nonces) sweep() {
	now := n.store.now()
	n.mu.Lock()
	if since := now.Sub(n.swept); since >= 0 && since < sweepEvery {
		n.mu.Unlock()
		return
	}
	folder := fmt.Sprintf("%s/%02x", noncesFolder, n.next)
	n.next, n.swept = n.next+1, now
	n.mu.Unlock()
	names, _ := n.store.names(folder)
	for _, name := range names {
		if name = folder + "/" + name; now.After(n.until(name).Add(sweepSlack)) {
			_ = n.store.root.Remove(name) // or next time
		}
	}
}

// until returns when a file's nonce is over. A crash may have left the file
// without its time: then it is over when any ticket would be.
func (n *Nonces) until(name string) time.Time {
	text, err := n.store.root.ReadFile(name)
	if err != nil {
		return n.store.now()
	}
	if len(text) > 0 && text[len(text)-1] == '\n' {
		if seconds, err := strconv.ParseInt(string(text[:len(text)-1]), 10, 64); err == nil {
			return time.Unix(seconds, 0)
		}
	}
	info, err := n.store.root.Lstat(name)
	if err != nil {
		return n.store.now()
	}
	return info.ModTime().Add(sign.MaxTicketLife)
}
