package luna

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNegativesAreBounded remembers far more, and longer, refusals than there
// is room for.
func TestNegativesAreBounded(t *testing.T) {
	n := newNegatives(time.Minute)
	for i := range 20_000 {
		n.put(fmt.Sprint(i), fmt.Errorf("%d%s: %w", i, strings.Repeat("x", i%8000), ErrLimit))
	}
	n.known.CleanUp()
	require.LessOrEqual(t, n.known.WeightedSize(), uint64(negativeBytes))
	require.Positive(t, n.known.WeightedSize())
}

func TestNegativesThatAreNone(t *testing.T) {
	n := newNegatives(-1)
	n.put("a", ErrLimit)
	require.NoError(t, n.get("a"))
}
