package servertest_test

import (
	"bufio"
	"net"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/servertest"
)

func TestRedis(t *testing.T) {
	ask := func(address, command string) string {
		u, err := url.Parse(address)
		require.NoError(t, err)
		conn, err := net.Dial("tcp", u.Host)
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.Write([]byte(command + "\r\n"))
		require.NoError(t, err)
		said, err := bufio.NewReader(conn).ReadString('\n')
		require.NoError(t, err)
		return said
	}
	a, b := servertest.Redis(t), servertest.Redis(t)
	require.NotEqual(t, a, b)
	require.Equal(t, "+OK\r\n", ask(a, "SET x 1"))
	require.Equal(t, ":1\r\n", ask(a, "DBSIZE"))
	require.Equal(t, ":0\r\n", ask(b, "DBSIZE"), "each server is empty")
}
