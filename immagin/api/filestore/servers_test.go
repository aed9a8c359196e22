package filestore

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// TestMain is one more server, where it is run as one.
func TestMain(m *testing.M) {
	if folder := os.Getenv("FILESTORE_CREATE"); folder != "" {
		fmt.Println(createForEver(folder))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// createForEver makes keys, and revokes every third, and says of each that it
// is done.
func createForEver(folder string) error {
	s, err := Open(folder, nil)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		k := api.NewKey("acme", "", sign.NewAPIKey(), time.Now())
		if err := s.Keys().Create(context.Background(), k); err != nil {
			return err
		}
		if i%3 != 0 {
			fmt.Println("created", k.ID)
			continue
		}
		if err := s.Keys().Revoke(context.Background(), "acme", k.ID); err != nil {
			return err
		}
		fmt.Println("revoked", k.ID)
	}
}

// TestKill kills servers at any moment: what they said is true, and nothing is
// damaged.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	folder := t.TempDir()
	s := open(t, folder, nil)
	said := map[string]string{}
	for range 12 {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), "FILESTORE_CREATE="+folder)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		until := 1 + rand.IntN(8)
		for n := 0; lines.Scan(); n++ {
			does, id, ok := strings.Cut(lines.Text(), " ")
			require.True(t, ok && does == "created" || does == "revoked", lines.Text())
			said[id] = does
			if n == until {
				time.Sleep(rand.N(3 * time.Millisecond)) // anywhere in the next
				require.NoError(t, cmd.Process.Kill())
			}
		}
		_ = cmd.Wait() // killed
	}
	all, err := s.Keys().List(t.Context(), "acme")
	require.NoError(t, err)
	there := map[string]bool{}
	for _, k := range all {
		there[k.ID] = true
		found, err := s.Keys().Lookup(t.Context(), k.Prefix)
		require.NoError(t, err)
		require.Contains(t, found, k)
	}
	created := 0
	for id, does := range said {
		require.Equal(t, does == "created", there[id], "%s %s", does, id)
		if does == "created" {
			created++
		}
	}
	require.Positive(t, created)
	require.LessOrEqual(t, len(there), created+12*2, "but for what was not said any more")
}

// TestServers has two servers on one folder: a key that one of them revokes
// fails at the next call on the other.
func TestServers(t *testing.T) {
	folder := t.TempDir()
	var servers []*httptest.Server
	for range 2 {
		s := open(t, folder, nil)
		h, err := api.New(struct{ api.Store }{}, s.Projects(), s.Keys(), &api.Options{Nonces: s.Nonces()})
		require.NoError(t, err)
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		servers = append(servers, server)
	}
	s, ctx := open(t, folder, nil), t.Context()
	require.NoError(t, s.Projects().Put(ctx, "acme", api.Project{ID: "prj_1", Secret: sign.NewSecret()}))
	status := func(server *httptest.Server, key sign.APIKey) int {
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/v1/project", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
		answer, err := server.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	for range 10 {
		key := sign.NewAPIKey()
		require.Equal(t, 401, status(servers[0], key))
		k := api.NewKey("acme", "", key, time.Now())
		require.NoError(t, s.Keys().Create(ctx, k))
		require.Equal(t, 200, status(servers[0], key))
		require.Equal(t, 200, status(servers[1], key))
		r, err := http.NewRequestWithContext(ctx, "DELETE", servers[0].URL+"/v1/keys/"+k.ID, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
		answer, err := servers[0].Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, 204, answer.StatusCode)
		require.Equal(t, 401, status(servers[1], key))
		require.Equal(t, 401, status(servers[0], key))
	}
}
