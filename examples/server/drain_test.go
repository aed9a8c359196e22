package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSignalWithImagesInFlight stops a process that has 100 images to make:
// every request that it has taken is answered, with a whole image or with a
// refusal, and it exits with status 0 within its time.
func TestSignalWithImagesInFlight(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no signals to other processes")
	}
	data := t.TempDir()
	before := start(t, data)
	var original bytes.Buffer
	require.NoError(t, png.Encode(&original, image.NewNRGBA(image.Rect(0, 0, 1000, 750))))
	before.upload("", "large.png", original.Bytes())
	secret := before.secret
	before.stop()

	server, url := launch(t, 2*time.Minute, data)
	type answer struct {
		status int
		body   []byte
		err    error
	}
	const requests = 100
	answers := make(chan answer, requests)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for i := range requests {
		go func() {
			r, err := client.Get(url + signed(secret, fmt.Sprintf(`{"key":"large.png","edits":[{"resize":{"width":%d}}],"output":{"format":"png"}}`, 800+i)))
			if err != nil {
				answers <- answer{err: err}
				return
			}
			defer r.Body.Close()
			body, err := io.ReadAll(r.Body)
			answers <- answer{r.StatusCode, body, err}
		}()
	}
	require.Eventually(t, func() bool { return inFlight(url)+len(answers) >= requests }, time.Minute, time.Millisecond, "all are taken")
	require.NoError(t, server.Process.Signal(syscall.SIGTERM))
	images := 0
	for range requests {
		a := <-answers
		require.NoError(t, a.err)
		switch a.status {
		case http.StatusOK:
			images++
			_, err := png.Decode(bytes.NewReader(a.body))
			require.NoError(t, err, "an image is whole")
		case http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			require.Contains(t, string(a.body), `"code":`)
		default:
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	require.NotZero(t, images)
	require.NoError(t, server.Wait(), "exit status 0")
}
