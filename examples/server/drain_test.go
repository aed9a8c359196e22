package main

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
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

	server := exec.Command(os.Args[0], "-addr", "127.0.0.1:0", "-data", data)
	server.Env = append(os.Environ(), "IMMAGIN_TEST_SERVE=1")
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	timer := time.AfterFunc(2*time.Minute, func() { server.Process.Kill() })
	defer timer.Stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, "first line: %q", line)

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
