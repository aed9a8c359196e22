package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/bucket"
)

const (
	patience = time.Minute
	tick     = time.Millisecond
)

// TestKilledUploads kills servers while they take uploads, at moments of
// chance. What the next server lists is whole, and everything that was
// acknowledged is there. IMMAGIN_TEST_COUNT is how many are killed.
func TestKilledUploads(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for seconds")
	}
	rounds := testCount(t, 5)
	data := t.TempDir()
	opened, err := bucket.Open(t.Context(), fileURL(filepath.Join(data, "store"), "create_dir=1"))
	require.NoError(t, err)
	defer opened.Close()
	originals := storage.NewOriginals(opened, nil)

	u := &uploader{sent: map[string][32]byte{}, acknowledged: map[string]bool{}}
	seen := map[string]bool{}
	for round := range rounds + 1 {
		url, kill := process(t, data, "-api-key", testKey)
		s := &running{t: t, url: url, key: testKey}
		listed := map[string]bool{}
		for key, size := range s.images() {
			listed[key] = true
			if seen[key] {
				continue
			}
			seen[key] = true
			require.Contains(t, u.sent, key)
			body, _, _, err := originals.Open(t.Context(), "demo", key)
			require.NoError(t, err)
			text, err := io.ReadAll(body)
			require.NoError(t, err)
			require.NoError(t, body.Close())
			require.Len(t, text, size, key)
			require.Equal(t, u.sent[key], sha256.Sum256(text), "%s is whole", key)
		}
		for key := range u.acknowledged {
			require.True(t, listed[key], "%s was acknowledged", key)
		}
		if round == rounds {
			break
		}
		ctx, cancel := context.WithCancel(t.Context())
		var uploads sync.WaitGroup
		for i := range 4 {
			uploads.Go(func() {
				for n := 0; ctx.Err() == nil && u.upload(ctx, url, fmt.Sprintf("round%d/%d-%d.jpg", round, i, n)); n++ {
				}
			})
		}
		if round == 0 { // however slow the machine is, one was acknowledged and one is under way
			require.Eventually(t, u.busy, patience, tick)
		} else {
			time.Sleep(time.Duration(rand.IntN(200_000)) * time.Microsecond)
		}
		kill()
		cancel()
		uploads.Wait()
	}
	t.Logf("%d rounds: %d uploads begun, %d acknowledged, %d cut off, %d objects", rounds, len(u.sent), len(u.acknowledged), u.cut, len(seen))
	require.NotZero(t, u.cut, "no upload was under way when its server was killed")
	require.NotZero(t, len(u.acknowledged))
}

// testCount is how often to do what a test does, which the full runs raise.
func testCount(t *testing.T, normally int) int {
	text := os.Getenv("IMMAGIN_TEST_COUNT")
	if text == "" {
		return normally
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "IMMAGIN_TEST_COUNT")
	return n
}

// images lists all originals with their sizes.
func (s *running) images() map[string]int {
	s.t.Helper()
	found := map[string]int{}
	for cursor := ""; ; {
		answer := s.manage(s.key, "GET", "/v1/images?limit=1000"+cursor, "", "")
		require.Equal(s.t, 200, answer.StatusCode, "%s", answer.body)
		var page struct {
			Images []struct {
				Key  string
				Size int
			}
			NextCursor string
		}
		require.NoError(s.t, json.Unmarshal(answer.body, &page))
		for _, image := range page.Images {
			found[image.Key] = image.Size
		}
		if page.NextCursor == "" {
			return found
		}
		cursor = "&cursor=" + page.NextCursor
	}
}

// An uploader remembers what it sent.
type uploader struct {
	mu           sync.Mutex
	sent         map[string][32]byte // hashes by key
	acknowledged map[string]bool
	underWay     int
	cut          int
}

// busy reports whether uploads are under way, and others were acknowledged.
func (u *uploader) busy() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.underWay > 0 && len(u.acknowledged) > 0
}

// upload sends a picture, and reports whether the server is still there.
func (u *uploader) upload(ctx context.Context, url, key string) bool {
	question, err := json.Marshal(map[string]string{"key": key})
	if err != nil {
		panic(err)
	}
	r, err := http.NewRequestWithContext(ctx, "POST", url+"/v1/images/sign-url", bytes.NewReader(question))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Authorization", "Bearer "+testKey)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return false
	}
	var to struct{ UploadURL string }
	err = json.NewDecoder(answer.Body).Decode(&to)
	answer.Body.Close()
	if err != nil || answer.StatusCode != 200 {
		return false
	}

	padding := make([]byte, rand.IntN(500_000))
	for i := range padding {
		padding[i] = byte(rand.Uint32())
	}
	body := append(bytes.Clone(drawn()), padding...)
	u.mu.Lock()
	u.sent[key] = sha256.Sum256(body)
	u.underWay++
	u.mu.Unlock()
	slow := &slowBody{rest: body}
	r, err = http.NewRequestWithContext(ctx, "PUT", to.UploadURL, slow)
	if err != nil {
		panic(err)
	}
	if rand.IntN(2) == 0 {
		r.ContentLength = int64(len(body)) // chunked otherwise
	}
	answer, err = http.DefaultTransport.RoundTrip(r)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.underWay--
	if err != nil {
		u.cut++
		return false
	}
	answer.Body.Close()
	if answer.StatusCode == 201 {
		u.acknowledged[key] = true
	}
	return answer.StatusCode == 201
}

// A slowBody is on its way for some milliseconds.
type slowBody struct{ rest []byte }

func (b *slowBody) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
	n := copy(p, b.rest[:min(len(b.rest), 1+rand.IntN(64<<10))])
	b.rest = b.rest[n:]
	return n, nil
}
