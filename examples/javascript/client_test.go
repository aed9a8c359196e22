// Package javascript_test runs client.mjs, which is written from the
// specification alone, against the demo server and against our signatures.
package javascript_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/edittest"
	"github.com/immagin/immagin-go/sign"
)

const secret = "test-secret-0123456789"

func node(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here: client.mjs is not run")
	}
	return path
}

// TestClient lets the program do all it does, against the demo server in a
// process of its own.
func TestClient(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the demo server")
	}
	program := node(t)
	url, key := serve(t)
	client := exec.Command(program, "client.mjs")
	client.Env = append(os.Environ(), "IMMAGIN_API="+url, "IMMAGIN_API_KEY="+key)
	out, err := client.CombinedOutput()
	require.NoError(t, err, "%s", out)
	var done []string
	for _, ok := range regexp.MustCompile(`(?m)^ok (.+)$`).FindAllStringSubmatch(string(out), -1) {
		done = append(done, ok[1])
	}
	require.Equal(t, []string{
		"project", "presign", "upload", "list", "image", "metadata",
		"create a key", "use it", "list keys", "revoke it", "it is refused",
		"delete", "it is gone",
	}, done)
	require.NotContains(t, string(out), key)
}

// serve builds the demo server and starts it on a free port.
func serve(t *testing.T) (url, key string) {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command here to build the server with: client.mjs is not run")
	}
	binary := filepath.Join(t.TempDir(), "server")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	out, err := exec.Command(tool, "build", "-o", binary, "../server").CombinedOutput()
	require.NoError(t, err, "%s", out)

	key = sign.NewAPIKey().Reveal()
	server := exec.Command(binary, "-addr", "127.0.0.1:0", "-data", t.TempDir())
	server.Env = append(os.Environ(), "IMMAGIN_API_KEY="+key)
	var log bytes.Buffer
	server.Stderr = &log
	stdout, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	timer := time.AfterFunc(time.Minute, func() { server.Process.Kill() }) // so that reading ends
	t.Cleanup(func() {
		timer.Stop()
		server.Process.Kill()
		server.Wait()
		if t.Failed() {
			t.Logf("the server's log:\n%s", log.String())
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, "first line: %q", line)
	return url, key
}

// TestSign compares the URLs that the program signs with ours, byte by byte.
func TestSign(t *testing.T) {
	program := node(t)
	keyring, err := sign.NewKeyring(secret)
	require.NoError(t, err)
	const n = 1000
	var in bytes.Buffer
	var want []string
	for seed := range n {
		r := edittest.Requests().Example(seed)
		line, err := edittest.Describe(r)
		require.NoError(t, err)
		in.Write(append(line, '\n'))
		payload, err := r.Payload()
		require.NoError(t, err)
		want = append(want, "/"+payload+"?sig="+keyring.Sign(payload))
	}
	cmd := exec.Command(program, "--input-type=module", "-e", `
		import { readFileSync } from "node:fs";
		import { sign } from "./client.mjs";
		`+edittest.Build+`
		for (const line of readFileSync(0, "utf8").trim().split("\n"))
			console.log(sign(process.env.SECRET, build(JSON.parse(line))));`)
	cmd.Env = append(os.Environ(), "SECRET="+secret, "IMMAGIN_API=")
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", stderr.String())
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, got, n)
	for i := range got {
		require.Equal(t, want[i], got[i])
	}
}
