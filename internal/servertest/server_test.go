package servertest_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/servertest"
)

// TestMain is the server too, where it is run as one.
func TestMain(m *testing.M) {
	if os.Getenv("SERVERTEST_SERVE") != "" {
		fmt.Println(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.NotFoundHandler()))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestStart needs the first port's being taken to try another.
func TestStart(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	var address string
	var ports []int
	t.Run("running", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer taken.Close()
		address = servertest.Start(t, servertest.Command{
			Path: self,
			Env:  []string{"SERVERTEST_SERVE=1"},
			Args: func(port int) []string {
				if ports = append(ports, port); len(ports) == 1 {
					port = taken.Addr().(*net.TCPAddr).Port
				}
				return []string{strconv.Itoa(port)}
			},
			Ready: servertest.Answers("/"),
		})
		response, err := http.Get("http://" + address)
		require.NoError(t, err)
		response.Body.Close()
		require.Equal(t, 404, response.StatusCode)
	})
	require.Len(t, ports, 2)
	require.Error(t, servertest.Listens(t.Context(), address), "it runs after its test")
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/immagin-no-such-server", []byte("#!/bin/sh\n"), 0o755))
	t.Setenv("IMMAGIN_TEST_BIN", dir)
	t.Setenv("IMMAGIN_TEST_SERVERS", "")
	require.Equal(t, dir+"/immagin-no-such-server", servertest.Find(t, "immagin-no-such-server"))

	t.Setenv("IMMAGIN_TEST_BIN", "")
	for _, c := range []struct{ mode, program, outcome, text string }{
		{"", "immagin-no-such-server", "skipped", "immagin-no-such-server"},
		{"required", "immagin-no-such-server", "failed", "immagin-no-such-server"},
		{"off", "go", "skipped", "off"},
	} {
		t.Setenv("IMMAGIN_TEST_SERVERS", c.mode)
		r := &recorder{TB: t}
		func() {
			defer func() { _ = recover() }()
			servertest.Find(r, c.program)
		}()
		require.Equal(t, c.outcome, r.outcome)
		require.Contains(t, r.text, c.text)
	}
}

// A recorder is a test that is only looked at.
type recorder struct {
	testing.TB
	outcome, text string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) {
	r.outcome, r.text = "skipped", fmt.Sprintf(format, args...)
	panic(errors.New("skipped"))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.outcome, r.text = "failed", fmt.Sprintf(format, args...)
	panic(errors.New("failed"))
}
