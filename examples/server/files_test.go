package main

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/sign"
)

func TestSecretIsMadeOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "secret")
	var wait sync.WaitGroup
	got := make([]string, 8)
	for i := range got {
		wait.Go(func() {
			var err error
			got[i], err = keepSecret(name)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	require.Len(t, got[0], 64)
	for _, secret := range got {
		require.Equal(t, got[0], secret, "servers that start at once agree")
	}
	again, err := keepSecret(name)
	require.NoError(t, err)
	require.Equal(t, got[0], again)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
	entries, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file is left")
}

func TestSecretTooShort(t *testing.T) {
	name := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(name, []byte("hunter2\n"), 0o600))
	_, err := keepSecret(name)
	require.ErrorContains(t, err, "at least 16")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestKeysAreKeptAsHashes(t *testing.T) {
	name := filepath.Join(t.TempDir(), "keys.json")
	keys, made, err := keepKeys(name, sign.APIKey{})
	require.NoError(t, err)
	require.Len(t, keys, 1)
	require.NoError(t, keys[0].Hash.Verify(made))

	again, none, err := keepKeys(name, sign.APIKey{})
	require.NoError(t, err)
	require.Equal(t, keys, again)
	require.Empty(t, none.Reveal(), "shown once")

	given, err := sign.ParseAPIKey(testKey)
	require.NoError(t, err)
	for range 2 { // the second start adds nothing
		keys, none, err = keepKeys(name, given)
		require.NoError(t, err)
		require.Len(t, keys, 2, "the earlier key goes on")
		require.NoError(t, keys[1].Hash.Verify(given))
		require.Empty(t, none.Reveal(), "who gave it knows it")
	}
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NotContains(t, string(text), made.Reveal()[8:])
	require.NotContains(t, string(text), testKey[8:])
	if runtime.GOOS != "windows" {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}

	require.NoError(t, os.WriteFile(name, []byte("[{"), 0o600))
	_, _, err = keepKeys(name, sign.APIKey{})
	require.ErrorContains(t, err, name)
}
