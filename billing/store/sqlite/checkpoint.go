package sqlite

import (
	"sync"
	"time"
)

// Bounds of the write-ahead log, in pages of 4 KiB.
const (
	walLong = 16_000 // from here on it is copied, each page once, beside the writer
	walRest = 2000   // so little is copied by the writer itself, to begin the log anew
	walMost = 64_000 // beyond this the writer waits for the copying
)

// A checkpointer copies the write-ahead log into the file. SQLite would do it
// at the end of a commit; the caller of that one would wait for what a
// thousand others wrote. Only what is written meanwhile is left to the writer.
type checkpointer struct {
	name    string
	c       *conn // the writer's
	long    int64 // walLong, or less in tests
	running bool
	pass    chan struct{} // closed when the pass in the background has ended
	wait    sync.WaitGroup
}

func newCheckpointer(name string, c *conn) *checkpointer {
	return &checkpointer{name: name, c: c, long: walLong}
}

// written is called by the writer, between transactions.
func (k *checkpointer) written() {
	log, copied := k.checkpoint(k.c, "NOOP")
	if k.running {
		if log < walMost {
			select {
			case <-k.pass:
			default:
				return
			}
		}
		<-k.pass
		k.running = false
		log, copied = k.checkpoint(k.c, "NOOP")
	}
	switch {
	case log < k.long:
	case log-copied <= walRest || log >= walMost:
		// The next transaction writes from the log's beginning, unless
		// somebody still reads from it.
		k.checkpoint(k.c, "PASSIVE")
	default:
		k.running, k.pass = true, make(chan struct{})
		k.wait.Go(k.background)
	}
}

// background makes one pass on a connection of its own.
func (k *checkpointer) background() {
	defer close(k.pass)
	c, err := open(k.name, time.Second)
	if err != nil {
		return // there will be another pass
	}
	k.checkpoint(c, "PASSIVE")
	_ = c.close()
}

// checkpoint returns the log's length and how much of it is in the file. Its
// errors are no one's: what is not copied now is copied later, and an error
// of the disk meets the next commit too.
func (k *checkpointer) checkpoint(c *conn, mode string) (log, copied int64) {
	_ = c.query("PRAGMA wal_checkpoint("+mode+")", func(r row) error {
		log, copied = r.int(1), r.int(2)
		return nil
	})
	return log, copied
}
