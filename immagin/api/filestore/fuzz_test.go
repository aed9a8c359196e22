package filestore

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// FuzzRecord reads what may stand in a key's file: a key of that name, or an
// error.
func FuzzRecord(f *testing.F) {
	folder := f.TempDir()
	s := open(f, folder, nil)
	k := api.NewKey("acme", "laptop", sign.NewAPIKey(), time.Now())
	require.NoError(f, s.Keys().Create(f.Context(), k))
	name := filepath.Join(folder, keyFolder(k.ID), keyFile)
	good, err := os.ReadFile(name)
	require.NoError(f, err)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte(`{"id":"` + k.ID + `","tenant":"\u0000","createdAt":"9999-12-31T23:59:59+24:00"}`))
	var r record
	require.NoError(f, json.Unmarshal(good, &r))
	r.CreatedAt = time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -12*3600))
	late, err := json.Marshal(r)
	require.NoError(f, err)
	f.Add(late)
	f.Fuzz(func(t *testing.T, text []byte) {
		require.NoError(t, os.WriteFile(name, text, 0o600))
		found, err := s.Keys().Lookup(t.Context(), k.Prefix)
		if err != nil {
			require.Empty(t, found)
			return
		}
		for _, got := range found {
			require.NoError(t, got.Validate())
			require.Equal(t, k.ID, got.ID)
			require.Equal(t, k.Prefix, got.Prefix)
		}
	})
}
