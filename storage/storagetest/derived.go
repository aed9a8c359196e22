package storagetest

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"sync"
)

// DerivedChecks returns the duties of a cache of derived images, the plainest
// first.
func DerivedChecks() []Check[Derived] {
	return []Check[Derived]{
		{"RoundTrip", checkDerivedRoundTrip},
		{"Missing", checkDerivedMissing},
		{"BadArguments", checkDerivedBadArguments},
		{"Replace", checkDerivedReplace},
		{"Keys", checkDerivedKeys},
		{"DeleteAll", checkDeleteAll},
		{"Tenants", checkDerivedTenants},
		{"Unread", checkUnread},
		{"Cancelled", checkDerivedCancelled},
		{"Concurrent", checkDerivedConcurrent},
		{"Damaged", checkDamaged},
	}
}

// keeps makes sure that an image is there, and what it is.
func keeps(ctx context.Context, s Derived, tenant, key, id string, header map[string]string, text []byte) error {
	got, body, size, err := s.Get(ctx, tenant, key, id)
	if err != nil {
		return fmt.Errorf("store: Get(%.80q, %.80q): %w", key, id, err)
	}
	read, err := readAll(body)
	if err == nil {
		err = equal(read, text)
	}
	if err != nil {
		return fmt.Errorf("body of (%.80q, %.80q): %w", key, id, err)
	}
	if size != int64(len(text)) {
		return fmt.Errorf("store: Get(%.80q, %.80q): the size is %d; it should be %d", key, id, size, len(text))
	}
	if !maps.Equal(got, header) {
		return fmt.Errorf("store: Get(%.80q, %.80q): the header is %q; it should be %q", key, id, got, header)
	}
	return nil
}

// misses makes sure that an image is not there.
func misses(ctx context.Context, s Derived, tenant, key, id string) error {
	_, body, _, err := s.Get(ctx, tenant, key, id)
	if err == nil {
		body.Close()
	}
	return want(err, fs.ErrNotExist, "Get(%.80q, %.80q), which is not there", key, id)
}

func checkDerivedRoundTrip(ctx context.Context, s Derived, _ *Options) error {
	tenant, key := newTenant(), "gallery/hero.jpg"
	headers := []map[string]string{
		nil,
		{"Content-Type": "image/webp", "ETag": `"0123"`},
		{"": "", "a": "", "A": "é 猫 \u2028 \x00 \" \\ <>&", "long": strings.Repeat("v", 10_000)},
	}
	for i, n := range []int{0, 1, 1000, 1 << 16, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3 << 20} {
		id, header, text := fmt.Sprintf("%064x", i), headers[i%len(headers)], content(n, uint64(i))
		if err := s.Put(ctx, tenant, key, id, header, text); err != nil {
			return fmt.Errorf("store: Put of %d bytes: %w", n, err)
		}
		for range 2 {
			if err := keeps(ctx, s, tenant, key, id, header, text); err != nil {
				return err
			}
		}
	}
	if err := s.DeleteAll(ctx, tenant, key); err != nil {
		return fmt.Errorf("store: DeleteAll: %w", err)
	}
	return nil
}

func checkDerivedMissing(ctx context.Context, s Derived, _ *Options) error {
	tenant := newTenant()
	if err := misses(ctx, s, tenant, "a.jpg", "1"); err != nil {
		return err
	}
	if err := s.DeleteAll(ctx, tenant, "a.jpg"); err != nil {
		return fmt.Errorf("store: DeleteAll where there is nothing: %w", err)
	}
	if err := s.Put(ctx, tenant, "a.jpg", "12", nil, []byte("x")); err != nil {
		return err
	}
	for _, c := range [][2]string{{"a.jpg", "1"}, {"a.jpg", "123"}, {"a.jpg", "2"}, {"a.jp", "12"}, {"a.jpg2", "12"}, {"A.jpg", "12"}, {"a.jpg/12", "12"}} {
		if err := misses(ctx, s, tenant, c[0], c[1]); err != nil {
			return err
		}
	}
	return s.DeleteAll(ctx, tenant, "a.jpg")
}

func checkDerivedBadArguments(ctx context.Context, s Derived, _ *Options) error {
	tenant := newTenant()
	refuse := func(tenant, key, id string) error {
		_, _, _, err := s.Get(ctx, tenant, key, id)
		if err := want(err, fs.ErrInvalid, "Get(%.80q, %.80q, %.80q)", tenant, key, id); err != nil {
			return err
		}
		return want(s.Put(ctx, tenant, key, id, nil, nil), fs.ErrInvalid, "Put(%.80q, %.80q, %.80q)", tenant, key, id)
	}
	for _, bad := range InvalidKeys() {
		for _, err := range []error{
			refuse(bad, "a.jpg", "1"), refuse(tenant, bad, "1"), refuse(tenant, "a.jpg", bad),
			want(s.DeleteAll(ctx, bad, "a.jpg"), fs.ErrInvalid, "DeleteAll of tenant %.80q", bad),
			want(s.DeleteAll(ctx, tenant, bad), fs.ErrInvalid, "DeleteAll of %.80q", bad),
		} {
			if err != nil {
				return err
			}
		}
	}
	if err := refuse(tenant, "a.jpg", "a/b"); err != nil {
		return err
	}
	err := s.Put(ctx, tenant, "a.jpg", "1", map[string]string{"long": strings.Repeat("v", 1<<20)}, nil)
	if err := want(err, fs.ErrInvalid, "Put with a header of 1 MiB"); err != nil {
		return err
	}
	err = s.Put(ctx, tenant, "a.jpg", "1", map[string]string{"x": "\xff"}, nil)
	if err := want(err, fs.ErrInvalid, "Put with a header that is not UTF-8"); err != nil {
		return err
	}
	return misses(ctx, s, tenant, "a.jpg", "1")
}

func checkDerivedReplace(ctx context.Context, s Derived, _ *Options) error {
	tenant, key := newTenant(), "a.jpg"
	for i, n := range []int{2000, 500, 2000, 0, 2_000_000, 1} {
		header, text := map[string]string{"i": fmt.Sprint(i)}, content(n, uint64(i))
		if err := s.Put(ctx, tenant, key, "1", header, text); err != nil {
			return fmt.Errorf("store: Put over what is there: %w", err)
		}
		if err := keeps(ctx, s, tenant, key, "1", header, text); err != nil {
			return err
		}
	}
	return s.DeleteAll(ctx, tenant, key)
}

func checkDerivedKeys(ctx context.Context, s Derived, _ *Options) error {
	tenant, keys := newTenant(), ValidKeys()
	ids := []string{"1", "x.attrs", "..a", "CON", "a b%", "写真", strings.Repeat("i", 255), strings.Repeat("0a", 32)}
	for i, key := range keys {
		if err := s.Put(ctx, tenant, key, ids[i%len(ids)], map[string]string{"key": key}, []byte(key)); err != nil {
			return fmt.Errorf("store: Put(%.80q): %w", key, err)
		}
	}
	for i, key := range keys {
		if err := keeps(ctx, s, tenant, key, ids[i%len(ids)], map[string]string{"key": key}, []byte(key)); err != nil {
			return err
		}
	}
	for i, key := range keys {
		if err := s.DeleteAll(ctx, tenant, key); err != nil {
			return fmt.Errorf("store: DeleteAll(%.80q): %w", key, err)
		}
		if err := misses(ctx, s, tenant, key, ids[i%len(ids)]); err != nil {
			return err
		}
	}
	return nil
}

func checkDeleteAll(ctx context.Context, s Derived, _ *Options) error {
	tenant := newTenant()
	keys := []string{"a", "a/b", "a.jpg", "a.jpg2", "A.jpg", "b"}
	for _, key := range keys {
		for i := range 7 {
			if err := s.Put(ctx, tenant, key, fmt.Sprint(i), nil, []byte(key)); err != nil {
				return err
			}
		}
	}
	for n, key := range keys {
		if err := s.DeleteAll(ctx, tenant, key); err != nil {
			return fmt.Errorf("store: DeleteAll(%q): %w", key, err)
		}
		for m, other := range keys {
			for i := range 7 {
				id := fmt.Sprint(i)
				check := misses(ctx, s, tenant, other, id)
				if m > n {
					check = keeps(ctx, s, tenant, other, id, nil, []byte(other))
				}
				if check != nil {
					return fmt.Errorf("after DeleteAll(%q): %w", key, check)
				}
			}
		}
	}
	return nil
}

func checkDerivedTenants(ctx context.Context, s Derived, _ *Options) error {
	base := newTenant()
	tenants := []string{base, base + "x", base + ".", strings.ToUpper(base), base + "é", base + strings.Repeat("l", 220)}
	for _, tenant := range tenants {
		if err := s.Put(ctx, tenant, "a.jpg", "1", nil, []byte(tenant)); err != nil {
			return fmt.Errorf("tenant %q: %w", tenant, err)
		}
	}
	for i, tenant := range tenants {
		err := keeps(ctx, s, tenant, "a.jpg", "1", nil, []byte(tenant))
		if err == nil {
			err = s.DeleteAll(ctx, tenant, "a.jpg")
		}
		if err == nil {
			err = misses(ctx, s, tenant, "a.jpg", "1")
		}
		if err == nil && i+1 < len(tenants) {
			err = keeps(ctx, s, tenants[i+1], "a.jpg", "1", nil, []byte(tenants[i+1]))
		}
		if err != nil {
			return fmt.Errorf("tenant %q: %w", tenant, err)
		}
	}
	return nil
}

// checkUnread closes bodies that nobody has read, or read to the end.
func checkUnread(ctx context.Context, s Derived, o *Options) error {
	tenant, key := newTenant(), "a.jpg"
	header := map[string]string{"ETag": `"1"`}
	for id, n := range map[string]int{"small": 1000, "large": 4 << 20} {
		if err := s.Put(ctx, tenant, key, id, header, content(n, 1)); err != nil {
			return err
		}
		for i := range o.Rounds {
			got, body, size, err := s.Get(ctx, tenant, key, id)
			if err != nil {
				return err
			}
			if !maps.Equal(got, header) || size != int64(n) {
				return fmt.Errorf("store: Get: size %d, header %q; they should be %d and %q", size, got, n, header)
			}
			if i%2 == 1 {
				if _, err := body.Read(make([]byte, 10)); err != nil {
					return fmt.Errorf("reading a little: %w", err)
				}
			}
			if err := body.Close(); err != nil {
				return fmt.Errorf("store: Close of a body that was not read to its end: %w", err)
			}
		}
	}
	return s.DeleteAll(ctx, tenant, key)
}

func checkDerivedCancelled(ctx context.Context, s Derived, o *Options) error {
	tenant, key := newTenant(), "a.jpg"
	before, err := o.residue(ctx)
	if err != nil {
		return err
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := want(s.Put(gone, tenant, key, "1", nil, content(1<<20, 1)), context.Canceled, "Put under a context that is done"); err != nil {
		return err
	}
	if err := o.sameResidue(ctx, before); err != nil {
		return err
	}
	if err := misses(ctx, s, tenant, key, "1"); err != nil {
		return err
	}
	text := content(3<<20, 1)
	if err := s.Put(ctx, tenant, key, "1", nil, text); err != nil {
		return err
	}
	_, _, _, get := s.Get(gone, tenant, key, "1")
	for name, err := range map[string]error{"Get": get, "DeleteAll": s.DeleteAll(gone, tenant, key)} {
		if err := want(err, context.Canceled, "%s under a context that is done", name); err != nil {
			return err
		}
	}
	if err := keeps(ctx, s, tenant, key, "1", nil, text); err != nil {
		return err
	}
	return s.DeleteAll(ctx, tenant, key)
}

// checkDerivedConcurrent has several callers store and read one image: all must
// see whole images, with their own header.
func checkDerivedConcurrent(ctx context.Context, s Derived, o *Options) error {
	tenant, key := newTenant(), "a.jpg"
	header := func(i int) map[string]string { return map[string]string{"i": fmt.Sprint(i)} }
	size := func(i int) int { return 50_000 + 400_000*(i%4) } // some beyond 1 MiB
	if err := s.Put(ctx, tenant, key, "1", header(0), content(size(0), 0)); err != nil {
		return err
	}
	var mu sync.Mutex
	var faults []error
	race(o.Racers, func(i int) {
		for range max(1, o.Rounds/10) {
			err := s.Put(ctx, tenant, key, "1", header(i), content(size(i), uint64(i)))
			if err == nil {
				err = readsWhole(ctx, s, tenant, key, o.Racers, header, size)
			}
			if err != nil {
				mu.Lock()
				faults = append(faults, err)
				mu.Unlock()
				return
			}
		}
	})
	if len(faults) > 0 {
		return faults[0]
	}
	return s.DeleteAll(ctx, tenant, key)
}

func readsWhole(ctx context.Context, s Derived, tenant, key string, n int, header func(int) map[string]string, size func(int) int) error {
	got, body, _, err := s.Get(ctx, tenant, key, "1")
	if err != nil {
		return fmt.Errorf("store: Get while others Put: %w", err)
	}
	text, err := readAll(body)
	if err != nil {
		return fmt.Errorf("reading while others Put: %w", err)
	}
	for i := range n {
		if maps.Equal(got, header(i)) {
			if err := equal(text, content(size(i), uint64(i))); err != nil {
				return fmt.Errorf("while others Put: header %q: %w", got, err)
			}
			return nil
		}
	}
	return fmt.Errorf("while others Put, Get returned the header %q, which nobody stored", got)
}
