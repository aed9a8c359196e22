package main

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
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
