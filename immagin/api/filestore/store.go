// Package filestore keeps API keys, projects and used upload tickets in a folder,
// for package immagin/api. It is for one machine without a database; package
// immagin/api/sqlstore is for others.
//
//	store, err := filestore.Open("/var/lib/immagin/api", nil)
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//	handler, err := api.New(originals, store.Projects(), store.Keys(), &api.Options{Nonces: store.Nonces()})
//
// Everything is safe for concurrent use. Servers on one machine may share the
// folder, and so may servers on several, if their file system makes a folder of one
// name only once and renames at once: every call reads what is there now, so that a
// key that one of them revoked fails at the next call on all.
//
// # Files
//
//	keys/{id}/key.json            a key's record; with it a key begins and ends
//	keys/{id}/used-{time}         when it was last used, in microseconds since 1970
//	prefixes/{prefix}/{id}        where to look for a key; empty
//	tenants/{tenant}/{id}         where to look for a tenant's keys; empty
//	projects/{tenant}.json        a tenant's project
//	nonces/{first byte}/{nonce}   a ticket that was used; holds until when it counts
//
// Names of files are hexadecimal digits, of texts that may be hostile their SHA-256:
// none leaves the folder, and none means something to an operating system. Records
// are written to the disk in whole before they appear, in files that only their
// owner may read (mode 0600; Windows has the folder's access list instead).
//
// Of an API key there is only the hash. Projects are there with their signing
// secrets, in plain text, since the API hands them out: whoever reads the folder
// signs URLs. Keep it out of backups that others read.
package filestore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"time"
)

// maxRecord bounds what is read of a record, in bytes.
const maxRecord = 1 << 20

// A Store is a folder. It is safe for concurrent use, by any number of
// processes.
type Store struct {
	root     *os.Root
	now      func() time.Time
	keys     *Keys
	projects *Projects
	nonces   *Nonces
}

// Options are the settings of a [Store]. The zero value of a field is its
// default.
type Options struct {
	// Now is the clock that says when a used ticket may be forgotten; time.Now
	// by default. It must agree with the other servers' to a minute.
	Now func() time.Time
}

// Open opens a folder, and makes it where there is none, for its owner alone.
func Open(folder string, o *Options) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	s := &Store{root: root, now: time.Now}
	if o != nil && o.Now != nil {
		s.now = o.Now
	}
	for _, name := range []string{keysFolder, prefixesFolder, tenantsFolder, projectsFolder, noncesFolder} {
		if err := root.MkdirAll(name, 0o700); err != nil {
			return nil, errors.Join(fmt.Errorf("filestore: %w", err), root.Close())
		}
	}
	s.keys, s.projects, s.nonces = &Keys{s}, &Projects{s}, &Nonces{store: s}
	s.projects.clean()
	return s, nil
}

// Keys returns the folder's API keys.
func (s *Store) Keys() *Keys { return s.keys }

// Projects returns the folder's projects.
func (s *Store) Projects() *Projects { return s.projects }

// Nonces returns the folder's used tickets.
func (s *Store) Nonces() *Nonces { return s.nonces }

// Close closes the folder. Calls after it fail.
func (s *Store) Close() error { return s.root.Close() }

// sum is the name of a file for a text that may be hostile.
func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// read reads a record.
func (s *Store) read(name string, v any) error {
	f, err := s.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRecord))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		// The error of encoding/json would quote what may be a secret.
		return fmt.Errorf("%s is damaged: it is not the JSON that was written", name)
	}
	return nil
}

// write makes a record appear at once and to stay, in place of what is there.
func (s *Store) write(folder, name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(text) >= maxRecord {
		return fmt.Errorf("record has %d bytes, may have %d: %w", len(text), maxRecord-1, fs.ErrInvalid)
	}
	temp := folder + "/new-" + rand.Text()
	f, err := s.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = s.root.Rename(temp, folder+"/"+name)
	}
	if err != nil {
		return errors.Join(err, s.root.Remove(temp))
	}
	return s.sync(folder)
}

// mark makes an empty file, if there is none, in a folder that is there.
func (s *Store) mark(folder, name string) error {
	f, err := s.root.OpenFile(folder+"/"+name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return s.sync(folder)
}

// mkdir makes a folder of one of ours, if there is none.
func (s *Store) mkdir(folder string) error {
	err := s.root.Mkdir(folder, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.sync(path.Dir(folder))
}

// sync makes the names in a folder last through a loss of power. Windows does
// so by itself.
func (s *Store) sync(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := s.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// names lists a folder; nothing where there is none.
func (s *Store) names(folder string) ([]string, error) {
	f, err := s.root.Open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // removed meanwhile
	}
	return names, err
}

// failed wraps an error but for those that a caller knows.
func failed(what string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("filestore: %s: %w", what, err)
}
