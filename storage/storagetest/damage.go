package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"gocloud.dev/blob"
)

// checkDamaged changes what is in the bucket behind the store's back. Whatever
// it does, Get must miss, or reading must fail before the body's end.
func checkDamaged(ctx context.Context, s Derived, o *Options) error {
	if o.Bucket == nil {
		return nil
	}
	tenant, key := newTenant(), "a.jpg"
	for _, n := range []int{0, 1, 3000, 1<<20 + 5000} {
		header, text := map[string]string{"Content-Type": "image/webp"}, content(n, uint64(n))
		name, whole, err := stored(ctx, s, o.Bucket, tenant, key, header, text)
		if err != nil {
			return err
		}
		var damages [][]byte
		var points []int
		for at := 0; at < len(whole); at += max(1, min(len(whole)/12, 1+at/2)) {
			points = append(points, at)
		}
		if len(whole) > 0 {
			points = append(points, len(whole)-1)
		}
		for _, at := range points {
			flipped := bytes.Clone(whole)
			flipped[at] ^= 0x10
			zeros := append(bytes.Clone(whole[:at]), make([]byte, len(whole)-at)...)
			damages = append(damages, whole[:at], flipped, zeros)
		}
		damages = append(damages, append(bytes.Clone(whole), 0), append(bytes.Clone(whole), whole...), bytes.Repeat([]byte{0xff}, len(whole)))
		for i, damage := range damages {
			if bytes.Equal(damage, whole) {
				continue
			}
			if err := o.Bucket.WriteAll(ctx, name, damage, nil); err != nil {
				return err
			}
			if err := notServed(ctx, s, tenant, key, "1"); err != nil {
				return fmt.Errorf("an image of %d bytes, damage %d: %w", n, i, err)
			}
		}
		// A whole image in the place of another.
		other, _, err := stored(ctx, s, o.Bucket, tenant, "b.jpg", header, text)
		if err != nil {
			return err
		}
		if err := o.Bucket.WriteAll(ctx, other, whole, nil); err != nil {
			return err
		}
		if err := notServed(ctx, s, tenant, "b.jpg", "1"); err != nil {
			return fmt.Errorf("an image in the place of another: %w", err)
		}
		// And Put heals.
		if err := s.Put(ctx, tenant, key, "1", header, text); err != nil {
			return err
		}
		if err := keeps(ctx, s, tenant, key, "1", header, text); err != nil {
			return err
		}
		if err := errors.Join(s.DeleteAll(ctx, tenant, key), s.DeleteAll(ctx, tenant, "b.jpg")); err != nil {
			return err
		}
	}
	return nil
}

// stored stores an image and finds the one object that it became.
func stored(ctx context.Context, s Derived, bucket *blob.Bucket, tenant, key string, header map[string]string, text []byte) (name string, whole []byte, err error) {
	names := func() (names []string, err error) {
		objects := bucket.List(nil)
		for {
			object, err := objects.Next(ctx)
			if err == io.EOF {
				return names, nil
			}
			if err != nil {
				return nil, err
			}
			names = append(names, object.Key)
		}
	}
	before, err := names()
	if err != nil {
		return "", nil, err
	}
	if err := s.Put(ctx, tenant, key, "1", header, text); err != nil {
		return "", nil, err
	}
	after, err := names()
	if err != nil {
		return "", nil, err
	}
	after = slices.DeleteFunc(after, func(name string) bool { return slices.Contains(before, name) })
	if len(after) != 1 {
		return "", nil, fmt.Errorf("store: Put made the objects %q; it should be one", after)
	}
	whole, err = bucket.ReadAll(ctx, after[0])
	return after[0], whole, err
}

// notServed makes sure that a damaged image is missed, or fails to be read.
func notServed(ctx context.Context, s Derived, tenant, key, id string) error {
	_, body, size, err := s.Get(ctx, tenant, key, id)
	if err != nil {
		return want(err, fs.ErrNotExist, "Get of a damaged image")
	}
	text, err := readAll(body)
	if err == nil {
		return fmt.Errorf("a damaged image was served, with %d bytes", len(text))
	}
	if int64(len(text)) >= size {
		return fmt.Errorf("a damaged image was served with all of its %d bytes, before %w", size, err)
	}
	return nil
}
