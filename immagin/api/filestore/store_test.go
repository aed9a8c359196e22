package filestore

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/apitest"
	"github.com/immagin/immagin-go/sign"
)

func open(t testing.TB, folder string, o *Options) *Store {
	t.Helper()
	s, err := Open(folder, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// TestConformance opens the folder anew for each handle, as processes do.
func TestConformance(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "data")
	apitest.TestKeys(t, func() (api.Keys, error) { return open(t, folder, nil).Keys(), nil }, nil)
	apitest.TestProjects(t, func() (apitest.ProjectStore, error) { return open(t, folder, nil).Projects(), nil }, nil)
	apitest.TestNonces(t, func() (api.Nonces, error) { return open(t, folder, nil).Nonces(), nil }, nil)
	allOurs(t, folder)
}

// allOurs makes sure that nothing in the folder but its names of ours is
// readable by others, and that no name came from a hostile text.
func allOurs(t *testing.T, folder string) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == folder {
			return err
		}
		base := d.Name()
		switch base {
		case keysFolder, prefixesFolder, tenantsFolder, projectsFolder, noncesFolder, keyFile:
		default:
			base = strings.TrimSuffix(strings.TrimPrefix(base, usedMark), ".json")
			require.Empty(t, strings.Trim(base, "0123456789abcdef"), name)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if runtime.GOOS != "windows" {
			require.Zero(t, info.Mode().Perm()&0o077, name)
		}
		if !d.IsDir() {
			require.True(t, info.Mode().IsRegular(), name)
			files++
		}
		return nil
	}))
	require.Positive(t, files)
}

// TestKeyIsNowhere reads all that was ever in the folder for the whole key.
func TestKeyIsNowhere(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, nil)
	found := func(text string) (in []string) {
		require.NoError(t, filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if strings.Contains(name, text) {
				in = append(in, name)
			}
			if d.Type().IsRegular() {
				content, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				if strings.Contains(string(content), text) {
					in = append(in, name)
				}
			}
			return nil
		}))
		return in
	}
	for i := range 20 {
		key := sign.NewAPIKey()
		k := api.NewKey("acme", fmt.Sprint(i), key, time.Now())
		require.NoError(t, s.Keys().Create(t.Context(), k))
		require.NoError(t, s.Keys().Used(t.Context(), "acme", k.ID, time.Now()))
		require.Empty(t, found(key.Reveal()))
		require.Empty(t, found(key.Reveal()[4:]))
		require.Len(t, found(key.Hash().String()), 1, "the test sees what is there")
		require.Empty(t, found(fmt.Sprintf("%x", key.Reveal())))
		if i%2 == 0 {
			require.NoError(t, s.Keys().Revoke(t.Context(), "acme", k.ID))
			require.Empty(t, found(key.Hash().String()))
			require.Empty(t, found(k.ID))
			require.Empty(t, found(fmt.Sprintf("%x", k.ID)), "nothing is left of a revoked key")
		}
	}
}

// TestCrashes leaves what a crash would at each step of Create and Revoke.
func TestCrashes(t *testing.T) {
	folder := t.TempDir()
	s, ctx := open(t, folder, nil), t.Context()
	k := api.NewKey("acme", "", sign.NewAPIKey(), time.Now())
	gone := func() {
		t.Helper()
		found, err := s.Keys().Lookup(ctx, k.Prefix)
		require.NoError(t, err)
		require.Empty(t, found)
		found, err = s.Keys().List(ctx, "acme")
		require.NoError(t, err)
		require.Empty(t, found)
		require.ErrorIs(t, s.Keys().Revoke(ctx, "acme", k.ID), fs.ErrNotExist)
		require.ErrorIs(t, s.Keys().Used(ctx, "acme", k.ID, time.Now()), fs.ErrNotExist)
	}
	require.NoError(t, s.Keys().Create(ctx, k))
	record := filepath.Join(folder, keyFolder(k.ID), keyFile)
	text, err := os.ReadFile(record)
	require.NoError(t, err)
	// Revoke had removed the record alone; Create had not yet renamed it.
	require.NoError(t, os.Rename(record, filepath.Join(filepath.Dir(record), "new-X")))
	gone()
	// Damage is an error, and opens nothing.
	for _, damaged := range []string{"", string(text[:len(text)/2]), "null", "{}", strings.Replace(string(text), "acme", "", 1), strings.Replace(string(text), k.ID, "key_other", 1)} {
		require.NoError(t, os.WriteFile(record, []byte(damaged), 0o600))
		found, err := s.Keys().Lookup(ctx, k.Prefix)
		require.ErrorContains(t, err, "damaged")
		require.Empty(t, found)
		require.NotContains(t, err.Error(), k.Hash.String())
	}
	require.NoError(t, os.WriteFile(record, text, 0o600))
	found, err := s.Keys().Lookup(ctx, k.Prefix)
	require.NoError(t, err)
	require.Equal(t, []api.Key{k}, found)
	// Files of others are left alone.
	require.NoError(t, os.WriteFile(filepath.Join(folder, tenantFolder("acme"), ".DS_Store"), nil, 0o600))
	found, err = s.Keys().List(ctx, "acme")
	require.NoError(t, err)
	require.Len(t, found, 1)
}

// TestSymlinks does not leave the folder, whoever put a link there.
func TestSymlinks(t *testing.T) {
	folder, outside := t.TempDir(), t.TempDir()
	s, ctx := open(t, folder, nil), t.Context()
	if err := os.Symlink(outside, filepath.Join(folder, projectsFolder, "x")); err != nil {
		t.Skip(err)
	}
	require.NoError(t, os.Remove(filepath.Join(folder, projectsFolder, "x")))
	require.NoError(t, os.Remove(filepath.Join(folder, projectsFolder)))
	require.NoError(t, os.Symlink(outside, filepath.Join(folder, projectsFolder)))
	require.Error(t, s.Projects().Put(ctx, "acme", api.Project{Secret: sign.NewSecret()}))
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestProjectsFolder(t *testing.T) {
	folder := t.TempDir()
	s, ctx := open(t, folder, nil), t.Context()
	p := api.Project{ID: "prj_1", Secret: "the secret of acme"}
	require.NoError(t, s.Projects().Put(ctx, "acme", p))
	name := filepath.Join(folder, projectsFolder, sum("acme")+".json")
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	for _, damaged := range []string{string(text[:len(text)-1]), strings.Replace(string(text), "acme", "other", 1)} {
		require.NoError(t, os.WriteFile(name, []byte(damaged), 0o600))
		_, err = s.Projects().Project(ctx, "acme")
		require.ErrorContains(t, err, "damaged")
		require.NotContains(t, err.Error(), p.Secret)
		_, err = s.Projects().List(ctx)
		require.ErrorContains(t, err, "damaged")
	}
	require.NoError(t, s.Projects().Put(ctx, "acme", p), "a new one mends it")

	// What a crash left holds a secret, and goes when it is old.
	for _, file := range []string{"new-OLD", "new-YOUNG"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, projectsFolder, file), text, 0o600))
	}
	old := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(folder, projectsFolder, "new-OLD"), old, old))
	require.NoError(t, os.Chtimes(name, old, old))
	again := open(t, folder, nil)
	require.NoFileExists(t, filepath.Join(folder, projectsFolder, "new-OLD"))
	require.FileExists(t, filepath.Join(folder, projectsFolder, "new-YOUNG"))
	all, err := again.Projects().List(ctx)
	require.NoError(t, err)
	require.Len(t, all, 1)
}

// TestNoncesEnd makes sure that what is over goes, and nothing before.
func TestNoncesEnd(t *testing.T) {
	folder := t.TempDir()
	now := time.Now()
	s, ctx := open(t, folder, &Options{Now: func() time.Time { return now }}), t.Context()
	count := func() (n int) {
		require.NoError(t, filepath.WalkDir(filepath.Join(folder, noncesFolder), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				n++
			}
			return err
		}))
		return n
	}
	use := func(life time.Duration, from, to int) {
		for i := from; i < to; i++ {
			require.NoError(t, s.Nonces().Use(ctx, "acme", fmt.Sprint(i), life))
		}
	}
	round := func() { // all folders have their turn
		for range 256 {
			now = now.Add(time.Second)
			s.Nonces().sweep()
		}
	}
	use(5*time.Minute, 0, 50)
	use(time.Hour, 50, 80)
	round()
	require.Equal(t, 80, count())
	require.ErrorIs(t, s.Nonces().Use(ctx, "acme", "0", time.Minute), fs.ErrExist)
	now = now.Add(104 * time.Second) // 5:59 and more, as the slack is a minute
	round()
	require.Equal(t, 30, count())
	require.ErrorIs(t, s.Nonces().Use(ctx, "acme", "50", time.Minute), fs.ErrExist)

	// A crash before the time was written: kept as long as any ticket lives.
	name := ""
	require.NoError(t, filepath.WalkDir(filepath.Join(folder, noncesFolder), func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			name = path
		}
		return err
	}))
	require.NoError(t, os.Truncate(name, 3))
	now = now.Add(24 * time.Hour)
	round()
	require.Equal(t, 1, count())
	now = now.Add(sign.MaxTicketLife)
	round()
	require.Zero(t, count())
}

func TestOpenFails(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	_, err := Open(name, nil)
	require.Error(t, err)
	s, err := Open(t.TempDir(), nil)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = s.Keys().Lookup(context.Background(), "imk_abcd")
	require.Error(t, err, "a closed store has no answer")
	require.Error(t, s.Nonces().Use(context.Background(), "acme", "n", time.Minute))
}
