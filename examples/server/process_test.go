package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSignals runs the server as a process of its own.
func TestSignals(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no signals to other processes")
	}
	for _, sent := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(sent.String(), func(t *testing.T) {
			server, url := launch(t, time.Minute, t.TempDir())

			// A request in flight is answered: its body is still on its way.
			reader, writer, err := os.Pipe()
			require.NoError(t, err)
			answered := make(chan string, 1)
			go func() {
				r, _ := http.NewRequest("POST", url+"/playground/sign", reader)
				r.Header = http.Header{"Content-Type": {"application/json"}, "Origin": {url}}
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					answered <- err.Error()
					return
				}
				answer.Body.Close()
				answered <- answer.Status
			}()
			_, err = writer.WriteString(`{"key":`)
			require.NoError(t, err)
			require.Eventually(t, func() bool { return inFlight(url) > 0 }, time.Minute, time.Millisecond)
			require.NoError(t, server.Process.Signal(sent))
			require.Eventually(t, func() bool { return !healthy(url) }, time.Minute, time.Millisecond, "it takes no more connections")
			_, err = writer.WriteString(`"a.jpg"}`)
			require.NoError(t, err)
			require.NoError(t, writer.Close())
			require.Equal(t, "200 OK", <-answered)
			require.NoError(t, server.Wait(), "exit status 0")
		})
	}
}

// launch starts a server as a process of its own, which is killed when the test
// ends, or once it has run for that long.
func launch(t *testing.T, limit time.Duration, data string, args ...string) (server *exec.Cmd, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit) // so that reading ends, too
	server = exec.CommandContext(ctx, os.Args[0], append([]string{"-addr", "127.0.0.1:0", "-data", data}, args...)...)
	server.Env = append(os.Environ(), "IMMAGIN_TEST_SERVE=1")
	var said buffer
	server.Stderr = &said
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	end := func() {
		cancel()
		_ = server.Wait()
	}
	t.Cleanup(end)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		end() // and all is said
	}
	require.NoError(t, err, "%s", said.String())
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, "first line: %q", line)
	return server, url
}

// process starts a server as a process of its own, which kill ends at once.
func process(t *testing.T, data string, args ...string) (url string, kill func()) {
	t.Helper()
	server, url := launch(t, 10*time.Minute, data, args...)
	return url, func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}
}

func healthy(url string) bool {
	answer, err := http.Get(url + "/healthz")
	if err != nil {
		return false
	}
	answer.Body.Close()
	return true
}

// inFlight asks the metrics.
func inFlight(url string) (n int) {
	answer, err := http.Get(url + "/metrics")
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "immagin_http_in_flight %d", &n); err == nil {
			return n
		}
	}
	return 0
}

// TestOthersSign checks that URLs that other programs made are ours.
func TestOthersSign(t *testing.T) {
	const payload = `{"key":"gallery/ünï <&>/日本\u2028.jpg","edits":[{"resize":{"width":320,"height":240}}],"output":{"format":"png"}}`
	s := start(t, t.TempDir())
	s.upload("", "gallery/ünï <&>/日本\u2028.jpg", drawn())
	t.Run("openssl", func(t *testing.T) {
		openssl, err := exec.LookPath("openssl")
		if err != nil {
			t.Skip("no openssl here")
		}
		sh, err := exec.LookPath("sh")
		if err != nil {
			t.Skip("no shell here")
		}
		cmd := exec.Command(sh, "-c", `path=$(printf %s "$PAYLOAD" | "$OPENSSL" base64 -A | tr '+/' '-_' | tr -d =)
			printf '/%s?sig=%s' "$path" "$(printf %s "$path" | "$OPENSSL" dgst -sha256 -hmac "$(cat "$SECRET")" | sed 's/.* //')"`)
		cmd.Env = append(os.Environ(), "OPENSSL="+openssl, "PAYLOAD="+strings.ReplaceAll(payload, `\u2028`, "\u2028"), "SECRET="+filepath.Join(s.data, "secret"))
		path, err := cmd.Output()
		require.NoError(t, err)
		answer := s.get(string(path))
		require.Equal(t, 200, answer.StatusCode, "%s", answer.body)
		require.Equal(t, "image/png", answer.Header.Get("Content-Type"))
	})
	t.Run("node", func(t *testing.T) {
		node, err := exec.LookPath("node")
		if err != nil {
			t.Skip("no node here")
		}
		cmd := exec.Command(node, "-e", `
			const secret = require("fs").readFileSync(process.env.SECRET, "utf8").trim();
			const path = Buffer.from(JSON.stringify(`+payload+`)).toString("base64url");
			process.stdout.write("/" + path + "?sig=" + require("crypto").createHmac("sha256", secret).update(path).digest("hex"));`)
		cmd.Env = append(os.Environ(), "SECRET="+filepath.Join(s.data, "secret"))
		path, err := cmd.Output()
		require.NoError(t, err)
		answer := s.get(string(path))
		require.Equal(t, 200, answer.StatusCode, "%s", answer.body)
		// The page signs with our code.
		ours := s.do(request{method: "POST", path: "/playground/sign", header: s.own(), body: []byte(payload)})
		require.JSONEq(t, `{"url":"`+string(path)+`"}`, string(ours.body))
	})
}
