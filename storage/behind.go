package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"gocloud.dev/blob"
)

// each calls visit for every original whose key begins with prefix, in the order
// of the listing, until it fails.
func (o *Originals) each(ctx context.Context, tenant, prefix string, visit func(key string, object *blob.ListObject) error) error {
	base := o.prefix(tenant)
	list := o.bucket.List(&blob.ListOptions{Prefix: listName(base, prefix)})
	for {
		if err := ctx.Err(); err != nil { // which some drivers do not look at
			return err
		}
		object, err := list.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		key, ok, err := o.keyOf(ctx, base, object)
		if err == nil && ok && strings.HasPrefix(key, prefix) {
			err = visit(key, object)
		}
		if err != nil {
			return err
		}
	}
}

// behind picks from a listing what follows the original of one key. While that
// is there it marks the place by itself. If not, the order of names has to tell,
// and stores differ in it: what may be behind is taken then.
type behind struct {
	key    string
	there  bool
	passed bool
}

func (o *Originals) behind(ctx context.Context, tenant, key string) (*behind, error) {
	b := &behind{key: key, passed: key == ""}
	if b.passed {
		return b, nil
	}
	_, _, err := o.Stat(ctx, tenant, key)
	b.there = err == nil
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return b, err
}

// includes is asked of one key after another.
func (b *behind) includes(key string) bool {
	switch {
	case b.passed:
		return true
	case key == b.key:
		b.passed = true
		return false
	case b.there:
		return false
	}
	name, _ := objectName("", key)
	after, _ := objectName("", b.key)
	return !surelyBefore(name, after)
}

// missed reports whether the original that marks the place did not come.
func (b *behind) missed() bool { return b.there && !b.passed }

// surelyBefore reports whether every store lists the name a before b, whichever
// characters its driver escapes.
func surelyBefore(a, b string) bool {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	for i > 0 && i < max(len(a), len(b)) && !(boundary(a, i) && boundary(b, i)) {
		i--
	}
	if i == len(a) || i == len(b) {
		return len(a) < len(b)
	}
	if a[i] == '_' && len(forms(b, i)) > 1 || b[i] == '_' && len(forms(a, i)) > 1 {
		return false // an escape begins so, and what decides may be one as well
	}
	for _, formA := range forms(a, i) {
		for _, formB := range forms(b, i) {
			if formA >= formB {
				return false
			}
		}
	}
	return true
}

func boundary(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// forms returns how stores may write what follows name[:i].
func forms(name string, i int) []string {
	r, size := utf8.DecodeRuneInString(name[i:])
	if !isEscaped(name[:i], r) {
		return []string{name[i:]}
	}
	return []string{name[i:], fmt.Sprintf("__0x%x__", r) + name[i+size:]}
}
