package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// listAll returns all keys with a prefix, by pages.
func listAll(ctx context.Context, s Originals, tenant, prefix string, limit int) (keys []string, err error) {
	cursor := ""
	for {
		n := 0
		next, err := s.List(ctx, tenant, prefix, cursor, limit, func(key string, _ int64, _ time.Time) bool {
			keys = append(keys, key)
			n++
			return true
		})
		switch {
		case err != nil:
			return nil, fmt.Errorf("store: List: %w", err)
		case n > limit:
			return nil, fmt.Errorf("store: List gave %d keys; the limit was %d", n, limit)
		case next == "":
			return keys, nil
		case next == cursor:
			return nil, fmt.Errorf("store: List returned the cursor that it was given, %q", cursor)
		case n < limit:
			return nil, fmt.Errorf("store: List gave %d keys of %d, but says that there are more", n, limit)
		}
		cursor = next
	}
}

func checkListPages(ctx context.Context, s Originals, o *Options) error {
	tenant := newTenant()
	began := time.Now()
	if keys, err := listAll(ctx, s, tenant, "", 10); err != nil || len(keys) > 0 {
		return fmt.Errorf("store: List of a tenant without originals: %q, %v", keys, err)
	}
	sizes := map[string]int{}
	var keys []string
	for i := range o.Objects {
		// Folders, and names around the slash in the order of bytes.
		key := fmt.Sprintf("%s%03d", []string{"a", "a/", "a-", "a0", "a/b/", "a/b-", "A", "é/"}[i%8], i/8)
		sizes[key] = i
		keys = append(keys, key)
		if err := put(ctx, s, tenant, key, content(i, uint64(i))); err != nil {
			return err
		}
	}
	slices.Sort(keys)
	for _, limit := range []int{1, 2, 7, len(keys) - 1, len(keys), len(keys) + 1, 1000} {
		listed, err := listAll(ctx, s, tenant, "", limit)
		if err != nil {
			return fmt.Errorf("limit %d: %w", limit, err)
		}
		if err := sameKeys(listed, keys); err != nil {
			return fmt.Errorf("limit %d: %w", limit, err)
		}
		if !slices.IsSorted(listed) {
			return fmt.Errorf("limit %d: the keys are not in order: %q", limit, listed)
		}
	}
	var fault error
	_, err := s.List(ctx, tenant, "", "", 1000, func(key string, size int64, modified time.Time) bool {
		// A store's clock may be off, and rounds.
		if age := modified.Sub(began).Abs(); size != int64(sizes[key]) || age > time.Hour {
			fault = fmt.Errorf("%q is listed with %d bytes and as stored at %v; it has %d bytes and was stored at %v", key, size, modified, sizes[key], began)
		}
		return true
	})
	if err != nil || fault != nil {
		return fmt.Errorf("store: List: %v, %v", err, fault)
	}
	n := 0
	next, err := s.List(ctx, tenant, "", "", 1000, func(string, int64, time.Time) bool {
		n++
		return n < 3
	})
	if err != nil || n != 3 || next != "" {
		return fmt.Errorf("store: List that was told to stop after 3 keys gave %d, the cursor %q and %v", n, next, err)
	}
	return remove(ctx, s, tenant, keys...)
}

// checkListMany lists more than any store gives at a time.
func checkListMany(ctx context.Context, s Originals, o *Options) error {
	tenant := newTenant()
	keys := make([]string, o.Many)
	for i := range keys {
		keys[i] = fmt.Sprintf("%s/%05d.jpg", []string{"flat", fmt.Sprintf("deep/%02d", i/100%100)}[i%2], i)
	}
	all := func(do func(key string) error) error {
		faults := make([]error, o.Racers)
		race(o.Racers, func(n int) {
			for i := n; i < len(keys) && faults[n] == nil; i += o.Racers {
				faults[n] = do(keys[i])
			}
		})
		return errors.Join(faults...)
	}
	if err := all(func(key string) error { return put(ctx, s, tenant, key, []byte(key)) }); err != nil {
		return err
	}
	slices.Sort(keys)
	for _, limit := range []int{1000, 2 * len(keys), 270} {
		listed, err := listAll(ctx, s, tenant, "", limit)
		if err == nil {
			err = sameKeys(listed, keys)
		}
		if err == nil && !slices.IsSorted(listed) {
			err = errors.New("the keys are not in order")
		}
		if err != nil {
			return fmt.Errorf("limit %d: %w", limit, err)
		}
	}
	return all(func(key string) error { return remove(ctx, s, tenant, key) })
}

func checkListPrefixes(ctx context.Context, s Originals, o *Options) error {
	tenant := newTenant()
	long := strings.Repeat("l", 1000)
	keys := []string{
		"gallery", "gallery-2/x.jpg", "gallery.jpg", "gallery/a.jpg", "gallery/b.jpg", "gallery/b/c.jpg", "gallery2", "galle", "g%/x", "g*",
		".a", "..a", "..a/b", "a__0x2f__b", "a__0x", "é/1", "e\u0301/1", "É/1",
		long + "1", long + "2", long + "/3", long + "__~", strings.Repeat("m", 500), strings.Repeat("m", 501) + "/x",
	}
	keys = o.possible(keys)
	for i, key := range keys {
		if err := put(ctx, s, tenant, key, content(i, uint64(i))); err != nil {
			return err
		}
	}
	prefixes := []string{
		"", "g", "gallery", "gallery/", "gallery/b", "gallery/b/", "gallery/b/c.jpg", "gallery/b/c.jpg2", "gallery-", "G", "nothing/", "g%", "g%/", "g*",
		".", "..", "..a", "..a/", "a__", "a__0", "a__0x", "a__0x2", "a__0x2f", "a__0x2f_", "a__0x2f__", "a__0x2f__b", "é", "é/", "e", "E",
		long, long[:999], long + "/", long + "_", long + "3", strings.Repeat("l", 1024), "m", strings.Repeat("m", 500), strings.Repeat("m", 501) + "/",
	}
	for _, prefix := range prefixes {
		var wanted []string
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) {
				wanted = append(wanted, key)
			}
		}
		for _, limit := range []int{1, 1000} {
			listed, err := listAll(ctx, s, tenant, prefix, limit)
			if err == nil {
				err = sameKeys(listed, wanted)
			}
			if err != nil {
				return fmt.Errorf("prefix %.80q, limit %d: %w", prefix, limit, err)
			}
		}
	}
	return remove(ctx, s, tenant, keys...)
}

// checkListWhileChanging makes sure that what stays is listed once, whatever
// comes and goes between pages.
func checkListWhileChanging(ctx context.Context, s Originals, _ *Options) error {
	tenant := newTenant()
	var stay []string
	for i := range 12 {
		key := fmt.Sprintf("k/%02d", i)
		if err := put(ctx, s, tenant, key, nil); err != nil {
			return err
		}
		stay = append(stay, key)
	}
	var listed []string
	cursor, last := "", ""
	for page := 0; ; page++ {
		next, err := s.List(ctx, tenant, "", cursor, 3, func(key string, _ int64, _ time.Time) bool {
			listed = append(listed, key)
			last = key
			return true
		})
		if err != nil {
			return err
		}
		if next == "" {
			break
		}
		cursor = next
		// The last key of the page goes, after which the next begins.
		if page == 1 {
			if err := remove(ctx, s, tenant, last); err != nil {
				return err
			}
			stay = slices.DeleteFunc(stay, func(key string) bool { return key == last })
			listed = slices.DeleteFunc(listed, func(key string) bool { return key == last })
		}
		if page > 100 {
			return fmt.Errorf("store: List does not end")
		}
	}
	if err := sameKeys(listed, stay); err != nil {
		return err
	}
	return remove(ctx, s, tenant, stay...)
}
