package cores

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOf(t *testing.T) {
	least := min(2, runtime.GOMAXPROCS(0))
	for _, c := range []struct{ setting, asked, want int }{
		{0, 0, least}, {-1, -1, least}, {3, 0, 3}, {3, -1, 3}, {0, 5, 5}, {-1, 5, 5}, {3, 5, 3}, {5, 3, 3},
	} {
		require.Equal(t, c.want, Of(c.setting, c.asked), c)
	}
}
