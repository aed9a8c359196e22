package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"

	"gocloud.dev/blob"
)

// DeleteImage removes an original and all images derived from it; derived may be
// nil, where none are stored.
//
// The original goes first: what cannot be found any more is not served, and no
// new images are derived from it, so that what a crash leaves behind is garbage
// that nobody sees. The call can be repeated until it succeeds: it removes what
// is left of derived images also where there is no original, and then fails with
// [fs.ErrNotExist], so that a second call finishes what a first one began and
// says that there was no original. (The other order would have every request
// between the two steps derive the images anew.)
//
// A server that remembers versions, as luna.Handler does for VersionAge, serves
// the picture until it forgets it: call its Forget after DeleteImage. A request
// that was rendering may still store an image after DeleteImage has returned: it
// is found again only by an original of the same key and content, and goes with
// [DeleteAll].
func DeleteImage(ctx context.Context, tenant, key string, originals *Originals, derived *Derived) error {
	err := originals.Delete(ctx, tenant, key)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if derived != nil {
		if err := derived.DeleteAll(ctx, tenant, key); err != nil {
			return err
		}
	}
	return err
}

// DeleteAllOptions of [DeleteAll]. Nil and the zero value mean the defaults.
type DeleteAllOptions struct {
	// Hooks run in this order once all objects are gone, for what else belongs
	// to the tenant: API keys, usage, its project. One that fails ends
	// DeleteAll. Since that can be repeated, a hook must not mind that what it
	// is to remove is gone.
	Hooks []func(ctx context.Context, tenant string) error
	// Concurrency is how many objects are deleted at a time; 8 by default.
	Concurrency int
}

// DeleteReport says what [DeleteAll] has deleted, also where it failed.
type DeleteReport struct {
	Originals int64 // objects
	Derived   int64 // objects
	Bytes     int64 // of both, as they were listed
	Hooks     int   // that have run
}

// ErrStillStored says that a tenant's objects did not come to an end while
// [DeleteAll] was deleting them.
var ErrStillStored = errors.New("objects are still being stored for the tenant: stop its uploads and requests first")

// sweeps is how often DeleteAll lists objects before it gives up on those that
// are stored meanwhile.
const sweeps = 4

// DeleteAll deletes all that is stored for a tenant: the originals, then the
// derived images (derived may be nil, where none are stored), then what the
// hooks know of. Objects under the tenant's prefixes that are no images go too,
// other tenants' objects do not.
//
// It returns nil only after a listing of both has come out empty. Where somebody
// goes on storing objects for the tenant, it fails with [ErrStillStored]; so
// stop the tenant's uploads and requests first. If it fails or ctx ends, some
// objects may be left: call it again, as often as needed. It fails with a
// [*KeyError] where the tenant's name is none, or Concurrency is negative.
func DeleteAll(ctx context.Context, tenant string, originals *Originals, derived *Derived, options *DeleteAllOptions) (DeleteReport, error) {
	var report DeleteReport
	o := DeleteAllOptions{}
	if options != nil {
		o = *options
	}
	if o.Concurrency == 0 {
		o.Concurrency = 8
	}
	err := checkName("tenant", tenant)
	if err == nil && o.Concurrency < 0 {
		err = keyError("concurrency", fmt.Sprint(o.Concurrency), "must not be negative")
	}
	if err != nil {
		return report, err
	}
	d := deleter{workers: o.Concurrency}
	report.Originals, err = d.deleteUnder(ctx, originals.bucket, originals.prefix(tenant))
	if err == nil && derived != nil {
		report.Derived, err = d.deleteUnder(ctx, derived.bucket, derived.prefix(tenant))
	}
	report.Bytes = d.bytes.Load()
	if err != nil {
		return report, fault("delete all of", tenant, err)
	}
	for i, hook := range o.Hooks {
		err := ctx.Err()
		if err == nil {
			err = hook(ctx, tenant)
		}
		if err != nil {
			return report, fault("delete all of", tenant, fmt.Errorf("hook %d of %d: %w", i+1, len(o.Hooks), err))
		}
		report.Hooks++
	}
	return report, nil
}

type deleter struct {
	workers int
	bytes   atomic.Int64
}

// deleteUnder deletes all objects whose names begin with prefix.
func (d *deleter) deleteUnder(ctx context.Context, bucket *blob.Bucket, prefix string) (deleted int64, err error) {
	for range sweeps {
		n, err := d.sweep(ctx, bucket, prefix)
		deleted += n.deleted
		if err != nil || n.listed == 0 {
			return deleted, err
		}
	}
	return deleted, ErrStillStored
}

type swept struct{ listed, deleted int64 }

// sweep deletes what one listing shows.
func (d *deleter) sweep(ctx context.Context, bucket *blob.Bucket, prefix string) (n swept, err error) {
	token := blob.FirstPageToken
	for len(token) > 0 {
		if err := ctx.Err(); err != nil { // which some drivers do not look at
			return n, err
		}
		var page []*blob.ListObject
		page, token, err = bucket.ListPage(ctx, token, 1000, &blob.ListOptions{Prefix: prefix})
		if err != nil && err != io.EOF {
			return n, err
		}
		n.listed += int64(len(page))
		deleted, err := d.deletePage(ctx, bucket, page)
		n.deleted += deleted
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// deletePage deletes objects, several at a time, and returns when all of that
// has ended.
func (d *deleter) deletePage(ctx context.Context, bucket *blob.Bucket, page []*blob.ListObject) (deleted int64, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		workers sync.WaitGroup
		next, n atomic.Int64
	)
	for range min(d.workers, len(page)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(page) {
					return
				}
				err := bucket.Delete(ctx, page[i].Key)
				switch {
				case err == nil:
					n.Add(1)
					d.bytes.Add(page[i].Size)
				case !errors.Is(translate(err), fs.ErrNotExist): // deleted meanwhile
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	return n.Load(), context.Cause(ctx)
}
