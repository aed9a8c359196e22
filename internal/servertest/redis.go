package servertest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Redis runs a Redis server of this test alone, in memory, and returns its URL
// in the form that drivers and redis-cli take. The test is skipped where Redis
// is not installed.
func Redis(t testing.TB) (address string) {
	t.Helper()
	path := Find(t, "redis-server")
	at := Start(t, Command{
		Path: path,
		Args: func(port int) []string {
			return []string{
				"--bind", host, "--port", strconv.Itoa(port), "--save", "", "--appendonly", "no", "--daemonize", "no",
			}
		},
		Dir:     "/",
		Ready:   pongs,
		Prepare: ordinary,
	})
	u := url.URL{Scheme: "redis", Host: at, Path: "/0"}
	return u.String()
}

// pongs is ready once a Redis answers at address, rather than one that still
// loads or another program that took the port.
func pongs(ctx context.Context, address string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	said, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if strings.TrimSpace(said) != "+PONG" {
		return fmt.Errorf("redis answers a ping by %q", said)
	}
	return nil
}
