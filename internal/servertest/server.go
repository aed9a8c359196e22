// Package servertest runs real servers for tests: each on a loopback address,
// on a port that was free, with its files in a temporary folder, and gone when
// the test ends.
//
// Programs are looked for in the folder that IMMAGIN_TEST_BIN names, in PATH,
// and where .ci/servers installs them. A test that needs one that is absent
// skips and says so, unless IMMAGIN_TEST_SERVERS is "required". With "off" none
// is run but PostgreSQL.
package servertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

const (
	host = "127.0.0.1"
	// attempts is how many ports are tried: another program may take one
	// between our finding it free and the server's listening on it.
	attempts = 5
	// patience is how long a server may take until it answers. Node programs
	// take seconds on a cold machine that is busy otherwise.
	patience = 60 * time.Second
	// grace is how long a server may take to end when asked to.
	grace = 5 * time.Second
)

// A Command says how to run a server.
type Command struct {
	// Path is the program, as of [Find].
	Path string
	// Args returns the arguments that make it listen on port of 127.0.0.1.
	Args func(port int) []string
	// Env is added to the test's environment.
	Env []string
	// Dir is the working directory; by default the test's.
	Dir string
	// Ready returns nil once the server at address, a host and port, answers;
	// by default once it takes a connection. It is asked many times.
	Ready func(ctx context.Context, address string) error
	// Prepare, if set, changes how it is run, such as the user it runs as.
	Prepare func(*exec.Cmd)
}

// Find returns the path of a program, or skips the test where there is none.
func Find(t testing.TB, program string) string {
	t.Helper()
	path, err := find(program)
	if err != nil {
		Missing(t, "%v", err)
	}
	return path
}

// Missing skips the test for a reason, or fails it where IMMAGIN_TEST_SERVERS
// is "required".
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	if os.Getenv("IMMAGIN_TEST_SERVERS") == "required" {
		t.Fatalf("%s, and IMMAGIN_TEST_SERVERS is required", text)
	}
	t.Skipf("not run against a real server, which .ci/servers installs: %s", text)
}

func find(program string) (string, error) {
	if os.Getenv("IMMAGIN_TEST_SERVERS") == "off" {
		return "", errors.New("IMMAGIN_TEST_SERVERS is off")
	}
	var folders []string
	if dir := os.Getenv("IMMAGIN_TEST_BIN"); dir != "" {
		folders = append(folders, dir)
	}
	folders = append(folders, "")
	if _, here, _, ok := runtime.Caller(0); ok {
		root := filepath.Join(filepath.Dir(here), "..", "..")
		folders = append(folders, filepath.Join(root, ".ci", "bin"), filepath.Join(root, ".ci", "node", "node_modules", ".bin"))
	}
	folders = append(folders, "/usr/sbin", "/usr/local/sbin") // Debian's, where an ordinary user's PATH does not lead
	for _, folder := range folders {
		if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
			return filepath.Abs(path)
		}
	}
	return "", fmt.Errorf("no program %s in IMMAGIN_TEST_BIN, PATH, .ci or /usr/sbin", program)
}

// Start runs a server until the test ends, and returns its address, such as
// "127.0.0.1:41234", once it answers. What it writes is the test's log where
// the test fails.
func Start(t testing.TB, c Command) (address string) {
	t.Helper()
	var fault error
	for range attempts {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		if address, fault = start(t, c, port); fault == nil {
			return address
		}
		if !errors.Is(fault, errEnded) {
			break // it runs, but does not answer: another port mends nothing
		}
	}
	t.Fatalf("%s: %v", filepath.Base(c.Path), fault)
	return ""
}

var errEnded = errors.New("the server ended before it answered")

func start(t testing.TB, c Command, port int) (string, error) {
	address := net.JoinHostPort(host, strconv.Itoa(port))
	s := &server{ended: make(chan struct{})}
	s.cmd = exec.Command(c.Path, c.Args(port)...)
	s.cmd.Env = append(os.Environ(), c.Env...)
	s.cmd.Dir = c.Dir
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	s.cmd.WaitDelay = grace // for children that hold the output open
	if c.Prepare != nil {
		c.Prepare(s.cmd)
	}
	ownGroup(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return "", err
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	ready := c.Ready
	if ready == nil {
		ready = Listens
	}
	err := s.await(address, ready)
	if err != nil {
		s.stop()
		return "", fmt.Errorf("%w\n%s", err, s.output.String())
	}
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("%s wrote:\n%s", filepath.Base(c.Path), s.output.String())
		}
	})
	return address, nil
}

// A server is a process that runs.
type server struct {
	cmd    *exec.Cmd
	output tail
	ended  chan struct{} // closed when the process is gone
	err    error         // why it ended; after ended
}

func (s *server) await(address string, ready func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var last error
	for {
		if last = ready(ctx, address); last == nil {
			// Whoever took the port meanwhile may be the one that answers.
			select {
			case <-s.ended:
			case <-time.After(20 * time.Millisecond):
				return nil
			}
		}
		select {
		case <-s.ended:
			return fmt.Errorf("%w: %v", errEnded, s.err)
		case <-ctx.Done():
			return fmt.Errorf("no answer in %v: %w", patience, last)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the process and its children, and waits for it.
func (s *server) stop() {
	interrupt(s.cmd)
	select {
	case <-s.ended:
	case <-time.After(grace):
	}
	kill(s.cmd) // children too, also when their parent is gone
	<-s.ended
}

// Listens is ready once address takes a connection.
func Listens(ctx context.Context, address string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// Answers returns what is ready once a GET of path gets any answer by HTTP.
func Answers(path string) func(ctx context.Context, address string) error {
	return func(ctx context.Context, address string) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		return response.Body.Close()
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// tail keeps the last of what was written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 16 << 10

func (o *tail) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	if extra := len(o.text) - tailSize; extra > 0 {
		o.text = bytes.Clone(o.text[extra:])
	}
	return len(p), nil
}

func (o *tail) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}
