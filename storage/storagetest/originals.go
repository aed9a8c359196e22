package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// OriginalsChecks returns the duties of a store of originals, the plainest
// first.
func OriginalsChecks() []Check[Originals] {
	return []Check[Originals]{
		{"RoundTrip", checkRoundTrip},
		{"Missing", checkMissing},
		{"BadArguments", checkBadArguments},
		{"NoOverwrite", checkNoOverwrite},
		{"Versions", checkVersions},
		{"ValidKeys", checkValidKeys},
		{"HostileKeys", checkHostileKeys},
		{"Tenants", checkTenants},
		{"FailingBody", checkFailingBody},
		{"Cancelled", checkCancelled},
		{"ConcurrentCreate", checkConcurrentCreate},
		{"ConcurrentReplace", checkConcurrentReplace},
		{"ListPages", checkListPages},
		{"ListMany", checkListMany},
		{"ListPrefixes", checkListPrefixes},
		{"ListWhileChanging", checkListWhileChanging},
		{"SignPut", checkSignPut},
	}
}

const jpegType = "image/jpeg"

// put stores an original that is not there yet.
func put(ctx context.Context, s Originals, tenant, key string, text []byte) error {
	if err := s.Create(ctx, tenant, key, bytes.NewReader(text), jpegType, false); err != nil {
		return fmt.Errorf("store: Create(%.80q): %w", key, err)
	}
	return nil
}

// holds makes sure that an original is there, and what it is.
func holds(ctx context.Context, s Originals, tenant, key string, text []byte) (version string, err error) {
	size, version, err := s.Stat(ctx, tenant, key)
	if err != nil {
		return "", fmt.Errorf("store: Stat(%.80q): %w", key, err)
	}
	if size != int64(len(text)) {
		return "", fmt.Errorf("store: Stat(%.80q): the size is %d; it should be %d", key, size, len(text))
	}
	if version == "" {
		return "", fmt.Errorf("store: Stat(%.80q): there is no version", key)
	}
	body, size, opened, err := s.Open(ctx, tenant, key)
	if err != nil {
		return "", fmt.Errorf("store: Open(%.80q): %w", key, err)
	}
	got, err := readAll(body)
	if err == nil {
		err = equal(got, text)
	}
	if err != nil {
		return "", fmt.Errorf("body of %.80q: %w", key, err)
	}
	if size != int64(len(text)) || opened != version {
		return "", fmt.Errorf("store: Open(%.80q): size %d, version %q; Stat said %d, %q", key, size, opened, len(text), version)
	}
	return version, nil
}

// lacks makes sure that an original is not there.
func lacks(ctx context.Context, s Originals, tenant, key string) error {
	_, _, err := s.Stat(ctx, tenant, key)
	if err := want(err, fs.ErrNotExist, "Stat(%.80q), which is not there", key); err != nil {
		return err
	}
	body, _, _, err := s.Open(ctx, tenant, key)
	if err == nil {
		body.Close()
	}
	return want(err, fs.ErrNotExist, "Open(%.80q), which is not there", key)
}

// remove deletes originals.
func remove(ctx context.Context, s Originals, tenant string, keys ...string) error {
	for _, key := range keys {
		if err := s.Delete(ctx, tenant, key); err != nil {
			return fmt.Errorf("store: Delete(%.80q): %w", key, err)
		}
	}
	return nil
}

func checkRoundTrip(ctx context.Context, s Originals, _ *Options) error {
	tenant := newTenant()
	for i, n := range []int{0, 1, 511, 512, 513, 100_003, 3 << 20} {
		key, text := fmt.Sprintf("trip/%d.jpg", n), content(n, uint64(i))
		// A reader that gives little at a time, and its error with the last of it.
		body := io.Reader(&dataErrReader{r: bytes.NewReader(text)})
		contentType := []string{jpegType, "", "application/octet-stream", "image/png; x=y"}[i%4]
		if err := s.Create(ctx, tenant, key, body, contentType, false); err != nil {
			return fmt.Errorf("store: Create of %d bytes: %w", n, err)
		}
		first, err := holds(ctx, s, tenant, key, text)
		if err != nil {
			return err
		}
		if again, err := holds(ctx, s, tenant, key, text); err != nil || again != first {
			return fmt.Errorf("the version went from %q to %q while nothing changed (%v)", first, again, err)
		}
		if err := remove(ctx, s, tenant, key); err != nil {
			return err
		}
		if err := lacks(ctx, s, tenant, key); err != nil {
			return err
		}
	}
	return nil
}

// dataErrReader returns io.EOF with the last bytes, and small pieces.
type dataErrReader struct{ r *bytes.Reader }

func (d *dataErrReader) Read(p []byte) (int, error) {
	n, err := d.r.Read(p[:min(len(p), 10_007)])
	if d.r.Len() == 0 {
		err = io.EOF
	}
	return n, err
}

func checkMissing(ctx context.Context, s Originals, _ *Options) error {
	tenant := newTenant()
	if err := lacks(ctx, s, tenant, "a"); err != nil {
		return err
	}
	if err := want(s.Delete(ctx, tenant, "a"), fs.ErrNotExist, "Delete of what is not there"); err != nil {
		return err
	}
	text := content(10, 1)
	if err := put(ctx, s, tenant, "dir/a.jpg", text); err != nil {
		return err
	}
	for _, key := range []string{"dir", "dir/a", "dir/a.jp", "dir/a.jpg2", "dir/a.jpg/b", "a.jpg", "DIR/a.jpg", "dir/A.jpg", "dir/a.jpg ", "dir/a.jpg."} {
		if err := lacks(ctx, s, tenant, key); err != nil {
			return err
		}
		if err := want(s.Delete(ctx, tenant, key), fs.ErrNotExist, "Delete(%q), which is not there", key); err != nil {
			return err
		}
	}
	if _, err := holds(ctx, s, tenant, "dir/a.jpg", text); err != nil {
		return err
	}
	return remove(ctx, s, tenant, "dir/a.jpg")
}

func checkBadArguments(ctx context.Context, s Originals, _ *Options) error {
	tenant := newTenant()
	refuse := func(tenant, key string) error {
		_, _, stat := s.Stat(ctx, tenant, key)
		_, _, _, open := s.Open(ctx, tenant, key)
		_, _, sign := s.SignPut(ctx, tenant, key, jpegType, 1, time.Minute)
		for _, c := range []struct {
			name string
			err  error
		}{
			{"Stat", stat}, {"Open", open}, {"SignPut", sign},
			{"Create", s.Create(ctx, tenant, key, strings.NewReader("x"), jpegType, true)},
			{"Delete", s.Delete(ctx, tenant, key)},
		} {
			if err := want(c.err, fs.ErrInvalid, "%s of tenant %.80q, key %.80q", c.name, tenant, key); err != nil {
				return err
			}
			if n := len(c.err.Error()); n > 1000 {
				return fmt.Errorf("%s of a key of %d bytes: the error's text has %d", c.name, len(key), n)
			}
		}
		return nil
	}
	for _, key := range InvalidKeys() {
		if err := refuse(tenant, key); err != nil {
			return err
		}
	}
	none := func(string, int64, time.Time) bool { return true }
	for _, bad := range append(InvalidKeys(), "a/b", strings.Repeat("t", 256)) {
		if err := refuse(bad, "key"); err != nil {
			return err
		}
		_, err := s.List(ctx, bad, "", "", 1, none)
		if err := want(err, fs.ErrInvalid, "List of tenant %.80q", bad); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		prefix, cursor string
		limit          int
	}{
		{"", "", 0}, {"", "", -1}, {"", "?", 1}, {"", "a b", 1},
		{"/", "", 1}, {"../", "", 1}, {"a//", "", 1}, {"a/../b", "", 1}, {"\x00", "", 1}, {"\xff", "", 1}, {"\\", "", 1},
		{strings.Repeat("p", 1025), "", 1},
	} {
		_, err := s.List(ctx, tenant, c.prefix, c.cursor, c.limit, none)
		if err := want(err, fs.ErrInvalid, "List(%.80q, %q, %d)", c.prefix, c.cursor, c.limit); err != nil {
			return err
		}
	}
	err := s.Create(ctx, tenant, "a", strings.NewReader("x"), "no type", false)
	if err := want(err, fs.ErrInvalid, "Create with a bad content type"); err != nil {
		return err
	}
	return lacks(ctx, s, tenant, "a")
}

func checkTenants(ctx context.Context, s Originals, _ *Options) error {
	base := newTenant()
	tenants := []string{base, base + "x", base + ".", base + " ", strings.ToUpper(base), base + "é", base + "e\u0301", base + "%2f", base + strings.Repeat("l", 220)}
	for i, tenant := range tenants {
		if err := put(ctx, s, tenant, "a/b.jpg", content(30+i, uint64(i))); err != nil {
			return fmt.Errorf("tenant %q: %w", tenant, err)
		}
	}
	for i, tenant := range tenants {
		if _, err := holds(ctx, s, tenant, "a/b.jpg", content(30+i, uint64(i))); err != nil {
			return fmt.Errorf("tenant %q: %w", tenant, err)
		}
		listed, err := listAll(ctx, s, tenant, "", 10)
		if err == nil {
			err = sameKeys(listed, []string{"a/b.jpg"})
		}
		if err == nil {
			err = remove(ctx, s, tenant, "a/b.jpg")
		}
		if err == nil {
			err = lacks(ctx, s, tenant, "a/b.jpg")
		}
		if err != nil {
			return fmt.Errorf("tenant %q: %w", tenant, err)
		}
	}
	return nil
}

func checkSignPut(ctx context.Context, s Originals, o *Options) error {
	tenant, key, text := newTenant(), "dir/a b+é%.jpg", content(5000, 1)
	_, _, err := s.SignPut(ctx, tenant, key, jpegType, int64(len(text)), 0)
	if err := want(err, fs.ErrInvalid, "SignPut with an expiry of 0"); err != nil {
		return err
	}
	url, header, err := s.SignPut(ctx, tenant, key, jpegType, int64(len(text)), 5*time.Minute)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store: SignPut: %w; it should work, or be errors.ErrUnsupported", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, url, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header = header
	response, err := o.Client.Do(request)
	if err != nil {
		return fmt.Errorf("store: PUT to the signed URL: %w", err)
	}
	said, _ := io.ReadAll(io.LimitReader(response.Body, 500))
	response.Body.Close()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("store: PUT to the signed URL: %s: %s", response.Status, said)
	}
	if _, err := holds(ctx, s, tenant, key, text); err != nil {
		return fmt.Errorf("after PUT to the signed URL: %w", err)
	}
	return remove(ctx, s, tenant, key)
}
