package machine

import (
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestName(t *testing.T) {
	require.Regexp(t, `^\S.*, [1-9]\d* cores, `+runtime.GOOS+"/"+runtime.GOARCH+"$", Name())
}

func TestLoad(t *testing.T) {
	if _, err := os.Stat("/proc/loadavg"); err != nil {
		require.Empty(t, Load())
		return
	}
	load, err := strconv.ParseFloat(Load(), 64)
	require.NoError(t, err)
	require.GreaterOrEqual(t, load, 0.0)
}
